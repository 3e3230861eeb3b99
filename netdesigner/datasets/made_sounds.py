"""Sounds that are made up: a first data set of waves, and of pictures of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._sounds import HANDED, HOP, MELS, N_FFT, SoundDataset, Spectra
from netdesigner.parts.dataset import DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param

if TYPE_CHECKING:
    import numpy as np

__all__ = ["MadeSounds", "MadeSpectrograms"]

_CLASSES = ("tone", "rising", "falling", "trembling", "plucked", "knocking")
_LOWEST_HZ, _HIGHEST_HZ = 150.0, 900.0


class MadeSounds(SoundDataset):
    """Sounds of six kinds at any pitch, in noise: tones that stay, rise, fall or tremble, plucked strings, knocking.

    Pitch, loudness, where in the wave it begins and the noise are drawn by chance, so that neither pitch nor loudness
    tells the kind. They are as many of each.

    Shape:
        input [N, 1, rate·seconds] between about -1 and 1; target [N].

    Source:
        K. Karplus, A. Strong, Digital synthesis of plucked-string and drum timbres, Computer Music Journal 7, 1983.
    """

    kind: ClassVar[str] = "made_sounds"
    title: ClassVar[str] = "Made-up sounds (waves)"
    embedded: ClassVar[bool] = True

    count: int = param(
        1200, min=12, max=100_000, unit="sounds", help="how many; rounded down to a multiple of 6"
    )
    rate: int = param(8000, min=4000, max=48_000, unit="Hz", help="samples a second")
    seconds: float = param(0.5, min=0.05, max=60, unit="s", label="Length", help="how long each is")
    noise: float = param(
        0.2, min=0, max=2, help="deviation of the noise, of which a sound's loudness is 0.2 to 1"
    )
    seed: int = param(0, min=0, max=2**31 - 1, help="decides what is drawn by chance", advanced=True)

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is made."""
        return self._spec(self.count // len(_CLASSES) * len(_CLASSES), _CLASSES)

    def load(self, progress: Progress = no_progress) -> Samples:
        """All sounds, kind after kind in turn.

        Raises:
            CancelledError: raised by `progress`.
        """
        progress(0.0, "making sounds")
        import numpy as np

        each = self.count // len(_CLASSES)
        random = np.random.default_rng(self.seed)
        waves = np.empty((each * len(_CLASSES), self._length), np.float32)
        for number, name in enumerate(_CLASSES):
            progress(0.8 * number / len(_CLASSES), "making sounds")
            pitch = np.exp(random.uniform(np.log(_LOWEST_HZ), np.log(_HIGHEST_HZ), each))[:, np.newaxis]
            loudness = random.uniform(0.2, 1.0, (each, 1))
            waves[number :: len(_CLASSES)] = loudness * self._made(name, pitch, random)
        waves += random.normal(0, self.noise, waves.shape).astype(np.float32)
        target = np.tile(np.arange(len(_CLASSES), dtype=np.int64), each)
        return self._samples(waves, target, _CLASSES, progress)

    def _made(self, name: str, pitch: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Sounds of one kind without noise, [n, samples].

        Args:
            name: of the kind.
            pitch: [n, 1] in Hz.
            random: draws what differs from sound to sound.
        """
        import numpy as np

        time = np.arange(self._length) / self.rate
        if name == "plucked":
            return np.stack([self._plucked(float(hz), random) for hz in pitch[:, 0]])
        if name == "knocking":
            every, begin = random.uniform(0.05, 0.1, pitch.shape), random.uniform(0, 0.05, pitch.shape)
            since = (time + begin) % every
            knocking: np.ndarray = np.exp(-60 * since) * np.sin(2 * np.pi * pitch * since)
            return knocking
        bend = {
            "tone": np.ones_like(time),
            "rising": 0.7 + 0.8 * time / self.seconds,
            "falling": 1.5 - 0.8 * time / self.seconds,
            "trembling": 1 + 0.15 * np.sin(2 * np.pi * 6 * time + random.uniform(0, 2 * np.pi, pitch.shape)),
        }[name]
        phase = 2 * np.pi * np.cumsum(pitch * bend, axis=1) / self.rate
        start = random.uniform(0, 2 * np.pi, pitch.shape)
        found: np.ndarray = 0.7 * np.sin(phase + start) + 0.3 * np.sin(2 * (phase + start))
        return found

    def _plucked(self, hz: float, random: np.random.Generator) -> np.ndarray:
        """A plucked string: noise of one period that goes round and loses its high tones."""
        import numpy as np
        from scipy import signal

        period = round(self.rate / hz)
        burst = np.zeros(self._length)
        burst[:period] = random.uniform(-1, 1, min(period, self._length))
        string = signal.lfilter([1.0], [1.0, *(0.0,) * (period - 1), -0.498, -0.498], burst)
        found: np.ndarray = string / np.abs(string).max()
        return found


class MadeSpectrograms(MadeSounds):
    """The made-up sounds as pictures: how loud each band of frequencies is at each time.

    Shape:
        input [N, 1, bands, times] in 0 to 1, 80 dB from quiet to loud, the highest band first; target [N].

    Source:
        As of the waves; S. S. Stevens et al., A scale for the measurement of the psychological magnitude pitch, 1937.
    """

    kind: ClassVar[str] = "made_spectrograms"
    title: ClassVar[str] = "Made-up sounds (spectrograms)"
    images: ClassVar[bool] = True
    signals: ClassVar[bool] = False
    handed: ClassVar[str] = HANDED

    n_fft: int = N_FFT._replace(default=256)
    hop: int = HOP._replace(default=128)
    mels: int = MELS._replace(default=32)

    def _spectra(self) -> Spectra:
        return Spectra(self.n_fft, self.hop, self.mels, self.rate)
