"""The user's own library of blocks: each is a small design file, with the blocks and variables that it uses.

A file is an ordinary design with one use of the block, so it can be opened, mailed and put into the folder by hand.
What cannot be read is passed over with one sentence and stays where it is. Nothing is read before somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from netdesigner.document import BLOCK_PREFIX, SUFFIX, Block, Design, load, loads, save
from netdesigner.document import edit as edits
from netdesigner.document.clipboard import bring_blocks, copy
from netdesigner.document.design import Scope
from netdesigner.errors import DesignFileError, EditError, FileError

__all__ = ["LIBRARY_PREFIX", "Library", "LibraryBlock"]

LIBRARY_PREFIX = "library:"
"""Before the name of a block in the library where a kind is asked for: adding one brings its definition along."""

Stamp = tuple[int, int]


class LibraryBlock(NamedTuple):
    """A block in the library.

    Attributes:
        name: what it is called.
        design: a design that uses it once.
    """

    name: str
    design: Design

    @property
    def block(self) -> Block:
        """Its definition."""
        return self.design.blocks[self.name]


class Library:
    """The blocks in a folder.

    Args:
        folder: where the files lie; the user's own if None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[Stamp, LibraryBlock | str]] = {}

    @property
    def folder(self) -> Path:
        """Where the files lie; made when the first block is kept."""
        if self._folder is None:
            import platformdirs

            self._folder = platformdirs.user_data_path("netdesigner", appauthor=False) / "blocks"
        return self._folder

    def blocks(self) -> tuple[LibraryBlock, ...]:
        """All blocks that can be read, by name. Files that are as they were are not read again."""
        self._read()
        found = [what for _, what in self._known.values() if isinstance(what, LibraryBlock)]
        return tuple(sorted(found, key=lambda entry: entry.name.casefold()))

    def faults(self) -> tuple[str, ...]:
        """What is wrong with the files that were passed over, one sentence each."""
        return tuple(what for _, what in self._known.values() if isinstance(what, str))

    def find(self, name: str) -> LibraryBlock:
        """A block by its name.

        Raises:
            EditError: there is none.
        """
        for entry in self.blocks():
            if entry.name == name:
                return entry
        raise EditError(f"the library has no block '{name}' any more")

    def _read(self) -> None:
        known = {}
        for path, stamp in self._files():
            before = self._known.get(path)
            known[path] = before if before is not None and before[0] == stamp else (stamp, _read(path))
        self._known = known

    def _files(self) -> Iterator[tuple[Path, Stamp]]:
        with suppress(OSError):
            for path in sorted(self.folder.glob(f"*{SUFFIX}")):
                facts = path.stat()
                yield path, (facts.st_mtime_ns, facts.st_size)

    # ------------------------------------------------------------------------------------------------- keeping

    def _path_of(self, name: str) -> Path:
        """The file of a block, whatever it is called, else the one that a new block gets.

        Capitals make no difference, as in the names of files on many machines; the beginning keeps clear of names that
        Windows has for devices.
        """
        self._read()
        for path, (_, what) in self._known.items():
            if isinstance(what, LibraryBlock) and what.name.casefold() == name.casefold():
                return path
        return self.folder / f"block_{name}{SUFFIX}"

    def holds_other(self, design: Design, name: str) -> bool:
        """Whether a block with another content, or the same name with other capitals, would be replaced."""
        _, kept = self._known.get(self._path_of(name), (None, None))
        if not isinstance(kept, LibraryBlock):
            return False
        return kept.name != name or kept.design.blocks != _alone(design, name).blocks

    def keep(self, design: Design, name: str) -> Path:
        """Puts a block of a design into the library, in place of one of the same name.

        Raises:
            EditError: the design has no such block.
            FileError: it could not be written; an older file is unchanged.
        """
        if name not in design.blocks:
            raise EditError(f"the design has no block '{name}'")
        path = self._path_of(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(path, f"not saved: {error.strerror or error}") from None
        save(_alone(design, name), path)
        return path

    def remove(self, name: str) -> None:
        """Takes a block out of the library.

        Raises:
            FileError: its file cannot be removed.
        """
        path = self._path_of(name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise FileError(path, f"not removed: {error.strerror or error}") from None

    # --------------------------------------------------------------------------------------------------- using

    def bring(self, design: Design, scope: Scope, kind: str) -> tuple[Design, str]:
        """Adds the definition that a kind of the library stands for, with all it uses, to a design.

        Args:
            design: where it is used.
            scope: where its instance goes.
            kind: `library:NAME`.

        Returns:
            The new design and the kind of an instance; the definition that is there already where it is the same.

        Raises:
            EditError: there is no such block.
        """
        entry = self.find(kind.removeprefix(LIBRARY_PREFIX))
        design, names = bring_blocks(design, scope, entry.design)
        return design, BLOCK_PREFIX + names[entry.name]


def _alone(design: Design, name: str) -> Design:
    """A design that holds one use of a block, as its file says it."""
    scope = next(iter(design.networks))
    with_use, node_id = edits.add_node(design, scope, BLOCK_PREFIX + name)
    copied = loads(copy(with_use, scope, [node_id]))
    network = next(iter(copied.networks.values()))
    return replace(copied, networks={"main": network}, title=name, description=design.blocks[name].doc)


def _read(path: Path) -> LibraryBlock | str:
    """The block in a file, or one sentence that says why there is none."""
    try:
        design = load(path)
    except DesignFileError as error:
        return f"a block of your library was passed over: {error}"
    nodes = [node for network in design.networks.values() for node in network.graph.nodes.values()]
    names = [node.block for node in nodes if node.block in design.blocks]
    if len(names) != 1:
        return (
            f"a block of your library was passed over: {path.name} holds {len(names)} uses of blocks, not one"
        )
    return LibraryBlock(names[0], replace(design, folder=None))
