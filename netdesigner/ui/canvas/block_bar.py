"""The bar above the canvas while a block is open: what it is, how many uses change with it, and ways out of that."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from netdesigner.document import BLOCK_PREFIX, Design, Scope
from netdesigner.document.blocks import instances
from netdesigner.ui.labels import ElidedLabel, PlainLabel, plain_tip
from netdesigner.ui.theme import Theme

__all__ = ["BlockBar"]


class BlockBar(QFrame):
    """Says what an edit in the open block changes.

    Signals:
        unique_wanted: a definition of its own for the instance that was opened.
        keep_wanted: the block in the library.

    Args:
        theme: its colours.
    """

    unique_wanted = Signal()
    keep_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("block_bar")
        self.setAccessibleName("Open block")
        self.uses = PlainLabel("")
        self.uses.setObjectName("block_uses")
        self.told = ElidedLabel("", "muted")
        self.unique = QPushButton("Make Unique")
        self.unique.setObjectName("block_make_unique")
        self.unique.clicked.connect(self.unique_wanted)
        self.keep = QPushButton("Save to Library")
        self.keep.setObjectName("block_keep")
        self.keep.setToolTip("Keep this block in your library, for every design")
        self.keep.clicked.connect(self.keep_wanted)
        for button in (self.unique, self.keep):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard to the canvas
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self.uses)
        layout.addWidget(self.told, 1)
        layout.addWidget(self.unique)
        layout.addWidget(self.keep)
        self.set_theme(theme)

    def show_scope(self, design: Design, scope: Scope, door: tuple[Scope, str] | None) -> None:
        """Shows a block; hidden in a network.

        Args:
            design: the present design.
            scope: what is open.
            door: the instance through which it was opened, if any.
        """
        name = scope.removeprefix(BLOCK_PREFIX)
        self.setVisible(scope != name)
        if scope == name:
            return
        count = len(instances(design, name))
        used = "not used yet" if not count else "used once" if count == 1 else f"used by {count}"
        self.uses.setText(f"{name} · {used}")
        self.told.setText("A change here changes all of them." if count > 1 else "")
        self.unique.setVisible(count > 1 and door is not None)
        if door is not None:
            words = f"Give {door[1]} a copy of this block, so that the others stay as they are"
            self.unique.setToolTip(plain_tip(words))

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.setStyleSheet(
            f"#block_bar {{ background: {theme.raised}; border: 0; border-bottom: 1px solid {theme.border}; }}"
        )
