"""Sounds: what is read of WAV files, and how waves become pictures."""

from __future__ import annotations

import struct
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import wavfile

from netdesigner.datasets._sounds import Spectra
from netdesigner.datasets._wav import read_wav
from netdesigner.datasets.made_sounds import MadeSounds, MadeSpectrograms
from netdesigner.datasets.wav_files import WavFiles, WavSpectrograms
from netdesigner.errors import DataError, ParameterError
from netdesigner.training.data import prepare

RATE = 8000
SOUND = (0.5 * np.sin(2 * np.pi * 440 * np.arange(1600) / RATE)).astype(np.float32)


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    return name + struct.pack("<I", len(content) if size is None else size) + content


def fmt(form: int = 1, channels: int = 1, rate: int = RATE, bits: int = 16, frame: int = 2) -> bytes:
    return chunk(b"fmt ", struct.pack("<HHIIHH", form, channels, rate, rate * frame, frame, bits))


def riff(*chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + sum(map(len, chunks))) + b"WAVE" + b"".join(chunks)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "s.wav"
    path.write_bytes(content)
    return path


def refusal_of(folder: Path, content: bytes) -> str:
    path = written(folder, content)
    with pytest.raises(DataError) as caught:
        read_wav(path, 1.0)
    return str(caught.value).removeprefix(f"{path}: ")


# ------------------------------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("kind", "scale", "middle"),
    [("u1", 127, 128), ("i2", 32767, 0), ("i4", 2**31 - 129, 0), ("f4", 1, 0), ("f8", 1, 0)],
)
def test_each_form_gives_the_same_sound(kind: str, scale: float, middle: float, tmp_path: Path) -> None:
    values = SOUND * scale + middle
    wavfile.write(tmp_path / "s.wav", RATE, (values if kind[0] == "f" else values.round()).astype(kind))
    found, rate = read_wav(tmp_path / "s.wav", 1.0)
    assert rate == RATE
    np.testing.assert_allclose(found, SOUND, atol=0.01 if kind == "u1" else 1e-4)


def test_24_bits_and_an_extensible_head_are_read(tmp_path: Path) -> None:
    whole = (SOUND * (2**23 - 1)).astype(np.int32)
    packed = whole.astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    guid = struct.pack("<H", 1) + bytes.fromhex("000000001000800000aa00389b71")
    head = struct.pack("<HHIIHHHHI", 0xFFFE, 1, RATE, 3 * RATE, 3, 24, 22, 24, 4) + guid
    for form in (chunk(b"fmt ", head), fmt(bits=24, frame=3)):
        found, _ = read_wav(
            written(tmp_path, riff(chunk(b"LIST", b"odd\0"), form, chunk(b"data", packed))), 1.0
        )
        np.testing.assert_allclose(found, SOUND, atol=1e-6)


def test_channels_are_mixed_and_no_more_is_read_than_is_used(tmp_path: Path) -> None:
    both = np.stack([SOUND, -SOUND / 2], axis=1)
    wavfile.write(tmp_path / "s.wav", RATE, both)
    found, _ = read_wav(tmp_path / "s.wav", 0.05)
    assert len(found) == 401
    np.testing.assert_allclose(found, SOUND[:401] / 4, atol=1e-6)


DATA = chunk(b"data", bytes(32))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"OggS" + bytes(100), "this is not a WAV file"),
        (b"RIFF", "this is not a WAV file"),
        (b"RF64" + bytes(100), "this is RF64, a form of WAV that is not read; save it as plain WAV"),
        (riff(fmt()), "the file ends within its head; it holds no sound"),
        (riff(DATA), "the file is damaged: it does not say what its sound is like"),
        (riff(fmt(), chunk(b"data", b"")), "it holds no sound"),
        (
            riff(fmt(), chunk(b"data", bytes(8), 2**32 - 1)),
            "its head declares 4,294,967,295 bytes of sound, and the file holds 8",
        ),
        (
            riff(chunk(b"LIST", b"", 99), fmt(), DATA),
            "the file is damaged: a part of it reaches beyond its end",
        ),
        (riff(*[chunk(b"JUNK", b"")] * 1001, fmt(), DATA), "there is no sound among its first 1,000 parts"),
        (riff(chunk(b"fmt ", b"xy"), DATA), "the sound is damaged (unpack_from requires a buffer of"),
        (riff(fmt(form=85), DATA), "its sound is MP3; save it as PCM or floating-point numbers"),
        (riff(fmt(form=999), DATA), "its sound is format 999; save it as PCM or floating-point numbers"),
        (riff(fmt(bits=12), DATA), "its sound has 12 bits a number, and 8, 16, 24, 32 are read"),
        (riff(fmt(frame=7), DATA), "the file is damaged: 1 channels of 16 bits do not take 7 bytes"),
        (
            riff(fmt(channels=0), DATA),
            "its head declares 0 channels and 8,000 samples a second, which no sound has",
        ),
        (
            riff(fmt(rate=10**9, frame=0), DATA),
            "its head declares 1 channels and 1,000,000,000 samples a second, which no sound has",
        ),
        (
            riff(fmt(form=3, bits=32, frame=4), chunk(b"data", struct.pack("<2f", 0.5, float("nan")))),
            "the sound holds a value that is missing (NaN), infinite, or too large",
        ),
    ],
)
def test_each_kind_of_damage_is_one_sentence(content: bytes, reason: str, tmp_path: Path) -> None:
    assert refusal_of(tmp_path, content).startswith(reason)


# ------------------------------------------------------------------------------------------------------------- folders


def sounds(folder: Path, **params: Any) -> WavFiles:
    for number, name in enumerate(("high", "low")):
        (folder / "s" / name).mkdir(parents=True)
        for copy, length in enumerate((800, 2400)):
            pitch = 880 / (1 + number)
            values = np.sin(2 * np.pi * pitch * np.arange(length) / 16_000)
            with wave.open(str(folder / "s" / name / f"{copy}.wav"), "wb") as file:
                file.setparams((1, 2, 16_000, length, "NONE", ""))
                file.writeframes((values * 30_000).astype("<i2").tobytes())
    return WavFiles(path=str(folder / "s"), **{"rate": RATE, "seconds": 0.1, **params})


def test_sounds_are_brought_to_one_rate_and_length(tmp_path: Path) -> None:
    samples = sounds(tmp_path).load()
    assert samples.spec.classes == ("high", "low")
    assert samples.target.tolist() == [0, 0, 1, 1]
    assert samples.input.shape == (4, 1, 800)
    assert samples.spec.waves
    wanted = 30_000 / 32_768 * np.sin(2 * np.pi * 440 * np.arange(800) / RATE)
    np.testing.assert_allclose(samples.input[3, 0, 20:780], wanted[20:780], atol=0.01)
    np.testing.assert_allclose(samples.input[2, 0, 20:380], wanted[20:380], atol=0.01)
    assert not samples.input[2, 0, 400:].any()


def test_a_table_may_say_which_class_a_file_has(tmp_path: Path) -> None:
    dataset = sounds(tmp_path, labels=str(tmp_path / "t.csv"))
    (tmp_path / "t.csv").write_text("file,class\nhigh/0.wav,b\nlow/1.wav,a\nlow/0.wav,b\n")
    samples = dataset.load()
    assert (samples.spec.classes, samples.target.tolist()) == (("a", "b"), [0, 1, 1])
    before = dataset.fingerprint()
    (tmp_path / "t.csv").write_text("high/0.wav,b\nlow/1.wav,a\n")
    assert dataset.fingerprint() != before
    for text, reason in (
        ("high/9.wav,a\n", "row 1: there is no file 'high/9.wav' in the folder of sounds"),
        ("file,class\n../x.wav,a\n", "row 2: '../x.wav' leads out of the folder of sounds"),
        ("high/0.wav\n", "row 1: a row needs two cells, the file and its class"),
        (
            "high/0.wav,a\n",
            "there is one class only ('a'); put the sounds of each class into a folder of its own",
        ),
    ):
        (tmp_path / "t.csv").write_text(text)
        with pytest.raises(DataError) as caught:
            dataset.describe()
        assert str(caught.value).endswith(reason)


def test_waves_are_scaled_as_a_whole_and_not_step_by_step(tmp_path: Path) -> None:
    prepared = prepare(MadeSounds(count=60), MadeSounds(count=60).load())
    assert (prepared.scaling["axis"], len(prepared.scaling["scale"])) == (1, 1)


# --------------------------------------------------------------------------------------------------------- spectrograms


@pytest.mark.parametrize("hz", [500, 2000])
def test_the_loudest_tone_is_1_in_its_band_and_silence_is_0(hz: int) -> None:
    spectra = Spectra(n_fft=256, hop=128, mels=0, rate=RATE)
    time = np.arange(4000) / RATE
    waves = np.stack([np.sin(2 * np.pi * hz * time), 0.1 * np.sin(2 * np.pi * hz * time), 0 * time])
    loud = spectra.of(waves.astype(np.float32))[:, 0, :, 10]
    assert loud.shape == (3, 129)
    assert loud[:, ::-1].argmax(axis=1)[:2].tolist() == [hz * 256 // RATE] * 2
    assert loud.max(axis=1) == pytest.approx([1, 1 - 20 / 80, 0], abs=0.01)


def test_bands_are_evenly_wide_to_the_ear() -> None:
    spectra = Spectra(n_fft=512, hop=256, mels=20, rate=16_000)
    bands = spectra._bands()
    middles = bands.argmax(axis=1) * 16_000 / 512
    assert (np.diff(middles) > 0).all()
    mels = 2595 * np.log10(1 + middles / 700)
    assert np.diff(mels) == pytest.approx(2840 / 21, rel=0.35)
    assert (bands.max(axis=1) > 0.5).all()


@pytest.mark.parametrize(("params", "name"), [({"n_fft": 8192}, "n_fft"), ({"mels": 200}, "mels")])
def test_spectra_that_cannot_be_taken_are_told_by_their_parameter(params: dict[str, int], name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        MadeSpectrograms(**params)
    assert caught.value.name == name


def test_a_band_that_holds_no_frequency_is_refused_and_no_other() -> None:
    for mels in range(1, 160):
        spectra = Spectra(n_fft=512, hop=256, mels=mels, rate=16_000)
        if (spectra._bands() > 0).any(axis=1).all():
            spectra.refuse_unfit(16_000)
        else:
            with pytest.raises(ParameterError, match="too narrow"):
                spectra.refuse_unfit(16_000)


def test_pictures_of_files_are_those_of_their_waves(tmp_path: Path) -> None:
    waves = sounds(tmp_path).load().input[:, 0]
    params = {"rate": RATE, "seconds": 0.1, "n_fft": 128, "hop": 64, "mels": 16}
    samples = WavSpectrograms(path=str(tmp_path / "s"), **params).load()
    np.testing.assert_array_equal(samples.input, Spectra(128, 64, 16, RATE).of(waves))


# ------------------------------------------------------------------------------------------------------- made-up sounds


def test_made_up_sounds_are_as_many_of_each_kind_and_the_same_for_the_same_seed() -> None:
    one, again, other = (MadeSounds(count=62, seed=seed).load() for seed in (1, 1, 2))
    assert np.bincount(one.target).tolist() == [10] * 6
    assert (one.input == again.input).all()
    assert (one.input != other.input).any()
    assert 0.05 < MadeSounds(count=60, noise=0).load().input.std() < 0.5
