"""What can be added to a design, and finding it by a few letters. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from netdesigner.document import BLOCK_PREFIX, Block, Design, Scope
from netdesigner.errors import ShapeError
from netdesigner.parts import Catalog, Example, Layer, TensorSpec
from netdesigner.parts.layer import CATEGORIES
from netdesigner.parts.part import resolve
from netdesigner.session.library import LIBRARY_PREFIX, LibraryBlock
from netdesigner.ui.canvas.words import shape_text

__all__ = ["BLOCKS", "LIBRARY", "Kind", "bare_name", "kinds_of", "matches", "misfit", "ranked"]

BLOCKS = "Blocks"
"""The group of the design's own blocks, after all categories."""

LIBRARY = "My blocks"
"""The group of the blocks in the user's library, after those of the design."""


class Kind(NamedTuple):
    """Something that can be added.

    Attributes:
        kind: its name on disk.
        title: its name for people.
        category: its group.
        summary: one sentence.
        layer: its layer; None for a block.
    """

    kind: str
    title: str
    category: str
    summary: str = ""
    layer: type[Layer] | None = None

    @property
    def example(self) -> str:
        """What it makes of what, such as "N × 1 × 8 × 8 → N × 16 × 8 × 8", or "" where that cannot be told."""
        return _worked_out(self.layer, self.layer.examples[0]) if self.layer and self.layer.examples else ""

    @property
    def stripe(self) -> str:
        """The category whose colour it has."""
        return "Block" if self.category in (BLOCKS, LIBRARY) else self.category


def bare_name(kind: str) -> str:
    """The name of a block without what says where it is from; a layer's kind as it is."""
    return kind.removeprefix(BLOCK_PREFIX).removeprefix(LIBRARY_PREFIX)


def kinds_of(
    catalog: Catalog, design: Design, scope: Scope = "", library: Iterable[LibraryBlock] = ()
) -> tuple[Kind, ...]:
    """All layers by category and name, then blocks: the design's, without the one of this scope, and a library's."""
    layers = {part.kind: part for part in catalog.layers.values()}
    order = {category: index for index, category in enumerate(CATEGORIES)}
    found = sorted(
        layers.values(), key=lambda part: (order.get(part.category, len(order)), part.label().casefold())
    )
    kinds = [Kind(part.kind, part.label(), part.category, part.summary(), part) for part in found]
    kinds += [
        Kind(BLOCK_PREFIX + name, name, BLOCKS, _summary(block))
        for name, block in design.blocks.items()
        if BLOCK_PREFIX + name != scope
    ]
    kinds += [
        Kind(LIBRARY_PREFIX + entry.name, entry.name, LIBRARY, _summary(entry.block, "your library"))
        for entry in library
    ]
    return tuple(kinds)


def _summary(block: Block, where: str = "this design") -> str:
    return block.doc.partition("\n")[0] or f"A block of {len(block.graph.nodes)} nodes of {where}."


def _worked_out(part: type[Layer], example: Example) -> str:
    try:
        outputs = part(**resolve(part, example.params, {})).outputs_of(example.inputs)
    except Exception:  # noqa: BLE001  (a faulty example must not keep the palette from opening)
        return ""
    wired = [spec for spec in example.inputs if isinstance(spec, TensorSpec)]
    given = ",  ".join(shape_text(spec) for spec in wired)
    return f"{given} → {shape_text(outputs[0])}" if given else shape_text(outputs[0])


def matches(kind: Kind, wanted: str) -> int:
    """How well a kind fits what was typed: 0 not at all, more is better.

    The start of the title counts most, then the start of one of its words, then any part of it, then its letters in
    order, rather from its first on (`cv2` finds Conv2d), then the start of a word of the summary or the category.
    """
    wanted = wanted.strip().lower()
    if not wanted:
        return 1
    title = kind.title.lower()
    if title == wanted:
        return 1000
    if title.startswith(wanted):
        return 900 - len(title)
    words = _words(kind.title)
    if any(word.startswith(wanted) for word in words):
        return 800 - 10 * len(words) - len(title)  # an abbreviation is many words: AvgPool1d before LPPool1d
    if wanted in title:
        return 700 - len(title)
    if len(wanted) > 1 and (spread := _spread(title, wanted)) is not None:
        begins = 50 if title.startswith(wanted[0]) else 0
        return max(301, 600 + begins - 10 * spread - len(title))
    told = f"{kind.summary} {kind.category}".lower().split()
    return 200 if all(any(word.startswith(part) for word in told) for part in wanted.split()) else 0


def _words(title: str) -> list[str]:
    """The words of a title that is written in one, such as `MaxPool2d`."""
    spaced = "".join(f" {letter}" if letter.isupper() else letter for letter in title)
    return [word.lower() for word in spaced.split()]


def _spread(title: str, wanted: str) -> int | None:
    """How many letters lie between the wanted ones, which must come in order; None where they do not."""
    at, first = -1, -1
    for letter in wanted:
        at = title.find(letter, at + 1)
        if at < 0:
            return None
        first = at if first < 0 else first
    return at - first + 1 - len(wanted)


def ranked(kinds: Iterable[Kind], wanted: str, recent: Sequence[str] = ()) -> list[Kind]:
    """The kinds that fit what was typed, the best first; of equal ones those used last.

    Args:
        kinds: to choose from.
        wanted: what was typed.
        recent: kinds that were added, the latest first.
    """
    late = {kind: len(recent) - index for index, kind in enumerate(recent)}
    scored = [
        (matches(kind, wanted), late.get(kind.kind, 0), -index, kind) for index, kind in enumerate(kinds)
    ]
    scored = [entry for entry in scored if entry[0]]
    return [entry[3] for entry in sorted(scored, key=lambda entry: entry[:3], reverse=True)]


def misfit(part: type[Layer], spec: TensorSpec, reads: Callable[[TensorSpec], str] | None = None) -> str:
    """Why a freshly placed layer does not fit; "" where it does, or may.

    Args:
        part: the layer.
        spec: what a wire brings to its first input.
        reads: says why what follows cannot take what the layer gives.
    """
    if not part.inputs:
        return "it has no input"
    specs: list[TensorSpec | None] = []
    for port in part.inputs:
        specs += [spec] * max(1, port.least) if port.variadic else [None if port.optional else spec]
    try:
        outputs = part(**resolve(part, part.initial, {})).outputs_of(tuple(specs))
    except ShapeError as error:
        several = sum(not port.optional and not port.variadic for port in part.inputs) > 1
        return "" if several else str(error)
    return reads(outputs[0]) if reads is not None and outputs else ""
