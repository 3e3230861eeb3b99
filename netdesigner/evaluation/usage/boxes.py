"""Where things are in pictures."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from netdesigner.evaluation.boxes import FURTHEST
from netdesigner.evaluation.usage.files import samples_in
from netdesigner.evaluation.usage.network import Network

__all__ = ["Box", "boxes_in", "main"]


class Box(NamedTuple):
    """A box: the number of its class, how sure that is, and its middle, width and height in shares of the picture."""

    label: int
    confidence: float
    x: float
    y: float
    width: float
    height: float


def boxes_in(network: Network, raw: np.ndarray, least: float) -> list[list[Box]]:
    """What is in each picture, the surest first.

    Args:
        network: gives grids of cells.
        raw: pictures as they are before scaling.
        least: how sure a box must be.
    """
    task = network.about["task"]
    grids = sorted(network.answers(network.scaled(raw)), key=lambda grid: -grid.shape[2] * grid.shape[3])
    anchors = np.reshape(task["anchors"], (len(grids), task["per_cell"], 2))
    parts = [_read(grid, sizes) for grid, sizes in zip(grids, anchors, strict=True)]
    said = np.concatenate(parts, axis=1)
    return [
        _surest([Box(int(row[0]), *map(float, row[1:])) for row in rows if row[1] >= least], task["overlap"])
        for rows in said
    ]


def _read(grid: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """All boxes of a grid, [N, boxes, 6]: class, confidence, x, y, width, height.

    Args:
        grid: [N, A·(5 + K), rows, columns].
        anchors: the widths and heights of the A boxes that each cell begins with.
    """
    count, _, rows, columns = grid.shape
    cells = grid.reshape(count, len(anchors), -1, rows, columns).transpose(0, 1, 3, 4, 2)
    corner = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1)
    middle = (_sigmoid(cells[..., :2]) + corner) / [columns, rows]
    size = np.exp(cells[..., 2:4].clip(-FURTHEST, FURTHEST)) * anchors[:, np.newaxis, np.newaxis]
    scores = cells[..., 5:]
    confidence = _sigmoid(cells[..., 4]) * _sigmoid(scores.max(axis=-1))
    label = scores.argmax(axis=-1)
    said = np.concatenate([label[..., np.newaxis], confidence[..., np.newaxis], middle, size], axis=-1)
    return said.reshape(count, -1, 6)


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-values)))


def _surest(boxes: list[Box], limit: float) -> list[Box]:
    """Non-maximum suppression: a box goes that overlaps a surer one of its class by more than a limit."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda box: -box.confidence):
        if all(box.label != other.label or _overlap(box, other) <= limit for other in kept):
            kept.append(box)
    return kept


def _overlap(one: Box, other: Box) -> float:
    """The share of what two boxes cover that both cover."""
    width = min(one.x + one.width / 2, other.x + other.width / 2) - max(
        one.x - one.width / 2, other.x - other.width / 2
    )
    height = min(one.y + one.height / 2, other.y + other.height / 2) - max(
        one.y - one.height / 2, other.y - other.height / 2
    )
    both = max(0.0, width) * max(0.0, height)
    return both / (one.width * one.height + other.width * other.height - both)


def main(arguments: list[str]) -> None:
    """Tells what is in pictures: those in files that are named, else random ones."""
    network = Network()
    called, pictures = samples_in(arguments, network)
    height, width = pictures.shape[2:]
    found = boxes_in(network, pictures, network.about["task"]["confidence"])
    for picture, boxes in zip(called, found, strict=True):
        print(f"{picture}: {len(boxes)} boxes")
        for box in boxes:
            name = network.about["classes"][box.label]
            left, top = (box.x - box.width / 2) * width, (box.y - box.height / 2) * height
            size = f"{box.width * width:.1f} wide, {box.height * height:.1f} high"
            print(f"  {name} ({box.confidence:.3f}) at x {left:.1f}, y {top:.1f}, {size}")
