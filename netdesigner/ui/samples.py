"""The samples that come with the program, as cards by family, and a field that finds some of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton, QVBoxLayout, QWidget

from netdesigner.document import Design
from netdesigner.parts import Catalog
from netdesigner.session.gallery import Template
from netdesigner.ui.flow_layout import FlowArea
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import ElidedLabel, ParagraphLabel, PlainLabel, plain_tip
from netdesigner.ui.sketch import Sketch
from netdesigner.ui.theme import Theme, font

__all__ = ["Samples"]

_CARD_PX = 232
_HINT = "Search samples: a network, a task, data"


class Samples(QWidget):
    """Cards under the names of their families.

    Signals:
        chosen: (Design) a sample, or its small form, should be opened.

    Args:
        templates: the samples.
        catalog: for the colours of their nodes.
        theme: its colours.
    """

    chosen = Signal(object)

    def __init__(self, templates: Sequence[Template], catalog: Catalog, theme: Theme) -> None:
        super().__init__()
        self._cards = [_Card(template, catalog, theme) for template in templates]
        self._field = QLineEdit()
        self._field.setObjectName("sample_field")
        self._field.setPlaceholderText(_HINT)
        self._field.setAccessibleName("Search samples")
        self._field.setClearButtonEnabled(True)
        self._magnifier = self._field.addAction(
            icon("search", theme, "muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self._field.textChanged.connect(self._find)
        self._field.returnPressed.connect(self._open_first)
        self._field.installEventFilter(self)
        self._none = PlainLabel("", "muted", wrap=True)
        self._none.setObjectName("no_sample")
        self._none.hide()
        self._families: list[tuple[PlainLabel, FlowArea, list[_Card]]] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._field)
        layout.addWidget(self._none)
        for family in dict.fromkeys(card.template.family for card in self._cards):
            self._add(family, layout)
        layout.addStretch(1)

    def _add(self, family: str, layout: QVBoxLayout) -> None:
        title, area = PlainLabel(family, "heading"), FlowArea(gap_px=16, stretch=True)
        title.setContentsMargins(0, 12, 0, 0)
        cards = [card for card in self._cards if card.template.family == family]
        for card in cards:
            card.chosen.connect(self.chosen)
            area.add(card)
        layout.addWidget(title)
        layout.addWidget(area)
        self._families.append((title, area, cards))

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._magnifier.setIcon(icon("search", theme, "muted"))
        for card in self._cards:
            card.set_theme(theme)

    def begin_search(self, text: str) -> bool:
        """Puts what was typed elsewhere into the field, if it is a letter or more; tells whether it is."""
        if not text.strip() or not text.isprintable():
            return False
        self._field.setFocus()
        self._field.insert(text)
        return True

    def _find(self, text: str) -> None:
        """Shows the samples that have all words of a text."""
        words, found = _words(text), False
        for title, area, cards in self._families:
            for card in cards:
                card.setVisible(card.is_about(words))
            some = any(not card.isHidden() for card in cards)
            title.setVisible(some)
            area.setVisible(some)
            found = found or some
        self._none.setText(f"No sample is about \u201c{text.strip()}\u201d.")
        self._none.setVisible(not found)

    def _open_first(self) -> None:
        """Opens the first of those that are shown, where some were searched for: one that is called so, if any is."""
        words = _words(self._field.text())
        shown = [card for card in self._cards if not card.isHidden()]
        if words and shown:
            max(shown, key=lambda card: card.is_called(words)).click()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        escapes = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escapes and event.type() == QEvent.Type.KeyPress and self._field.text():
            self._field.clear()
            return True
        return super().eventFilter(watched, event)


def _words(text: str) -> list[str]:
    """The words of a text, in small letters."""
    return re.findall(r"\w+", text.replace("_", " ").casefold())


def _said_of(template: Template) -> str:
    """All that is said of a sample beside its name, in small letters, a blank before each word."""
    designs = [design for design in (template.design, template.small) if design is not None]
    chosen = [
        choice.kind for design in designs for choice in (design.task, design.data) if choice is not None
    ]
    texts = (template.description, template.family, template.paper, *chosen)
    return " ".join(["", *_words(" ".join(texts))])


class _Card(QAbstractButton):
    """One sample: its picture, its name and what it is for.

    Signals:
        chosen: (Design) it or its small form should be opened.
    """

    chosen = Signal(object)

    def __init__(self, template: Template, catalog: Catalog, theme: Theme) -> None:
        super().__init__()
        self.template = template
        self._theme = theme
        self.setObjectName(f"sample_{template.name}")
        self.setText(template.title)
        self.setAccessibleName(template.title)
        self.setAccessibleDescription(template.description)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._called = " ".join(_words(f"{template.name} {template.title}"))
        self._said = _said_of(template)
        self._sketch = Sketch(template.design, catalog, theme)
        title = ElidedLabel(template.title)
        title.setFont(font(13, font().Weight.DemiBold))
        about = ParagraphLabel(template.description, lines=3, role="muted")
        about.setToolTip(plain_tip("\n".join(filter(None, (template.description, template.paper)))))
        words = QVBoxLayout()
        words.setContentsMargins(12, 8, 12, 12)
        words.setSpacing(4)
        words.addWidget(title)
        words.addWidget(about)
        self._inner = QVBoxLayout(self)
        self._inner.setContentsMargins(1, 1, 1, 1)
        self._inner.setSpacing(0)
        self._inner.addWidget(self._sketch)
        self._inner.addLayout(words)
        self._inner.addStretch(1)
        self.clicked.connect(lambda _checked=False: self.chosen.emit(template.design))
        if template.small is not None:
            words.addWidget(self._small_form(template.small))

    def _small_form(self, design: Design) -> QPushButton:
        link = QPushButton("Open small, to train now")
        link.setObjectName(f"small_{self.template.name}")
        link.setToolTip("The same network with small sizes, on data that come with the program")
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.clicked.connect(lambda _checked=False: self.chosen.emit(design))
        return link

    def is_about(self, words: Sequence[str]) -> bool:
        """Whether all these words occur in what it is called, or begin one of what is said of it."""
        return all(word in self._called or f" {word}" in self._said for word in words)

    def is_called(self, words: Sequence[str]) -> bool:
        """Whether all these words occur in what it is called."""
        return all(word in self._called for word in words)

    def sizeHint(self) -> QSize:
        return QSize(_CARD_PX, self._inner.sizeHint().height())

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._sketch.set_theme(theme)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() in (
            QEvent.Type.HoverEnter,
            QEvent.Type.HoverLeave,
            QEvent.Type.Enter,
            QEvent.Type.Leave,
        ):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marked = self.underMouse() or self.hasFocus()
        painter.setPen(QPen(QColor(self._theme.accent if marked else self._theme.border), 1))
        painter.setBrush(QColor(self._theme.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
