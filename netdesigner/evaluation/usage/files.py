"""Samples in files: arrays, and pictures or sounds where a network was trained on such."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np

from netdesigner.evaluation.usage.network import Network

__all__ = ["main", "samples_in"]


def samples_in(files: list[str], network: Network) -> tuple[list[str], np.ndarray]:
    """The samples in files, each with what it is called; random numbers where no file is named.

    Args:
        files: .npy files of arrays, of which each row is a sample; pictures or WAV sounds if the network takes such.
        network: is to be run on them.
    """
    shape = network.inputs[0]["shape"]
    if files:
        found = [rows_in(file, shape, network.about.get("files", {})) for file in files]
        names = [
            file if len(rows) == 1 else f"{file}, {number}"
            for file, rows in zip(files, found, strict=True)
            for number in range(1, len(rows) + 1)
        ]
        return names, np.concatenate(found)
    kinds = {"pictures": " or pictures", "sounds": " or WAV files"}
    others = kinds.get(network.about.get("files", {}).get("are"), "")
    print(f"No samples were named, .npy files of {form_of(shape)}{others}: these are random numbers.")
    samples = network.like_samples()
    return [f"sample {number}" for number in range(1, len(samples) + 1)], samples


def rows_in(file: str, shape: list[Any], files: dict[str, Any]) -> np.ndarray:
    """The samples in one file, [N, ...]; the program ends with a line where it holds none.

    Args:
        file: its path.
        shape: of samples, as the network takes them.
        files: how a file becomes a sample, as the file of the network tells.
    """
    try:
        if Path(file).suffix == ".npy":
            found: np.ndarray = np.load(file, allow_pickle=False)
            if found.dtype == np.uint8 and files.get("are") == "pictures":
                found = found / 255  # the network knows pictures as 0 to 1
            return found if found.ndim == len(shape) else found[np.newaxis]
        if files.get("are") == "pictures":
            return picture_in(file, shape, files["resize"])[np.newaxis]
        if files.get("are") == "sounds":
            return sound_in(file, shape[-1], files["rate"])[np.newaxis]
    except (OSError, EOFError, ValueError, wave.Error) as error:
        raise SystemExit(f"{file}: {getattr(error, 'strerror', None) or error}") from None
    raise SystemExit(f"{file}: samples are given as .npy files of {form_of(shape)}")


def form_of(shape: list[Any]) -> str:
    """A shape for people."""
    return f"[{', '.join(map(str, shape))}]"


def picture_in(file: str, shape: list[Any], resize: str) -> np.ndarray:
    """A picture as [C, H, W] in 0 to 1, brought to size as for training.

    Args:
        file: in a format that Pillow reads.
        shape: of samples, [N, C, H, W]; of one channel where they are grey.
        resize: "stretch" to the size, "crop" the longer side or "pad" the shorter one.
    """
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise SystemExit("pictures are read with Pillow: pip install pillow") from None
    channels, height, width = shape[1:]
    if channels not in (1, 3) or isinstance(height, str) or isinstance(width, str):
        raise SystemExit(f"{file}: samples are given as .npy files of {form_of(shape)}")
    with Image.open(file) as found:
        found.draft(None, (3 * max(height, width),) * 2)
        ImageOps.exif_transpose(found, in_place=True)
        deep = found.mode.startswith("I")
        image = found.convert("F" if deep else "L" if channels == 1 else "RGB")
    how, size = Image.Resampling.BILINEAR, (width, height)
    if image.size != size:
        if resize == "crop":
            image = ImageOps.fit(image, size, how)
        elif resize == "pad":
            image = ImageOps.pad(image, size, how)
        else:
            image = image.resize(size, how)
    values = np.asarray(image, np.float32) / (65535 if deep else 255)
    if values.ndim == 3:
        return values.transpose(2, 0, 1)
    return np.broadcast_to(values, (channels, height, width)).clip(0, 1)


def sound_in(file: str, length: int | str, rate: int) -> np.ndarray:
    """The beginning of a sound as [1, length], the mean of its channels; silence where it is shorter.

    Args:
        file: a WAV file of PCM numbers.
        length: how many samples there are to be; a name where any number may be, which is all there are then.
        rate: how many a second it is to have.
    """
    with wave.open(file) as sound:
        if sound.getframerate() != rate:
            raise SystemExit(
                f"{file}: it has {sound.getframerate():,} samples a second; bring it to {rate:,}"
            )
        channels, width = sound.getnchannels(), sound.getsampwidth()
        count = length if isinstance(length, int) else sound.getnframes()
        raw = np.frombuffer(sound.readframes(count), np.uint8).reshape(-1, width)
    if width == 1:
        values = raw[:, 0] / 128.0 - 1
    else:
        wide = np.zeros((len(raw), 4), np.uint8)
        wide[:, 4 - width :] = raw
        values = wide.view("<i4")[:, 0] / 2.0**31
    found = np.zeros((1, count), np.float32)
    means = values.reshape(-1, channels).mean(axis=1)
    found[0, : len(means)] = means
    return found


def main(arguments: list[str]) -> None:
    """Runs samples through the network: those in files that are named, else random numbers."""
    network = Network()
    _, first = samples_in(arguments, network)
    others = [
        np.zeros([len(first), *(16 if isinstance(length, str) else length for length in spec["shape"][1:])])
        for spec in network.inputs[1:]
    ]
    for name, values in network.run(network.scaled(first), *others).items():
        print(f"{name} {list(values.shape)}: {np.array2string(values, threshold=20, precision=4)}")
