"""What is done with blocks on the canvas: group, dissolve, make unique, rename, keep in the library."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRectF

from netdesigner.checks.parameters import computes
from netdesigner.document import BLOCK_PREFIX, Block, Design, Node, Scope, name_fault
from netdesigner.document import blocks as block_edits
from netdesigner.document.design import Frame
from netdesigner.document.dissolve import dissolve
from netdesigner.document.group import group, refuse_grouping
from netdesigner.document.names import free_name
from netdesigner.errors import NetDesignerError
from netdesigner.session import arrange
from netdesigner.ui.canvas.carry import Carried
from netdesigner.ui.canvas.placing import given_way, spread
from netdesigner.ui.canvas.rename_box import RenameBox
from netdesigner.ui.dialogs import confirm
from netdesigner.ui.formats import sentence

if TYPE_CHECKING:
    from netdesigner.ui.canvas.canvas import Canvas

__all__ = ["BlockVerbs", "proposed_name"]

_ENDS = ("Input", "Output")
_BOX_PX = (192, 32)


class BlockVerbs(QObject):
    """The verbs that concern blocks; what is impossible is said.

    Args:
        canvas: whose selection and open scope they concern.
    """

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._wish: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self.box = RenameBox(canvas.view, self._why_not)
        self.box.setObjectName("block_name_box")
        self.box.setAccessibleName("Name of the block")
        self.box.renamed.connect(self._on_named)
        self.box.refused.connect(self._on_refused)
        canvas.scope_changed.connect(lambda _scope: self.box.hide())

    # ------------------------------------------------------------------------------------------------- what is meant

    @property
    def _design(self) -> Design:
        return self._canvas.bridge.session.design

    def _say(self, severity: str, text: str) -> None:
        self._canvas.editor.say(severity, text)

    def _instances(self) -> list[str]:
        """The selected nodes that are instances of blocks of the design."""
        nodes = self._design.graph(self._canvas.scope).nodes
        return [node_id for node_id in self._canvas.selected() if nodes[node_id].block in self._design.blocks]

    def subject(self) -> str:
        """The block that is meant: that of the one selected instance, else the one that is open; "" where none is."""
        chosen = self._instances()
        if len(chosen) == 1 and len(self._canvas.selected()) == 1:
            return self._design.graph(self._canvas.scope).nodes[chosen[0]].block
        if not self._canvas.selected() and self._canvas.scope.startswith(BLOCK_PREFIX):
            return self._canvas.scope.removeprefix(BLOCK_PREFIX)
        self._say("warning", "Select one block first, or open it.")
        return ""

    # --------------------------------------------------------------------------------------------------------- group

    def group(self) -> None:
        """Asks for a name where the selected nodes lie, and makes a block of them.

        What lies in a selected frame is meant with it. Inputs and Outputs stay where they are: they belong to what is
        around.
        """
        nodes = self._design.graph(self._canvas.scope).nodes
        carried = Carried.selected(self._canvas.scene)
        chosen = tuple(key for key in carried.nodes if nodes[key].kind not in _ENDS)
        if not chosen:
            self._say("warning", "Select the nodes that are to become a block first.")
            return
        marks = self._marks_around(chosen, carried.marks)
        name = proposed_name([nodes[key] for key in chosen], self._titles(marks), self._taken())
        try:
            refuse_grouping(self._design, self._canvas.scope, chosen)
        except NetDesignerError as error:
            self._say("error", str(error))
            return
        self._wish = chosen, marks
        self._canvas.view.show_nodes(chosen)
        corner = self._canvas.view.mapFromScene(self._canvas.scene.bounds(chosen).topLeft())
        room = self._canvas.view.viewport().rect()
        at = QPoint(max(8, min(corner.x(), room.right() - 200)), max(8, min(corner.y(), room.bottom() - 40)))
        self.box.open_over("", at, *_BOX_PX, proposal=name)
        self._say("info", "Name the block, then press Enter")

    def _marks_around(self, chosen: Iterable[str], selected: Iterable[str]) -> tuple[str, ...]:
        """The selected frames and notes, frames in which only grouped nodes lie, and what is written in those."""
        bodies = {key: item.body() for key, item in self._canvas.scene.nodes.items()}
        marks = self._design.place(self._canvas.scope).annotations
        found = list(selected)
        for mark_id, frame in marks.frames.items():
            if mark_id in found:
                continue
            area = QRectF(*frame.at, *frame.size)
            within = {key for key, body in bodies.items() if area.contains(body)}
            if within and within <= set(chosen):
                found.append(mark_id)
                found += [
                    note_id
                    for note_id, note in marks.notes.items()
                    if note_id not in found and area.contains(QRectF(*note.at, *note.size))
                ]
        return tuple(found)

    def _titles(self, mark_ids: Iterable[str]) -> list[str]:
        marks = self._design.place(self._canvas.scope).annotations.marks
        return [mark.title for mark_id in mark_ids if isinstance(mark := marks[mark_id], Frame)]

    def _taken(self) -> set[str]:
        return {*self._design.blocks, *self._canvas.bridge.session.catalog.layers}

    def _on_named(self, old: str, new: str) -> None:
        if old:
            self._canvas.bridge.edit(
                lambda design: block_edits.rename_block(design, old, new), f"rename block {old} to {new}"
            )
            return
        chosen, marks = self._wish
        known = computes(self._canvas.bridge.session.catalog)
        made: list[str] = []

        def change(design: Design) -> Design:
            design, instance = group(design, self._canvas.scope, chosen, new, marks, known)
            made.append(instance)
            return design

        if self._canvas.editor.apply(change, f"group into {new}"):
            self._canvas.select(made)
            self._canvas.view.show_nodes(made)
            self._say("info", f"Grouped into {new}")

    def _why_not(self, old: str, new: str) -> str:
        name = new.strip()
        if name != old and name in self._design.blocks:
            return f"There is a block {name} already"
        if name in self._canvas.bridge.session.catalog.layers:
            return f"There is a layer {name}; take another name"
        return sentence(name_fault(name))

    def _on_refused(self, reason: str) -> None:
        self._canvas.hint.say("error", reason, self.box.geometry().bottomLeft() - QPoint(12, 12))

    # ------------------------------------------------------------------------------------------------------ dissolve

    def dissolve(self) -> None:
        """Puts the nodes of the selected blocks in their place."""
        chosen = self._instances()
        if not chosen:
            inside = self._canvas.scope.startswith(BLOCK_PREFIX) and not self._canvas.selected()
            self._say(
                "warning",
                "A block is dissolved from outside: leave it (Esc), select it and try again."
                if inside
                else "Select a block to dissolve first.",
            )
            return
        came: list[str] = []

        def change(design: Design) -> Design:
            for node_id in chosen:
                design, ids = self._dissolved(design, node_id)
                came.extend(ids)
            return design

        label = f"dissolve {chosen[0]}" if len(chosen) == 1 else f"dissolve {len(chosen)} blocks"
        if self._canvas.editor.apply(change, label):
            self._canvas.select(came)
            self._canvas.view.refresh_bounds()

    def _dissolved(self, design: Design, node_id: str) -> tuple[Design, tuple[str, ...]]:
        """A design without an instance; where its nodes lie on others there is made room, unless all is as it was."""
        scope = self._canvas.scope
        at = design.place(scope).layout.get(node_id, (0.0, 0.0))
        inside = BLOCK_PREFIX + design.graph(scope).nodes[node_id].block
        if arrange.unplaced(design, inside):
            design = arrange.arranged(design, inside)
        origin = design.place(inside)
        design, ids = dissolve(design, scope, node_id, computes(self._canvas.bridge.session.catalog))
        place = design.place(scope)
        if isinstance(origin, Block) and origin.origin is not None and place.graph is origin.origin.graph:
            return design, ids
        room = spread(place.layout, ids, at, self._canvas.scene.sizes())
        return given_way(design, scope, room, self._canvas.scene.sizes()), ids

    # ---------------------------------------------------------------------------------------------------- definitions

    def make_unique(self) -> None:
        """Gives the selected instance, or the one through which the open block was entered, a copy of its own."""
        found = self._one_use()
        if found is None:
            return
        scope, node_id = found
        names: list[str] = []

        def change(design: Design) -> Design:
            design, name = block_edits.make_unique(design, scope, node_id)
            names.append(name)
            return design

        if self._canvas.bridge.edit(change, f"make {node_id} unique"):
            self._say("info", f"‘{node_id}’ has a block of its own now: {names[0]}")

    def _one_use(self) -> tuple[Scope, str] | None:
        chosen = self._instances()
        if len(chosen) == 1 and len(self._canvas.selected()) == 1:
            return self._canvas.scope, chosen[0]
        door = self._canvas.door()
        if door is None or self._canvas.selected():
            self._say("warning", "Select one block that is to have a definition of its own.")
            return None
        return door

    def rename(self) -> None:
        """Asks for another name of the block that is meant; all its uses follow."""
        name = self.subject()
        if not name:
            return
        view = self._canvas.view
        at = QPoint(8, 8)
        if self._canvas.selected():
            view.show_nodes(self._canvas.selected())
            at = view.mapFromScene(self._canvas.scene.nodes[self._canvas.selected()[0]].body().topLeft())
        self.box.open_over(name, at, *_BOX_PX)

    def keep(self) -> None:
        """Puts the block that is meant into the user's library."""
        name = self.subject()
        if not name:
            return
        library, window = self._canvas.bridge.session.library, self._canvas.window()
        try:
            if library.holds_other(self._design, name) and not confirm(
                window,
                f"Replace {name} in your library?",
                "Your library has another block of this name. Designs that use it keep theirs.",
                "Replace",
            ):
                return
            library.keep(self._design, name)
        except NetDesignerError as error:
            self._say("error", str(error))
            return
        self._say("info", f"‘{name}’ is in your library now, for every design")
        self._canvas.bridge.library_changed.emit()

    def remove_unused(self) -> None:
        """Removes the blocks that no network uses."""
        gone = block_edits.unused_blocks(self._design)
        if not gone:
            self._say("info", "Every block is used.")
            return

        def change(design: Design) -> Design:
            kept = {name: block for name, block in design.blocks.items() if name not in gone}
            return replace(design, blocks=kept)

        if self._canvas.bridge.edit(change, "remove unused blocks"):
            self._say("info", f"Removed {', '.join(gone)}; undo brings them back")


def proposed_name(nodes: Iterable[Node], titles: Iterable[str], taken: Iterable[str]) -> str:
    """A name for a block that is made of some nodes: the title of a frame around them, else after what begins it."""
    words = [re.sub(r"[^A-Za-z0-9]+", " ", title).title().replace(" ", "") for title in titles]
    first = next((node.kind for node in nodes), "")
    stem = re.sub(r"[^A-Za-z]|\d+d$", "", re.sub(r"\d+d$", "", first.removeprefix(BLOCK_PREFIX)))
    usual = "Stage" if first.startswith(BLOCK_PREFIX) else f"{stem}Block"
    name = next((word[:48] for word in words if not name_fault(word)), usual)
    return free_name("Block" if name_fault(name) else name, set(taken))
