"""Sounds as samples: waves of one length, or pictures of how loud each pitch is at each time. Not a part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from netdesigner.errors import ParameterError
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview, Signal
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["HANDED", "HOP", "MELS", "N_FFT", "SoundDataset", "Spectra"]

N_FFT = param(
    512,
    min=16,
    max=65536,
    unit="samples",
    label="FFT length",
    help="how many samples each spectrum is taken of",
)
HOP = param(256, min=1, max=65536, unit="samples", help="by how many samples the next spectrum begins later")
MELS = param(
    64,
    min=0,
    max=1024,
    help="how many bands that are as wide as the ear hears them (mels); 0: all frequencies, evenly",
)
HANDED = "a spectrogram turned round is another sound"
_QUIETEST_DB = 80.0
_TOGETHER = 256
_CURVES = 6
_DRAWN = 2000


class Spectra(NamedTuple):
    """How waves become pictures: the loudness of bands of frequencies, by time.

    A loudness is in decibels below that of the loudest tone there can be: 1 is as loud as that, 0 is 80 dB below and
    quieter. The highest band is the first row, as such pictures are drawn.

    Source: S. S. Stevens, J. Volkmann, E. B. Newman, A scale for the measurement of the psychological magnitude pitch,
    Journal of the Acoustical Society of America 8, 1937; the formula of D. O'Shaughnessy, Speech communication, 1987.
    """

    n_fft: int
    hop: int
    mels: int
    rate: int

    def shape(self, length: int) -> tuple[int, int]:
        """How many bands and times there are of a wave of so many samples."""
        return self.mels or self.n_fft // 2 + 1, 1 + length // self.hop

    def refuse_unfit(self, length: int) -> None:
        """Refuses what cannot be taken of waves of so many samples.

        Raises:
            ParameterError: a spectrum is longer than a wave, or a band holds no frequency.
        """
        if self.n_fft > length:
            raise ParameterError(
                "n_fft", f"a spectrum is taken of {self.n_fft:,} samples, and a sound has {length:,}"
            )
        bins = [frequency * self.n_fft / self.rate for frequency in self._edges()]
        if self.mels and any(high <= math.floor(low) + 1 for low, high in zip(bins, bins[2:], strict=False)):
            raise ParameterError(
                "mels", f"{self.mels} bands are too narrow for spectra of {self.n_fft:,} samples; raise n_fft"
            )

    def of(self, waves: np.ndarray) -> np.ndarray:
        """Pictures of waves.

        Args:
            waves: [N, samples] float32.

        Returns:
            [N, 1, bands, times] float32 in 0 to 1.
        """
        import torch

        window = torch.hann_window(self.n_fft)
        spectra = torch.stft(
            torch.from_numpy(waves),
            self.n_fft,
            self.hop,
            window=window,
            pad_mode="constant",
            return_complex=True,
        )
        power = (spectra.abs() * (2 / window.sum())) ** 2
        if self.mels:
            power = torch.from_numpy(self._bands()) @ power
        loud = 1 + 10 * power.clamp(min=1e-12).log10() / _QUIETEST_DB
        found: np.ndarray = loud.clamp(0, 1).flip(1).unsqueeze(1).numpy()
        return found

    def _edges(self) -> list[float]:
        """Where bands begin and end in Hz; each ends where the middle of the next but one before it lies."""
        top = 2595 * math.log10(1 + self.rate / 2 / 700)
        return [700 * (10 ** (top * k / (self.mels + 1) / 2595) - 1) for k in range(self.mels + 2)]

    def _bands(self) -> np.ndarray:
        """How much of each frequency each band has: a triangle with its height of 1 in the middle, [bands, bins]."""
        import numpy as np

        edges = np.array(self._edges())[:, np.newaxis]
        bins = np.arange(self.n_fft // 2 + 1) * (self.rate / self.n_fft)
        rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
        falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
        found: np.ndarray = np.minimum(rising, falling).clip(0).astype(np.float32)
        return found


class SoundDataset(Dataset):
    """What data sets of sounds have in common; each declares these fields, and says in `_spectra` how it draws them."""

    signals: ClassVar[bool] = True

    rate: int
    seconds: float

    def check_together(self) -> None:
        """Refuses spectra that cannot be taken of sounds of this length."""
        if (spectra := self._spectra()) is not None:
            spectra.refuse_unfit(self._length)

    @property
    def _length(self) -> int:
        """Samples of a sound."""
        return max(1, round(self.rate * self.seconds))

    def _spectra(self) -> Spectra | None:
        """How waves become pictures; None where they stay waves."""
        return None

    def _form(self) -> tuple[int, ...]:
        """The axes of a sample."""
        spectra = self._spectra()
        return (1, self._length) if spectra is None else (1, *spectra.shape(self._length))

    def _spec(self, rows: int, classes: tuple[str, ...]) -> DataSpec:
        return DataSpec(
            TensorSpec((BATCH, *self._form())),
            TensorSpec((BATCH,), "int64"),
            classes,
            rows,
            targets=("sound",),
            waves=self.signals,
        )

    def _samples(
        self,
        waves: np.ndarray,
        target: np.ndarray,
        classes: tuple[str, ...],
        progress: Progress = no_progress,
    ) -> Samples:
        """Waves [N, samples] as samples."""
        import numpy as np

        spec, spectra = self._spec(len(waves), classes), self._spectra()
        if spectra is None:
            return Samples(waves[:, np.newaxis], target, spec)
        input = np.empty((len(waves), *self._form()), np.float32)
        for start in range(0, len(waves), _TOGETHER):
            progress(0.8 + 0.2 * start / len(waves), "taking spectra")
            input[start : start + _TOGETHER] = spectra.of(waves[start : start + _TOGETHER])
        return Samples(input, target, spec)

    def files_of_samples(self) -> Mapping[str, str | int]:
        """Sounds, as long as they stay waves."""
        return {"are": "sounds", "rate": self.rate} if self.signals else {}

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Sounds of each class, samples by class, statistics."""
        from netdesigner.datasets._previews import image_previews, target_bars

        if self.images:
            return image_previews(samples)
        target = samples.target[:]
        curves = tuple(
            self._curve(f"{name}: a sound", samples.input[:][target == number][0, 0])
            for number, name in enumerate(samples.spec.classes[:_CURVES])
            if (target == number).any()
        )
        return (*curves, target_bars(samples))

    def _curve(self, title: str, wave: np.ndarray) -> Signal:
        every = -(-len(wave) // _DRAWN)
        times = tuple(step / self.rate for step in range(0, len(wave), every))
        return Signal(title, "seconds", "amplitude", times, tuple(map(float, wave[::every])))
