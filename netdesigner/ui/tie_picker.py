"""Whose weights a node uses, picked from the nodes that have such."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from netdesigner.checks import Trace
from netdesigner.checks.ties import owner_of, sharing
from netdesigner.document import Graph
from netdesigner.ui.combo import Combo
from netdesigner.ui.fields.field import mark_invalid
from netdesigner.ui.labels import PlainLabel

__all__ = ["TiePicker", "candidates"]

_LABEL_PX = 128
_MOST = 100
"""How many nodes the list offers."""
_OWN = "its own"
_TIP = "The node whose weights this one uses; both are trained as one, and counted once"


def candidates(graph: Graph, trace: Trace, node_id: str) -> Iterator[str]:
    """The nodes whose weights a node could use: known, with such weights, and not using its own."""
    kind, here = graph.nodes[node_id].kind, trace.nodes.get(node_id)
    if here is None or not here.outputs:
        return
    only_same = here.layer is None or not here.layer.weights(*here.inputs)
    for other, there in trace.nodes.items():
        same_kind = graph.nodes[other].kind == kind
        if other == node_id or not there.outputs or (only_same and not same_kind):
            continue
        own = (
            not here.tied and not there.tied
        )  # then the counts are of all their weights, and tell most apart at once
        if same_kind and own and here.cost.parameters != there.cost.parameters:
            continue
        if owner_of(graph.nodes, other) not in ("", node_id) and not sharing(here, there, same_kind).reason:
            yield other


class TiePicker(QWidget):
    """A label and a list; not shown where there is nothing to pick.

    Signals:
        picked: the node's id, "" for weights of its own.
    """

    picked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.box = Combo()
        self.box.setObjectName("field_tied")
        self.box.setAccessibleName("Weights")
        self.box.setAccessibleDescription(_TIP)
        self.box.setToolTip(_TIP)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(4)
        self.box.activated.connect(lambda index: self.picked.emit(self.box.itemData(index)))
        label = PlainLabel("Weights")
        label.setFixedWidth(_LABEL_PX)
        label.setBuddy(self.box)
        label.setToolTip(_TIP)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(label)
        layout.addWidget(self.box, 1)

    def show_ties(self, tied: str, others: Iterable[str]) -> None:
        """Shows whose weights the node uses.

        Args:
            tied: the present one, "" for its own.
            others: the nodes that can be picked; the present one is shown as wrong where it is not among them.
        """
        offered = [*islice(others, _MOST)]
        ids = offered if tied in ("", *offered) else [*offered, tied]
        with QSignalBlocker(self.box):
            self.box.clear()
            self.box.addItem(_OWN, "")
            for node_id in ids:
                self.box.addItem(f"those of {node_id}", node_id)
            self.box.setCurrentIndex(self.box.findData(tied))
        mark_invalid(self.box, tied not in ("", *offered))
        self.setVisible(bool(ids))
