"""The example of use beside a network in an ONNX file.

It is put together from functions of this program and the name of the network's file. All that belongs to the network it
reads from that file when it runs. People are to change it, so it ends with a line that tells whether somebody has.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from netdesigner.compiler.copied import copied, import_lines
from netdesigner.compiler.passport import program
from netdesigner.errors import ExportError
from netdesigner.parts.exporter import Model

__all__ = ["Example", "example_of", "example_path", "may_be_written"]

_LIBRARIES = frozenset(
    {
        *(
            "collections",
            "itertools",
            "json",
            "math",
            "numpy",
            "onnxruntime",
            "pathlib",
            "re",
            "struct",
            "typing",
        ),
        *("unicodedata", "wave", "zlib"),
    }
)
_WHERE = "MODEL"
"""The name under which an example knows where its network lies."""


class Example(NamedTuple):
    """An example.

    Attributes:
        file: its content, by where it goes; empty where none is written.
        note: what is said of it.
    """

    file: dict[Path, bytes]
    note: str


def example_path(path: Path) -> Path:
    """Where the example of a file's use lies, under a name that Python can import where the file's own allows it."""
    return path.with_name(f"{path.stem}_{path.suffix[1:] or 'model'}.py")


def may_be_written(file: Path) -> bool:
    """Whether there is no example yet, or one that is as this program wrote it."""
    try:
        text, _, last = file.read_bytes().rstrip(b"\n").rpartition(b"\n")
    except OSError:
        return not file.exists()
    return last == _seal(text)


def _seal(text: bytes) -> bytes:
    digest = hashlib.sha256(text).hexdigest()[:16]
    return f"# A later export replaces this file unless something above was changed: {digest}".encode("ascii")


def example_of(model: Model, path: Path) -> Example:
    """Python that uses a network, with its note.

    Args:
        model: what it was trained for.
        path: the file of the network.
    """
    from netdesigner.evaluation.usage import files

    place, run = example_path(path), model.example or files.main
    if not may_be_written(place):
        return Example({}, f"{place.name} was changed by hand or is something else; it is left as it is")
    try:
        found = copied([run], _LIBRARIES, followed=True)
    except ExportError:
        return Example({}, "no example was written: this copy of the program has no source to show")
    name = ascii(path.name)  # which escapes line breaks and whatever a console may not show
    texts = found.texts | {_WHERE: f"{_WHERE} = Path(__file__).with_name({name})"}
    head = (
        '"""How the network beside this file is used, with ONNX Runtime and numpy, and Pillow if it is given pictures.',
        "",
        "    pip install onnxruntime numpy",
        "",
        f"The file of the network says what else there is to know. Made with {program()}.",
        '"""',
    )
    end = f'if __name__ == "__main__":\n    {run.__name__}(sys.argv[1:])'
    imports = import_lines({**found.imports, "sys": ("sys", "")})
    source = "\n".join([*head, *imports, "", *_laid_out(texts.values()), "", "", end, ""]).encode("utf-8")
    note = f"an example of its use: python {shlex.quote(place.name)}"
    return Example({place: source + b"\n" + _seal(source) + b"\n"}, note)


def _laid_out(texts: Iterable[str]) -> Iterable[str]:
    """Statements with the usual lines between them: two around classes and functions."""
    before = ""
    for text in texts:
        wide = any(some.startswith(("class ", "def ", "@")) for some in (text, before))
        yield from ["", ""] if wide and before else []
        yield text
        before = text
