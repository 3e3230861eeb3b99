"""Previews as JSON and back; the bytes of pictures in base64. A closed set: nothing in a file can name a class."""

from __future__ import annotations

import base64
import math
import types
from collections.abc import Callable, Mapping
from typing import Any

from netdesigner.parts.preview import (
    Bars,
    Curves,
    ImageGrid,
    Line,
    Matrix,
    Picture,
    Preview,
    Signal,
    Table,
    Text,
)

__all__ = ["preview_from_json", "preview_to_json"]


def preview_to_json(preview: Preview) -> dict[str, Any]:
    """A preview as what JSON can say; its kind stands under "view". A number that is not finite becomes null."""
    return {"view": type(preview).__name__, **_fields(preview)}


def preview_from_json(data: Any) -> Preview:
    """The preview that `preview_to_json` wrote.

    Raises:
        ValueError: it is none; says what is wrong.
    """
    view = data.get("view") if isinstance(data, dict) else None
    read = _READERS.get(view) if isinstance(view, str) else None
    if read is None:
        raise ValueError(f"a preview has a view, one of {', '.join(_READERS)}")
    try:
        return read(data)
    except KeyError as error:
        raise ValueError(f"{view} lacks {error}") from None
    except TypeError as error:
        raise ValueError(f"{view} holds something else than it should ({error})") from None


def _fields(value: Preview | Picture | Line) -> dict[str, Any]:
    return {name: _plain(item) for name, item in value._asdict().items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Picture | Line):
        return _fields(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a text, got {type(value).__name__}")
    return value


def _number(value: Any) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"expected a number, got {type(value).__name__}")
    return float(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"expected true or false, got {type(value).__name__}")
    return value


def _cell(value: Any) -> str | float | int:
    return value if isinstance(value, str) or type(value) is int else _number(value)


def _list(value: Any, read: Callable[[Any], Any]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError(f"expected a list, got {type(value).__name__}")
    return tuple(read(item) for item in value)


def _texts(value: Any) -> tuple[str, ...]:
    return _list(value, _text)


def _numbers(value: Any) -> tuple[float, ...]:
    return _list(value, _number)


def _picture(value: Any) -> Picture:
    width, height, channels = (int(_number(value[name])) for name in ("width", "height", "channels"))
    pixels = base64.b64decode(_text(value["pixels"]), validate=True)
    if min(width, height) < 1 or channels not in (1, 2, 3, 4) or len(pixels) != width * height * channels:
        raise ValueError(f"a picture of {width}×{height}×{channels} has {len(pixels):,} bytes")
    return Picture(width, height, channels, pixels, _text(value["caption"]))


def _table(data: Any) -> Table:
    columns = _texts(data["columns"])
    rows = _list(data["rows"], lambda row: _list(row, _cell))
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"a table of {len(columns)} columns has a row of another length")
    return Table(_text(data["title"]), columns, rows)


def _matrix(data: Any) -> Matrix:
    labels = _texts(data["labels"])
    values = _list(data["values"], _numbers)
    if len(values) != len(labels) or any(len(row) != len(labels) for row in values):
        raise ValueError("a matrix has one row and one column a label")
    title, row_title, column_title = (_text(data[name]) for name in ("title", "row_title", "column_title"))
    return Matrix(title, row_title, column_title, labels, values)


def _bars(data: Any) -> Bars:
    labels, values = _texts(data["labels"]), _numbers(data["values"])
    if len(labels) != len(values):
        raise ValueError("bars have one value a label")
    return Bars(_text(data["title"]), labels, values)


def _points(data: Any) -> tuple[tuple[float, ...], tuple[float, ...]]:
    x, y = _numbers(data["x"]), _numbers(data["y"])
    if len(x) != len(y):
        raise ValueError("a line has one y for each x")
    return x, y


def _signal(data: Any) -> Signal:
    title, x_title, y_title = (_text(data[name]) for name in ("title", "x_title", "y_title"))
    return Signal(title, x_title, y_title, *_points(data), _flag(data["dots"]), _flag(data["ideal"]))


def _line(data: Any) -> Line:
    return Line(_text(data["name"]), *_points(data), _flag(data["dots"]))


def _curves(data: Any) -> Curves:
    title, x_title, y_title = (_text(data[name]) for name in ("title", "x_title", "y_title"))
    lines = _list(data["lines"], _line)
    return Curves(title, x_title, y_title, lines, _flag(data["ideal"]), _flag(data["unit"]))


_READERS: Mapping[str, Callable[[Any], Preview]] = types.MappingProxyType(
    {
        "ImageGrid": lambda data: ImageGrid(_text(data["title"]), _list(data["pictures"], _picture)),
        "Table": _table,
        "Matrix": _matrix,
        "Bars": _bars,
        "Signal": _signal,
        "Curves": _curves,
        "Text": lambda data: Text(_text(data["title"]), _text(data["text"])),
    }
)
