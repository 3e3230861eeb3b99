"""The exceptions of the program, in one family.

Only refusals are raised: what a user can mend in a design is a `Problem` and is collected. Every message says
what happened, where, what was given and what to do, in one line that can be shown as it is.

    NetDesignerError
    ├── FileError                a file cannot be read or written
    │   ├── DesignFileError      the file is not a design this version can open
    │   ├── FileChangedError     another program changed the file; nothing was written over that
    │   ├── FileInUseError       another window writes the file
    │   └── DataError            a data file is not what it was said to be: names file, row and column
    ├── ExpressionError          a number field's text is not arithmetic over known names
    ├── PartError
    │   ├── UnknownPartError     no part of this kind
    │   └── ParameterError       a parameter's value is not allowed
    ├── EditError                an edit does not fit the design
    ├── ShapeError               a layer cannot take what its wires carry
    ├── CompileError             a design with errors cannot become a module; names the node
    │   └── MemoryRefusedError   the network needs more memory than the device has
    ├── TrainingError            training cannot start or cannot go on; names the node where known
    ├── ExportError              a model cannot be written, or its proof failed
    ├── MissingExtraError        an optional library is not installed; says the line that installs it
    └── CancelledError           the user stopped the work; nothing is wrong
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = [
    "IN_NODE",
    "CancelledError",
    "CompileError",
    "DataError",
    "DesignFileError",
    "EditError",
    "ExportError",
    "ExpressionError",
    "FileChangedError",
    "FileError",
    "FileInUseError",
    "MemoryRefusedError",
    "MissingExtraError",
    "NetDesignerError",
    "ParameterError",
    "PartError",
    "ShapeError",
    "TrainingError",
    "UnknownPartError",
    "WeightFileError",
    "failing_node",
]

IN_NODE = "in node "
"""How the note begins that a compiled network adds to an exception for each node around where it was raised."""


class NetDesignerError(Exception):
    """Base of all refusals; `str(error)` is one line for the user."""


def _one_line(text: str) -> str:
    """The text with line ends and other invisible characters, as names in files may hold them, spelled out."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )


class FileError(NetDesignerError):
    """A file cannot be read or written.

    Args:
        path: the file.
        reason: what is wrong with it and what to do, without the file's name.
    """

    def __init__(self, path: str | Path, reason: str) -> None:
        super().__init__(_one_line(f"{path}: {reason}"))
        self.path = Path(path)
        self.reason = reason


class DesignFileError(FileError):
    """The file is not a design that this version can open."""


class FileChangedError(FileError):
    """A file holds something else than when it was opened or saved here; nothing was written over that."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(
            path, "not saved: another program changed the file meanwhile; save under another name"
        )


class FileInUseError(FileError):
    """A design file is open in another window, which alone writes it."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(
            path, "not saved: the file is open in another window; save under another name, or close it there"
        )


class DataError(FileError):
    """A data file does not hold what it was said to hold.

    Args:
        path: the file or folder.
        reason: one sentence.
        row: the row counted from 1 as an editor counts lines, where known.
        column: the column's name, where known.
    """

    def __init__(
        self, path: str | Path, reason: str, *, row: int | None = None, column: str | None = None
    ) -> None:
        where = [f"row {row}"] if row is not None else []
        where += [f"column '{column}'"] if column is not None else []
        super().__init__(path, f"{', '.join(where)}: {reason}" if where else reason)
        self.row = row
        self.column = column


class WeightFileError(FileError):
    """A file does not hold weights that can be read, or holds what is not opened."""


class ExpressionError(NetDesignerError):
    """A number field's text is not arithmetic over known names."""


class PartError(NetDesignerError):
    """Base of what can be wrong with naming or configuring a part."""


class UnknownPartError(PartError):
    """No part of this kind is known.

    Args:
        family: what was looked for, such as "layer".
        kind: the name that was given.
        nearest: the known name most like it, or "".
        known: all names, where they are to be told if none is like it.
    """

    def __init__(self, family: str, kind: str, nearest: str = "", known: Iterable[str] = ()) -> None:
        names = ", ".join(known)
        hint = f"; did you mean '{nearest}'?" if nearest else f"; known: {names}" if names else ""
        super().__init__(f"no {family} is called '{kind}'{hint}")
        self.kind = kind
        self.nearest = nearest


class ParameterError(PartError):
    """A parameter's value is not allowed.

    Args:
        name: the parameter.
        reason: what was expected and what was given.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class EditError(NetDesignerError):
    """An edit does not fit the design: an id that is not there, a wire that is there already."""


class ShapeError(NetDesignerError):
    """A layer cannot take what its wires carry.

    Args:
        message: both sides in the user's words.
        port: the input port at fault, where one is.
        changes: parameter changes of this layer that may mend it, each a mapping name -> value.
    """

    def __init__(
        self, message: str, *, port: str = "", changes: tuple[Mapping[str, object], ...] = ()
    ) -> None:
        super().__init__(message)
        self.port = port
        self.changes = changes


class CompileError(NetDesignerError):
    """A design cannot become a module.

    Args:
        message: what happened.
        node: the node's id, with the ids of the blocks around it before it (`encoder.attention`), or "".
    """

    def __init__(self, message: str, *, node: str = "") -> None:
        super().__init__(f"{node}: {message}" if node else message)
        self.node = node


class MemoryRefusedError(CompileError):
    """The network needs more memory than the device has; nothing was allocated.

    Args:
        message: what happened.
        node: the node that takes most, or "".
        offers: what the program can do about it, by the names of `training.offers`.
    """

    def __init__(self, message: str, *, node: str = "", offers: tuple[str, ...] = ()) -> None:
        super().__init__(message, node=node)
        self.offers = offers


class TrainingError(NetDesignerError):
    """Training cannot start or cannot go on.

    Args:
        message: what happened.
        node: the node where it happened, where known.
        advice: what the user can do, one sentence each.
    """

    def __init__(self, message: str, *, node: str = "", advice: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.node = node
        self.advice = advice


class ExportError(NetDesignerError):
    """A model cannot be written, or what was written does not give the same numbers."""


class MissingExtraError(NetDesignerError):
    """An optional library is not installed.

    Args:
        purpose: what needs it, as the start of a sentence ("Reading Parquet files").
        extra: the extra of this package that brings it.
    """

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(
            f"{purpose} needs a library that is not installed: pip install 'netdesigner[{extra}]'"
        )
        self.extra = extra


class CancelledError(NetDesignerError):
    """The user stopped the work; nothing is wrong and nothing was kept half-done."""


def failing_node(error: BaseException) -> str:
    """The path of the node in which a forward pass failed (`encoder.0.attention`), or "" where it is not known."""
    notes = [note for note in getattr(error, "__notes__", ()) if note.startswith(IN_NODE)]
    return ".".join(note.removeprefix(IN_NODE) for note in reversed(notes))
