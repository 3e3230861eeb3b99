"""What judging a network on held-out samples found, as a plain value and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netdesigner.errors import FileError
from netdesigner.evaluation.preview_json import preview_from_json, preview_to_json
from netdesigner.parts.preview import Preview

__all__ = ["Evaluation"]

_FORMAT = 1
_MAY_LACK = ("best", "unsure")
"""Previews that there need not be; evaluations of before have none."""
_LARGEST_BYTES = 256 * 1024 * 1024
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good a network is on one part of the data.

    Attributes:
        part: "test" or "validation".
        count: how many samples were judged.
        measures: the task's measures by name, such as "accuracy".
        previews: what the task shows of the whole part, such as a confusion matrix.
        worst: the samples the network was most wrong about, the worst first, as they look; a text where none is wrong.
        worst_indices: their places in the part.
        best: the samples the network was most right about, the best first; None where all are among the others.
        unsure: samples that are right and that the network was least sure of, the least sure first; None where there
            are wrong ones enough to look at, or where nothing tells right from wrong.
    """

    part: str
    count: int
    measures: Mapping[str, float]
    previews: tuple[Preview, ...]
    worst: Preview
    worst_indices: tuple[int, ...] = ()
    best: Preview | None = None
    unsure: Preview | None = None

    @property
    def chosen(self) -> tuple[Preview, ...]:
        """Samples to look at one by one: the worst, the least sure and the best, as far as there are such."""
        return tuple(preview for preview in (self.worst, self.unsure, self.best) if preview is not None)

    def to_json(self) -> str:
        """The evaluation as JSON text, from which `from_json` makes it again."""
        data = {
            "format": _FORMAT,
            "part": self.part,
            "count": self.count,
            "measures": {
                name: value if math.isfinite(value) else None for name, value in self.measures.items()
            },
            "previews": [preview_to_json(preview) for preview in self.previews],
            "worst": preview_to_json(self.worst),
            "worst_indices": list(self.worst_indices),
            **{name: _or_none(preview_to_json, getattr(self, name)) for name in _MAY_LACK},
        }
        return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)

    @classmethod
    def read(cls, path: Path) -> Evaluation:
        """The evaluation in a file.

        Raises:
            FileError: it cannot be read, or is none.
        """
        try:
            if path.stat().st_size > _LARGEST_BYTES:
                raise FileError(path, "too large for an evaluation; evaluate the run again")
            text = path.read_text("utf-8")
        except OSError as error:
            raise FileError(path, f"cannot be read: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise FileError(path, "no text in UTF-8, so no evaluation; evaluate the run again") from None
        return cls.from_json(text, path)

    @classmethod
    def from_json(cls, text: str, path: str | Path = "evaluation.json") -> Evaluation:
        """The evaluation in a JSON text.

        Args:
            text: what `to_json` gave.
            path: where it comes from, for refusals.

        Raises:
            FileError: it is not an evaluation that this version can read.
        """
        try:
            return _read(json.loads(text))
        except _UNREADABLE as error:
            reason = f"lacks {error}" if isinstance(error, KeyError) else str(error)
            raise FileError(path, f"this is not an evaluation ({reason}); evaluate the run again") from None


def _read(data: Any) -> Evaluation:
    if not isinstance(data, dict):
        raise TypeError("expected an object")
    if data["format"] != _FORMAT:
        raise ValueError(f"its format is {data['format']}, this version reads {_FORMAT}")
    measures = {
        str(name): math.nan if value is None else float(value) for name, value in data["measures"].items()
    }
    return Evaluation(
        part=str(data["part"]),
        count=int(data["count"]),
        measures=measures,
        previews=tuple(preview_from_json(item) for item in data["previews"]),
        worst=preview_from_json(data["worst"]),
        worst_indices=tuple(int(index) for index in data["worst_indices"]),
        **{name: _or_none(preview_from_json, data.get(name)) for name in _MAY_LACK},
    )


def _or_none(change: Callable[[Any], Any], value: Any) -> Any:
    return change(value) if value is not None else None
