"""Sounds in WAV files: one folder a class, or a table that says what each is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._files import FilesDataset
from netdesigner.datasets._images import listed
from netdesigner.datasets._records import RecordError, encoding_of, records, sniff
from netdesigner.datasets._sounds import HANDED, HOP, MELS, N_FFT, SoundDataset, Spectra
from netdesigner.datasets._source import chosen_file, chosen_folder, reading, refuse_if_larger
from netdesigner.datasets._wav import read_wav
from netdesigner.errors import DataError
from netdesigner.parts.dataset import DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param

if TYPE_CHECKING:
    import numpy as np

__all__ = ["WavFiles", "WavSpectrograms"]

_SUFFIX = ".wav"
_FINEST = 2000
"""A rate is changed by a quotient of whole numbers up to this, which is right to a millionth."""


class WavFiles(SoundDataset, FilesDataset):
    """Sounds in WAV files, of PCM or floating-point numbers, each with a class.

    Each sub-folder is a class and bears its name; or a table says in two columns which file has which class. Channels
    become one, rates are brought to the same, and all sounds to the same length: longer ones are cut off, behind
    shorter ones is silence.

    Shape:
        input [N, 1, rate·seconds]; target [N] int64, classes in the order of the alphabet.

    Source:
        IBM and Microsoft, Multimedia programming interface and data specifications 1.0, 1991: the WAV file format.
    """

    kind: ClassVar[str] = "wav_files"
    title: ClassVar[str] = "Folder of sounds (waves)"

    path: str = param("", path="folder", help="the folder with the sounds, one folder a class")
    labels: str = param(
        "", path="file", help="a table with the columns file and class, where no folders tell the class"
    )
    rate: int = param(
        16_000, min=1000, max=192_000, unit="Hz", help="samples a second that all are brought to"
    )
    seconds: float = param(
        1.0, min=0.01, max=600, unit="s", label="Length", help="the length that all are brought to"
    )

    def describe(self) -> DataSpec:
        """What the samples look like; folders are listed, no sound is read.

        Raises:
            DataError: the folder or the table cannot be used.
        """
        files = self._files()
        return self._spec(sum(map(len, files.values())), tuple(files))

    def load(self, progress: Progress = no_progress) -> Samples:
        """All sounds, class by class.

        Raises:
            DataError: a sound cannot be read; names it.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        files = self._files()
        flat = [(path, number) for number, paths in enumerate(files.values()) for path in paths]
        size = 4 * len(flat) * (self._length + (math.prod(self._form()) if self.images else 0))
        refuse_if_larger(Path(self.path), size, "the sounds")
        waves = np.zeros((len(flat), self._length), np.float32)
        for index, (path, _) in enumerate(flat):
            progress(0.8 * index / len(flat), f"reading sound {index + 1:,} of {len(flat):,}")
            found = self._read(path)
            waves[index, : len(found)] = found
        target = np.array([number for _, number in flat], dtype=np.int64)
        return self._samples(waves, target, tuple(files), progress)

    def _groups(self) -> Mapping[str, Sequence[Path]]:
        return self._files()

    def _read(self, path: Path) -> np.ndarray:
        """One sound at the rate of all, at most as long as they are."""
        wave, rate = read_wav(path, self.seconds)
        if rate != self.rate:
            import numpy as np
            from scipy import signal

            by = Fraction(self.rate, rate).limit_denominator(_FINEST)
            wave = signal.resample_poly(wave, max(1, by.numerator), by.denominator).astype(np.float32)
        return wave[: self._length]

    def _files(self) -> dict[str, list[Path]]:
        """The files by class, both in the order of the alphabet, or of the table."""
        folder = chosen_folder(self.label(), self.path)
        found = self._named(folder) if self.labels else _in_folders(folder)
        if len(found) < 2:
            held = f"one class only ('{next(iter(found))}')" if found else "no class"
            raise DataError(folder, f"there is {held}; put the sounds of each class into a folder of its own")
        return dict(sorted(found.items()))

    def _named(self, folder: Path) -> dict[str, list[Path]]:
        """The files that the table names."""
        table, root = chosen_file(self.label(), self.labels, "labels"), folder.resolve()
        found: dict[str, list[Path]] = {}
        for row, cells in _rows(table):
            name, label = (cell.strip() for cell in (*cells, "")[:2])
            place = folder / name
            if not label:
                raise DataError(table, "a row needs two cells, the file and its class", row=row)
            if not place.resolve().is_relative_to(root):
                raise DataError(table, f"'{name}' leads out of the folder of sounds", row=row)
            if not place.is_file():
                raise DataError(table, f"there is no file '{name}' in the folder of sounds", row=row)
            found.setdefault(label, []).append(place)
        return found


def _in_folders(folder: Path) -> dict[str, list[Path]]:
    """The sounds of each sub-folder."""
    root = folder.resolve()
    found = {}
    for entry in listed(folder, root):
        if entry.is_dir():
            inside = listed(Path(entry.path), root)
            files = [Path(sound.path) for sound in inside if _is_sound(sound.name) and sound.is_file()]
            if not files:
                raise DataError(entry.path, f"the folder of this class holds no sound ({_SUFFIX})")
            found[entry.name] = files
    return found


def _rows(table: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """The rows of a table that name a sound; its first may name the columns."""
    with reading(table):
        dialect = sniff(table, encoding_of(table, no_progress), "")
        try:
            for number, (row, cells) in enumerate(records(table, dialect, no_progress)):
                if number or _is_sound(cells[0].strip()):
                    yield row, cells
        except RecordError as error:
            raise DataError(table, error.reason, row=error.row) from None


def _is_sound(name: str) -> bool:
    return Path(name).suffix.lower() == _SUFFIX


class WavSpectrograms(WavFiles):
    """Sounds in WAV files as pictures: how loud each band of frequencies is at each time.

    Files and classes are found, and sounds brought to one rate and length, as for the waves.

    Shape:
        input [N, 1, bands, times] in 0 to 1, 80 dB from quiet to loud, the highest band first; target [N] int64.

    Source:
        As of the waves; S. S. Stevens et al., A scale for the measurement of the psychological magnitude pitch, 1937.
    """

    kind: ClassVar[str] = "wav_spectrograms"
    title: ClassVar[str] = "Folder of sounds (spectrograms)"
    images: ClassVar[bool] = True
    signals: ClassVar[bool] = False
    handed: ClassVar[str] = HANDED

    n_fft: int = N_FFT
    hop: int = HOP
    mels: int = MELS

    def _spectra(self) -> Spectra:
        return Spectra(self.n_fft, self.hop, self.mels, self.rate)
