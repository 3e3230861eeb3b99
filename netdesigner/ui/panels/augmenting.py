"""The part of the data panel in which is chosen what is done to samples before the network learns from them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from netdesigner.document import Choice, Design, Value
from netdesigner.document import edit as edits
from netdesigner.document.design import AUGMENTATIONS
from netdesigner.parts import Augmentation
from netdesigner.parts.augmentation import GROUPS, sort_of
from netdesigner.session import State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.fields.fold import Fold
from netdesigner.ui.fields.reading import text_of
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import PlainLabel, plain_tip
from netdesigner.ui.panels.augmented_preview import AugmentedPreview
from netdesigner.ui.part_form import PartForm, told_in, without_defaults
from netdesigner.ui.theme import Theme

__all__ = ["Augmenting"]

_NONE_YET = "Samples can be changed by chance whenever they are learned from, so that it seems there are more of them."
_OTHERS = "Others"
_UNFIT = ("ND443", "ND444")
"""The codes of what no setting could mend."""


class _Entry(QWidget):
    """One augmentation: its name, which opens its form, and buttons that move or remove it.

    Signals:
        edited: (name, value) a parameter was changed.
        left: the user is done with a field for now.
        moved: by so many places.
        removed: it is to go.
    """

    edited = Signal(str, object)
    left = Signal()
    moved = Signal(int)
    removed = Signal()

    def __init__(self, choice: Choice, part: type[Augmentation] | None, theme: Theme) -> None:
        super().__init__()
        self.choice = choice
        self._part = part
        self.form = PartForm({choice.kind: part} if part is not None else {}, theme, single=True)
        self.form.setContentsMargins(16, 0, 0, 8)
        self.up = self._button("move up", "Move up", lambda: self.moved.emit(-1))
        self.down = self._button("move down", "Move down", lambda: self.moved.emit(1))
        self.remove = self._button("delete", "Remove", self.removed.emit)
        self.fold = Fold("", theme, self.form, beside=(self.up, self.down, self.remove))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.fold)
        self.form.edited.connect(self.edited)
        self.form.left.connect(self.left)
        self.set_theme(theme)

    def _button(self, name: str, text: str, pressed: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name.replace(" ", "_"))
        button.setToolTip(text)
        button.setAccessibleName(f"{text}: {self._title()}")
        button.setIconSize(QSize(16, 16))
        button.clicked.connect(pressed)
        return button

    def _title(self) -> str:
        return self._part.label() if self._part is not None else f"{self.choice.kind} (unknown)"

    def show_entry(self, choice: Choice, state: State, number: int) -> None:
        """Shows the choice with this number, from 1, among those of a state."""
        self.choice = choice
        section = f"{AUGMENTATIONS}.{number}"
        told = told_in(state.report, section)
        warned = all(problem.section != section for problem in state.report.errors)
        self.form.show_choice(choice, state.design.variables, told, warned=warned)
        set_values = ", ".join(f"{name} {text_of(value)}" for name, value in choice.params.items())
        wrong = "  ⚠" if told else ""
        self.fold.heading.setText(self._title() + (f":  {set_values}" if set_values else "") + wrong)
        self.up.setEnabled(number > 1)
        self.down.setEnabled(number < len(state.design.augmentations))

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.fold.set_theme(theme)
        self.form.set_theme(theme)
        for button, name in ((self.up, "move up"), (self.down, "move down"), (self.remove, "delete")):
            button.setIcon(icon(name, theme, "muted"))


class Augmenting(QWidget):
    """The augmentations of the design in their order, and what they make of real samples."""

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("augmenting")
        self._bridge = bridge
        self._theme = theme
        self._entries: list[_Entry] = []
        self._hint = PlainLabel(_NONE_YET, "muted", wrap=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.add = QToolButton()
        self.add.setObjectName("add_augmentation")
        self.add.setText("Add Augmentation")
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setMenu(self.menu)
        self.preview = AugmentedPreview(bridge, theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel("Augmentation", "heading"))
        layout.addWidget(self._hint)
        layout.addLayout(self._list)
        layout.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.preview)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.add.setIcon(icon("add", theme, "muted"))
        for entry in self._entries:
            entry.set_theme(theme)
        self.preview.set_theme(theme)

    def entry(self, number: int) -> _Entry:
        """The entry with this number, from 1."""
        return self._entries[number - 1]

    def reveal(self, number: int, name: str) -> QWidget:
        """The editor of a parameter of an entry, unfolded; without such a parameter the name of the entry."""
        if not 1 <= number <= len(self._entries):
            return self.add
        entry = self.entry(number)
        entry.fold.set_open(True)
        form = entry.form.form
        return form.reveal(name) if form is not None and form.has(name) else entry.fold.heading

    # ------------------------------------------------------------------------------------------------- showing

    def show_state(self, state: State) -> None:
        """Shows the augmentations of a state, and their preview once somebody looks."""
        chosen = state.design.augmentations
        entries = [*self._matched(chosen)]
        for entry in self._entries:
            self._list.removeWidget(entry)
            if entry not in entries:
                entry.hide()
                entry.deleteLater()
        self._entries = entries
        for number, (entry, choice) in enumerate(zip(entries, chosen, strict=True), 1):
            self._list.addWidget(entry)
            entry.show_entry(choice, state, number)
        self._hint.setVisible(not chosen)
        self.preview.refresh(state)

    def _matched(self, chosen: tuple[Choice, ...]) -> Iterator[_Entry]:
        """An entry for each choice: the one that has shown it, the one in its place of the same kind, or a new one."""
        kept = {id(entry.choice): entry for entry in self._entries}
        free = [entry for entry in self._entries if all(entry.choice is not choice for choice in chosen)]
        for index, choice in enumerate(chosen):
            here = self._entries[index] if index < len(self._entries) else None
            if (entry := kept.pop(id(choice), None)) is not None:
                yield entry
            elif here is not None and here in free and here.choice.kind == choice.kind:
                free.remove(here)
                yield here
            else:
                yield self._made(choice)

    def _made(self, choice: Choice) -> _Entry:
        entry = _Entry(choice, self._bridge.session.catalog.augmentations.get(choice.kind), self._theme)
        entry.edited.connect(lambda name, value: self._edit(entry, name, value))
        entry.left.connect(self._bridge.session.seal)
        entry.moved.connect(lambda by: self._move(entry, by))
        entry.removed.connect(lambda: self._remove(entry))
        return entry

    def _fill_menu(self) -> None:
        """Lists what is for such samples by group, or everything while they are unknown; a tip says why one is not."""
        self.menu.clear()
        data = self._bridge.state.data
        sort = sort_of(data) if data is not None else ""
        parts = [
            part for kind, part in self._bridge.session.catalog.augmentations.items() if kind == part.kind
        ]
        fitting = [part for part in parts if not sort or sort in part.takes]
        for group in (*GROUPS, _OTHERS):
            inside = [part for part in fitting if (part.group if part.group in GROUPS else _OTHERS) == group]
            if inside:
                self.menu.addAction(group).setEnabled(False)
            for part in inside:
                action = self.menu.addAction(part.label())
                reason = self._why_not(part)
                action.setEnabled(not reason)
                action.setToolTip(plain_tip(reason or part.summary()))
                action.triggered.connect(lambda _on=False, part=part: self._add(part))
        self.menu.setToolTipsVisible(True)
        if not fitting:
            self.menu.addAction("None suits these samples").setEnabled(False)

    def _why_not(self, part: type[Augmentation]) -> str:
        """Why one cannot be done to these samples, or not while this is learned, whatever it is set to."""
        state, catalog = self._bridge.state, self._bridge.session.catalog
        if state.data is None:
            return ""
        misfits = catalog.augmentation(Choice(part.kind)).misfits(state.data, catalog.task_of(state.design))
        return next((misfit.message for misfit in misfits if misfit.code in _UNFIT), "")

    # --------------------------------------------------------------------------------------------------- edits

    def _add(self, part: type[Augmentation]) -> None:
        choice = Choice(part.kind, dict(part.initial))

        def added(design: Design) -> Design:
            return edits.set_augmentations(design, (*design.augmentations, choice))

        if self._bridge.edit(added, f"add the augmentation {part.label()}"):
            entry = self._entries[-1]
            entry.fold.set_open(True)
            entry.fold.heading.setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self, entry: _Entry) -> None:
        section = f"{AUGMENTATIONS}.{self._entries.index(entry) + 1}"
        self._bridge.edit(lambda design: edits.choose(design, section, None), "remove an augmentation")

    def _move(self, entry: _Entry, by: int) -> None:
        there = [*self._bridge.session.design.augmentations]
        at = self._entries.index(entry)
        if 0 <= at + by < len(there):
            there.insert(at + by, there.pop(at))
            self._bridge.edit(lambda design: edits.set_augmentations(design, there), "move an augmentation")

    def _edit(self, entry: _Entry, name: str, value: Value) -> None:
        section = f"{AUGMENTATIONS}.{self._entries.index(entry) + 1}"
        part = self._bridge.session.catalog.augmentations.get(entry.choice.kind)
        changed = Choice(entry.choice.kind, without_defaults(part, {**entry.choice.params, name: value}))
        label = f"set {name} of {part.label() if part is not None else entry.choice.kind}"
        self._bridge.edit(lambda design: edits.choose(design, section, changed), label, f"{section}.{name}")
