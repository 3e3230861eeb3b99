"""A network in an ONNX file: what all examples have in common."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

__all__ = ["MODEL", "Network", "picture_shaped", "result", "write_png"]

MODEL = Path(__file__).with_suffix(".onnx")


class Network:
    """A network in an ONNX file, with what the file says about it.

    Attributes:
        about: the texts of the file by their names, without `netdesigner.` before them.
        inputs: name, shape and type of each input.
    """

    def __init__(self, path: str | Path = MODEL) -> None:
        self._session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self.about: dict[str, Any] = {}
        for name, text in self._session.get_modelmeta().custom_metadata_map.items():
            try:
                value = json.loads(text)
            except ValueError:
                value = text
            self.about[name.removeprefix("netdesigner.")] = value
        taken = {entry.name: entry.shape for entry in self._session.get_inputs()}
        self.inputs = [
            {**spec, "shape": taken.get(spec["name"], spec["shape"])} for spec in self.about["inputs"]
        ]

    def run(self, *inputs: np.ndarray) -> dict[str, np.ndarray]:
        """All that the network gives, by the names of its outputs."""
        read = {entry.name for entry in self._session.get_inputs()}
        given = {
            spec["name"]: np.asarray(values, spec["dtype"])
            for spec, values in zip(self.inputs, inputs, strict=True)
            if spec["name"] in read
        }
        names = [entry.name for entry in self._session.get_outputs()]
        return dict(zip(names, self._session.run(names, given), strict=True))

    def answers(self, *inputs: np.ndarray) -> list[np.ndarray]:
        """What the network gives of samples; outputs of a single number only served training."""
        return [values for values in self.run(*inputs).values() if values.ndim]

    def answer(self, *inputs: np.ndarray) -> np.ndarray:
        """The first of what the network gives of samples."""
        return self.answers(*inputs)[0]

    def scaled(self, raw: np.ndarray) -> np.ndarray:
        """Raw samples as the first input takes them."""
        if self.about.get("normalization") != "metadata":
            return raw  # the file scales them itself, or there is nothing to scale
        shift, scale = self._scaling(raw.ndim)
        return np.asarray((raw - shift) / scale, np.float32)

    def raw(self, scaled: np.ndarray) -> np.ndarray:
        """Samples that the network made as they were before they were scaled for training."""
        if not self.about.get("scaling"):
            return scaled
        shift, scale = self._scaling(scaled.ndim)
        return np.asarray(scaled * scale + shift, np.float32)

    def _scaling(self, rank: int) -> tuple[np.ndarray, np.ndarray]:
        said, shape = self.about["scaling"], [1] * rank
        if len(said["shift"]) > 1:
            shape[said["axis"]] = len(said["shift"])
        return np.reshape(said["shift"], shape), np.reshape(said["scale"], shape)

    def like_samples(self, count: int = 3) -> np.ndarray:
        """Random numbers that look like raw samples, to try the network without any."""
        random = np.random.default_rng(0)
        shape = [
            count,
            *(length if isinstance(length, int) else 16 for length in self.inputs[0]["shape"][1:]),
        ]
        if "float" not in self.inputs[0]["dtype"]:
            return random.integers(0, 2, shape)
        return self.raw(random.standard_normal(shape).astype(np.float32))


def result(suffix: str) -> Path:
    """Where what is made with the network is kept, beside it."""
    return MODEL.with_name(f"{MODEL.stem}_made{suffix}")


def picture_shaped(samples: np.ndarray) -> bool:
    """Whether samples are pictures in grey or in colour."""
    return samples.ndim == 4 and samples.shape[1] in (1, 3)


def write_png(file: Path, pictures: np.ndarray, columns: int = 8) -> None:
    """Writes pictures as one, the smallest number black and the largest white.

    Args:
        file: what is written; an older one is replaced.
        pictures: [N, 1 or 3, height, width].
        columns: how many stand side by side at most.
    """
    columns = min(columns, len(pictures))
    low, high = float(pictures.min()), float(pictures.max())
    grey = ((pictures - low) / max(high - low, 1e-9) * 255).astype(np.uint8)
    larger = max(1, 64 // grey.shape[2])
    grey = grey.repeat(larger, axis=2).repeat(larger, axis=3)
    grey = np.pad(grey, ((0, 0), (0, 0), (0, 4), (0, 4)), constant_values=128)
    lines = []
    for at in range(0, len(grey), columns):
        line = np.full((columns, *grey.shape[1:]), 128, np.uint8)
        line[: len(grey[at : at + columns])] = grey[at : at + columns]
        lines.append(np.concatenate([*line], axis=2))
    whole = np.concatenate(lines, axis=1).transpose(1, 2, 0)
    height, width, channels = whole.shape
    rows = b"".join(b"\0" + row.tobytes() for row in whole)
    head = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n"
    for name, part in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")):
        data += struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))
    file.write_bytes(data)
    print(f"wrote {file}")
