"""What can be done on the canvas by name: from keys, menus and the window's actions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from netdesigner.document import Edge, name_fault
from netdesigner.document.design import Point
from netdesigner.ui.canvas.carry import Carried
from netdesigner.ui.canvas.editor import Editor
from netdesigner.ui.canvas.scene import CanvasScene
from netdesigner.ui.canvas.view import CanvasView
from netdesigner.ui.canvas.walking import neighbour
from netdesigner.ui.formats import sentence
from netdesigner.ui.gestures.stage import SearchRequest

if TYPE_CHECKING:
    from netdesigner.ui.canvas.arranging import Arranging
    from netdesigner.ui.canvas.ordering import Ordering
    from netdesigner.ui.canvas.rename_box import RenameBox
    from netdesigner.ui.canvas.searching import Searching

__all__ = ["Verbs"]

_LONGEST_PASTE = 4_000_000


class Verbs(QWidget):
    """The canvas's verbs; `Canvas` makes the parts that they act on."""

    view: CanvasView
    scene: CanvasScene
    editor: Editor
    rename_box: RenameBox
    searching: Searching
    ordering: Ordering
    arranging: Arranging

    # ------------------------------------------------------------------------------------------------- selection

    def selected(self) -> tuple[str, ...]:
        """The ids of the selected nodes."""
        return self.scene.selection

    def select(self, node_ids: Iterable[str]) -> None:
        """Selects these nodes and no others."""
        self.scene.select(tuple(node_ids))

    def select_all(self) -> None:
        """Selects all nodes, wires, dots of wires, frames and notes."""
        scene = self.scene
        scene.select(tuple(scene.nodes), tuple(scene.wires.items), tuple(scene.marks.items))
        scene.dots.select(scene.dots.items)

    def is_empty(self) -> bool:
        """Whether there are no nodes, frames or notes."""
        return not self.scene.nodes and not self.scene.marks.items

    def walk(self, way: tuple[int, int]) -> None:
        """Selects the node that an arrow key leads to; the first one where none was selected."""
        if not self.scene.nodes:
            return
        if self.scene.selection:
            target = neighbour(self.scene, self.scene.selection[-1], way)
        else:
            target = next(iter(self.scene.nodes))
        if target:
            self.scene.select([target])
            self.view.show_nodes([target])

    # ------------------------------------------------------------------------------------------------- clipboard

    def copy(self) -> bool:
        """Copies the selected nodes, frames and notes, with what lies in the frames; returns whether there were any."""
        if not self.scene.selection and not self.scene.selected_marks:
            return False
        QGuiApplication.clipboard().setText(self.editor.copied())
        return True

    def cut(self) -> None:
        """Copies the selected nodes, frames and notes, with what lies in the frames, and removes them."""
        if self.copy():
            carried = Carried.selected(self.scene)
            wires = [key[0] for key in self.scene.selected_wires]
            self.editor.delete(tuple(carried.nodes), wires, False, carried.dots, tuple(carried.marks))

    def paste(self, at: Point | None = None) -> None:
        """Adds what was copied, or a list of layers, at a point, at the pointer, or beside where it was."""
        text = QGuiApplication.clipboard().text()
        if not text.strip():
            self.editor.say("warning", "There is nothing to paste: copy some nodes first.")
        elif len(text) > _LONGEST_PASTE:
            self.editor.say("error", "The clipboard holds too much text to be nodes; nothing was pasted.")
        else:
            pointer = self.view.pointer_if_inside()
            place = at or (None if pointer is None else (pointer.x(), pointer.y()))
            if text.lstrip().startswith("{"):
                self.editor.paste(text, place)
            else:
                self._paste_layers(text, place)
            self.view.refresh_bounds()

    def _paste_layers(self, text: str, at: Point | None) -> None:
        """Adds the layers of a list that was written as text."""
        from netdesigner.ui.canvas.pasting import paste_layers

        middle = self.view.pointer_on_canvas()
        if paste_layers(self.editor, text, at or (middle.x(), middle.y())):
            self.view.show_nodes(self.scene.selection[:1])

    def duplicate(self) -> None:
        """Adds the selected nodes, frames and notes once more, a little to the right and below."""
        if self.scene.selection or self.scene.selected_marks:
            self.editor.paste(self.editor.copied())
            self.view.refresh_bounds()

    # ----------------------------------------------------------------------------------------------------- edits

    def add(self, kind: str) -> str:
        """Adds a layer or block behind the selected node, or in the middle of the view; returns its id or ""."""
        at = self.view.mapToScene(self.view.viewport().rect().center())
        after = self.scene.selection[0] if len(self.scene.selection) == 1 else ""
        request = SearchRequest(
            self.view.rect().center(), self.editor.free_place((at.x(), at.y())), after=after
        )
        node_id = self.searching.fulfil(kind, request)
        if node_id:
            self.view.refresh_bounds()
            self.view.show_nodes([node_id])
        return node_id

    def delete(self, reconnect: bool = False) -> None:
        """Removes what is selected; with `reconnect`, what fed a node then feeds what followed it."""
        wires = [key[0] for key in self.scene.selected_wires]
        scene = self.scene
        self.editor.delete(scene.selection, wires, reconnect, scene.dots.selected, scene.selected_marks)

    def toggle_bypass(self) -> None:
        """Passes the selected nodes by; where all of them are, takes them into the network again."""
        from netdesigner.ui.canvas.rewiring import toggle_bypass

        toggle_bypass(self.editor)

    def connect_in_sequence(self) -> None:
        """Wires the selected nodes from left to right."""
        from netdesigner.ui.canvas.rewiring import connect_in_sequence

        connect_in_sequence(self.editor)

    def add_dot(self, edge: Edge, at: Point) -> None:
        """Leads a wire through one more point."""
        from netdesigner.ui.canvas.rewiring import add_dot

        add_dot(self.editor, edge, at)

    def nudge(self, across: float, down: float) -> None:
        """Moves what is selected; several such steps in a row are one step of the history."""
        carried = Carried.selected(self.scene)
        chosen = (*carried.nodes, *carried.marks)
        if chosen or carried.dots:
            nodes, marks = carried.moved(across, down)
            key = f"nudge:{self.scene.scope}:{','.join(chosen)}:{len(carried.dots)}"
            self.editor.move(nodes, key, carried.dots, (across, down), marks)

    def arrange(self) -> None:
        """Arranges all nodes from left to right."""
        self.arranging.whole()

    def arrange_selected(self) -> None:
        """Arranges the selected nodes where they are."""
        self.arranging.selected()

    def rename_selected(self) -> None:
        """Opens the field for another name over the one selected node, or for the words of a frame or note."""
        if not self.scene.selection and len(self.scene.selected_marks) == 1:
            self.ordering.edit_text(self.scene.selected_marks[0])
            return
        if len(self.scene.selection) != 1:
            self.editor.say("info", "Select one node to rename it.")
            return
        node_id = self.scene.selection[0]
        self.view.show_nodes([node_id])
        body = self.scene.nodes[node_id].body()
        corner = self.view.viewport().mapTo(self.view, self.view.mapFromScene(body.topLeft()))
        zoom = self.view.zoom
        self.rename_box.open_over(node_id, corner, round(body.width() * zoom), round(32 * zoom))

    def why_not(self, old: str, new: str) -> str:
        """Why a node cannot take a name; "" where it can."""
        if new != old and new in self.scene.nodes:
            return f"There is a node {new} already"
        return sentence(name_fault(new.strip()))

    def undo(self) -> None:
        """Takes the last step back."""
        self.editor.bridge.session.undo()

    def redo(self) -> None:
        """Does the step again that was taken back last."""
        self.editor.bridge.session.redo()

    # ---------------------------------------------------------------------------------------------------- search

    def open_search(self, request: SearchRequest) -> None:
        """Opens the search for a layer."""
        self.searching.open(request)

    def search_here(self) -> None:
        """Opens the search at the pointer, to add after the one selected node."""
        chosen = self.scene.selection
        after = chosen[0] if len(chosen) == 1 else ""
        if after:
            corner = self.scene.nodes[after].body().topRight()
            view = self.view.mapFromScene(corner)
            view.setX(view.x() + 16)
        else:
            view = self.view.mapFromScene(self.view.pointer_on_canvas())
        at = self.view.mapToScene(view)
        edge = self.scene.selected_wires[0][0] if len(self.scene.selected_wires) == 1 and not chosen else None
        self.open_search(
            SearchRequest(view, self.editor.free_place((at.x(), at.y())), edge=edge, after=after)
        )

    def search_replacement(self) -> None:
        """Opens the search for a layer that takes the place of the one selected node."""
        chosen = self.scene.selection
        if len(chosen) != 1:
            self.editor.say("warning", "Select the one node that is to be replaced first")
            return
        self.view.show_nodes(chosen)
        corner = self.scene.nodes[chosen[0]].body().bottomLeft()
        view = self.view.mapFromScene(corner) + QPoint(0, 8)
        self.open_search(SearchRequest(view, (corner.x(), corner.y()), replaces=chosen[0]))

    # ------------------------------------------------------------------------------------------------------ zoom

    def fit(self) -> None:
        """Shows all nodes."""
        self.view.fit()

    def fit_selection(self) -> None:
        """Shows what is selected; all where nothing is."""
        box = self.scene.selected_bounds()
        if box.isEmpty():
            self.view.fit(closest=1.5)
        else:
            self.view.fit_box(box, closest=1.5)

    def zoom_in(self) -> None:
        """One step closer."""
        self.view.zoom_in()

    def zoom_out(self) -> None:
        """One step farther."""
        self.view.zoom_out()

    def zoom_reset(self) -> None:
        """To 100 %."""
        self.view.zoom_reset()
