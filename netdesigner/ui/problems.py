"""The list of what is wrong with the design, with ways to mend it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from netdesigner.checks import CODES, Problem
from netdesigner.session import State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.empty import EmptyState
from netdesigner.ui.formats import sentence
from netdesigner.ui.labels import PlainLabel, plain_tip
from netdesigner.ui.problem_rows import PROBLEM_ROLE, ProblemRows
from netdesigner.ui.theme import Theme

__all__ = ["Problems"]

_WIDE = 1.6


class _ElidedButton(QPushButton):
    """A button whose text ends in an ellipsis where there is too little room; its tool tip says all of it."""

    def __init__(self, text: str) -> None:
        super().__init__(text.replace("&", "&&"))
        self._text = text
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.ensurePolished()  # the style's padding belongs to the width
        self.setMaximumWidth(max(160, self.sizeHint().width() + 8))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        shown = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width() - 28)
        self.setText(shown.replace("&", "&&"))


class Problems(QWidget):
    """Problems, errors first; the chosen one is explained, with buttons for what would mend it.

    Signals:
        jump: (scope, node id) the user wants to see where a problem lies.
        jump_to_choice: (section of the design, parameter or "") the same where it lies in no network.
        chosen: the problem that is chosen in the list now, or None.

    Args:
        bridge: to the session.
        theme: its colours.
    """

    jump = Signal(str, str)
    jump_to_choice = Signal(str, str)
    chosen = Signal(object)

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problems")
        self._bridge = bridge
        self._theme = theme
        self._problems: tuple[Problem, ...] | None = None
        self.list = QListWidget()
        self.list.setObjectName("problem_list")
        self.list.setAccessibleName("Problems")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._rows = ProblemRows(theme, self.list)
        self.list.setItemDelegate(self._rows)
        self.details = QWidget()
        self.details.setObjectName("problem_details")
        self._details = QVBoxLayout(self.details)
        self._details.setContentsMargins(16, 12, 16, 12)
        self._details.setSpacing(8)
        self._area = QScrollArea()
        self._area.setAccessibleName("About the problem")
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self.details)
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._split.addWidget(self.list)
        self._split.addWidget(self._area)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.setSizes([600, 400])
        self.empty = EmptyState("check", "No problems", "The design can be trained and exported.", theme)
        self.empty.setObjectName("no_problems")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._split)
        self._pages.addWidget(self.empty)
        self.setFocusProxy(self.list)
        self.list.itemClicked.connect(self._on_jump)
        self.list.itemActivated.connect(self._on_jump)
        self.list.currentItemChanged.connect(self._on_chosen)
        bridge.changed.connect(self._on_changed)
        self._fill()

    # --------------------------------------------------------------------------------------------------- the list

    def _on_changed(self, before: State, after: State) -> None:
        if after.report.problems is not self._problems:
            self._fill()

    def _fill(self) -> None:
        """Lists the problems; the chosen one stays chosen where it is still there."""
        problems = self._bridge.state.report.problems
        if self._problems is not None and [p.key for p in self._problems] == [p.key for p in problems]:
            self._refresh(problems)
            return
        chosen = self.problem
        self._problems = problems
        with QSignalBlocker(self.list):
            self.list.clear()
            for problem in problems:
                self.list.addItem(self._item(problem))
            kept = [
                row
                for row, problem in enumerate(problems)
                if chosen is not None and problem.key == chosen.key
            ]
            self.list.setCurrentRow(kept[0] if kept else -1)
        self._pages.setCurrentWidget(self._split if problems else self.empty)
        self._show_details()

    def _refresh(self, problems: tuple[Problem, ...]) -> None:
        """The same problems in other words."""
        changed = self._problems != problems
        self._problems = problems
        for row, problem in enumerate(problems):
            self._fill_item(self.list.item(row), problem)
        if changed:
            self._show_details()

    def _item(self, problem: Problem) -> QListWidgetItem:
        item = QListWidgetItem()
        self._fill_item(item, problem)
        return item

    @staticmethod
    def _fill_item(item: QListWidgetItem, problem: Problem) -> None:
        message = sentence(plain_message(problem.message))
        item.setData(PROBLEM_ROLE, problem)
        item.setText(f"{problem.severity} {problem.code}: {message}")
        item.setToolTip(plain_tip(message))

    @property
    def problem(self) -> Problem | None:
        """The chosen problem."""
        item = self.list.currentItem()
        return item.data(PROBLEM_ROLE) if item is not None else None

    def _on_chosen(self) -> None:
        self._show_details()
        self.chosen.emit(self.problem)

    def _on_jump(self, item: QListWidgetItem) -> None:
        problem: Problem = item.data(PROBLEM_ROLE)
        if problem.network:
            self.jump.emit(problem.network, problem.node)
        elif problem.section:
            self.jump_to_choice.emit(problem.section, problem.param)

    # ------------------------------------------------------------------------------------------------ the details

    def _show_details(self) -> None:
        while self._details.count():
            widget = self._details.takeAt(0).widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for widget in self._explained(self.problem):
            self._details.addWidget(widget)
            widget.show()
        self._details.addStretch(1)

    def _explained(self, problem: Problem | None) -> Iterator[QWidget]:
        """What is told about the chosen problem, from top to bottom."""
        if problem is None:
            if self._problems:
                yield PlainLabel(
                    "Choose a problem to see what it means and how to mend it.", "muted", wrap=True
                )
            return
        code = CODES.get(problem.code)
        yield PlainLabel(code.title if code else problem.code, "heading", wrap=True)
        message = PlainLabel(sentence(plain_message(problem.message)), wrap=True)
        message.setObjectName("problem_message")
        message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        yield message
        for index, fix in enumerate(self._bridge.session.fixes(problem).fixes):
            yield self._button(index, problem, fix.text)
        if code is not None:
            yield PlainLabel(sentence(plain_message(code.explanation)), "muted", wrap=True)

    def _button(self, index: int, problem: Problem, text: str) -> QPushButton:
        words = sentence(plain_message(text))
        button = _ElidedButton(words)
        button.setObjectName(f"fix_{index}")
        button.setProperty("main", "true" if index == 0 else "false")
        button.setToolTip(plain_tip(words))
        button.clicked.connect(lambda: self._mend(problem, text))
        return button

    def _mend(self, problem: Problem, text: str) -> None:
        """Applies a fix, made anew: the design may be another than that for which it was offered, the problem not."""
        fixes = self._bridge.session.fixes(problem).fixes
        fix = next((fix for fix in fixes if fix.text == text), None)
        if fix is not None:
            self._bridge.session.edit(fix.design, plain_message(text))

    # ------------------------------------------------------------------------------------------------- appearance

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Details stand beside the list in a wide panel and below it in a high one."""
        super().resizeEvent(event)
        wide = self.width() > self.height() * _WIDE
        self._split.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def sizeHint(self) -> QSize:
        return QSize(640, 200)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._rows.set_theme(theme)
        self.empty.set_theme(theme)
        self._show_details()
        self.list.viewport().update()
