"""Colours, fonts and spacing of the window, light and dark.

Neutral surfaces and one accent. All spacing is a multiple of 8 px. Colours never carry a meaning alone: an error
has its icon and words, a category its name. Text reaches a contrast of 4.5 to 1 on its surface (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from netdesigner.ui.style_sheet import style_sheet

__all__ = ["DARK", "LIGHT", "Theme", "apply_theme", "load_fonts", "system_theme"]

FONT_FAMILY = "Inter"
_SHOWN = "netdesigner theme"


class Theme(NamedTuple):
    """One set of colours, each as `#rrggbb`.

    Attributes:
        window: behind panels.
        surface: panels, cards, fields.
        raised: menus, hovered rows, buttons.
        canvas, grid: the canvas and its dots.
        border, strong_border: hairlines; outlines that must be seen (3 to 1 on surface).
        text, muted, disabled: words; secondary words; words of what is off.
        accent, on_accent: selection, focus and the one main button; words on it.
        selection: background of selected rows.
        error, warning, success: states, on surface.
        wire: a wire at rest.
        curves: lines of plots in their order.
        categories: a layer category's stripe.
    """

    name: str
    dark: bool
    window: str
    surface: str
    raised: str
    canvas: str
    grid: str
    border: str
    strong_border: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    selection: str
    error: str
    warning: str
    success: str
    wire: str
    curves: tuple[str, ...]
    categories: Mapping[str, str]

    def color(self, name: str, alpha: float = 1.0) -> QColor:
        """A colour by the name of its attribute, with an opacity of 0 to 1."""
        color = QColor(getattr(self, name))
        color.setAlphaF(alpha)
        return color

    def category(self, name: str) -> QColor:
        """The stripe of a layer category; neutral for an unknown one."""
        return QColor(self.categories.get(name, self.muted))


LIGHT = Theme(
    name="light",
    dark=False,
    window="#f3f4f6",
    surface="#ffffff",
    raised="#eceef2",
    canvas="#f7f8fa",
    grid="#d9dde4",
    border="#dcdfe5",
    strong_border="#878f9c",
    text="#1a1d23",
    muted="#59616e",
    disabled="#9aa1ad",
    accent="#2563eb",
    on_accent="#ffffff",
    selection="#dbe7ff",
    error="#c0262d",
    warning="#9a5b00",
    success="#19734a",
    wire="#8a93a3",
    curves=("#2563eb", "#d9480f", "#2b8a3e", "#862e9c", "#0b7285", "#a61e4d", "#5f3dc4", "#846358"),
    categories={
        "Input and output": "#495057",
        "Linear": "#2563eb",
        "Convolution": "#0b7fab",
        "Pooling": "#0f8f83",
        "Padding": "#54768a",
        "Normalisation": "#4c8a2b",
        "Activation": "#d9730d",
        "Dropout": "#a1887f",
        "Recurrent": "#7c3aed",
        "Attention": "#c026a3",
        "Embedding": "#b4325f",
        "Shape": "#7a8290",
        "Combine": "#b58900",
        "Arithmetic": "#c2410c",
        "Logic": "#5f3dc4",
        "Reduction": "#12877a",
        "Values": "#3f6b8f",
        "Random": "#8a6d3b",
        "Block": "#5b5fc7",
    },
)

DARK = Theme(
    name="dark",
    dark=True,
    window="#17191d",
    surface="#1f2228",
    raised="#2a2e36",
    canvas="#131519",
    grid="#2b2f37",
    border="#333841",
    strong_border="#727b8a",
    text="#e7e9ed",
    muted="#a2aab7",
    disabled="#666e7b",
    accent="#6c9dff",
    on_accent="#0c1220",
    selection="#26375c",
    error="#ff7a75",
    warning="#eeb04c",
    success="#5fcf95",
    wire="#6d7686",
    curves=("#6c9dff", "#ff9457", "#69d183", "#cf8bec", "#4cc3d9", "#f58bb0", "#a899ff", "#c9ab97"),
    categories={
        "Input and output": "#adb5bd",
        "Linear": "#6c9dff",
        "Convolution": "#43b3e0",
        "Pooling": "#3fc4b4",
        "Padding": "#8fb3c7",
        "Normalisation": "#8ccb62",
        "Activation": "#ffa24d",
        "Dropout": "#c9b1a6",
        "Recurrent": "#b08cff",
        "Attention": "#f07ad8",
        "Embedding": "#f2799f",
        "Shape": "#a5adba",
        "Combine": "#e3bf4b",
        "Arithmetic": "#ff8a65",
        "Logic": "#a78bfa",
        "Reduction": "#5bd6c4",
        "Values": "#8fb8d8",
        "Random": "#d3b27a",
        "Block": "#9598f5",
    },
)


def system_theme() -> Theme:
    """The theme that follows the system's setting."""
    return DARK if QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT


def load_fonts(folder: Path) -> None:
    """Makes the program's own fonts known, so that text looks the same on a machine without any."""
    for path in sorted(folder.glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))


def font(size_px: int = 13, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The program's font at a size in pixels at 100 %."""
    chosen = QFont([FONT_FAMILY, "Segoe UI", "Helvetica Neue", "DejaVu Sans", "sans-serif"])
    chosen.setPixelSize(size_px)
    chosen.setWeight(weight)
    return chosen


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Gives every standard widget the theme's colours; where it has them already, nothing is done."""
    shown = app.property(_SHOWN)
    if shown == theme.name:
        return
    if shown is None:
        app.setStyle("Fusion")
        app.setFont(font())
    app.setStyleSheet("")  # without rules to apply again, a new palette takes a fraction of the time
    app.setPalette(_palette(theme))
    app.setStyleSheet(style_sheet(theme))
    app.setProperty(_SHOWN, theme.name)


def _palette(theme: Theme) -> QPalette:
    roles = QPalette.ColorRole
    palette = QPalette()
    plain = {
        roles.Window: theme.window,
        roles.WindowText: theme.text,
        roles.Base: theme.surface,
        roles.AlternateBase: theme.window,
        roles.Text: theme.text,
        roles.PlaceholderText: theme.muted,
        roles.Button: theme.raised,
        roles.ButtonText: theme.text,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text,
        roles.Highlight: theme.accent,
        roles.HighlightedText: theme.on_accent,
        roles.Link: theme.accent,
        roles.Mid: theme.border,
        roles.Light: theme.surface,
        roles.Dark: theme.border,
    }
    for role, color in plain.items():
        palette.setColor(role, QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.disabled))
    return palette
