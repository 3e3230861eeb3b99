"""What the palette cannot say of standard widgets: hairlines, paddings, rounded corners, focus rings, ticks.

Each function gives the rules of one family of widgets for a theme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from netdesigner.parts import resources

if TYPE_CHECKING:
    from netdesigner.ui.theme import Theme

__all__ = ["style_sheet"]


def style_sheet(theme: Theme) -> str:
    """All rules for a theme."""
    families = (_frame, _fields, _buttons, _lists, _menus, _words)
    return "".join(rules(theme) for rules in families)


def _picture(name: str, theme: Theme) -> str:
    """Where a small picture lies, drawn in the theme's colours."""
    return f"{(resources.folder() / 'icons').as_posix()}/{name}-{theme.name}.svg"


def _frame(t: Theme) -> str:
    """The window around the panels."""
    return f"""
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; padding: 4px 8px; }}
    QMainWindow::separator {{ background: {t.border}; width: 1px; height: 1px; }}
    QDockWidget {{ color: {t.muted}; }}
    QDockWidget::title {{ background: {t.window}; padding: 8px; }}
    QDockWidget QScrollArea, QDockWidget QScrollArea > #qt_scrollarea_viewport > QWidget {{
        background: transparent; }}
    QTabBar::tab {{ padding: 6px 12px; border: 0; border-bottom: 2px solid transparent; color: {t.muted}; }}
    QTabBar::tab:selected {{ color: {t.text}; border-bottom: 2px solid {t.accent}; }}
    QTabBar::tab:hover {{ color: {t.text}; }}
    QTabWidget::pane {{ border: 0; border-top: 1px solid {t.border}; }}
    QToolBar {{ background: {t.window}; border: 0; border-bottom: 1px solid {t.border};
        padding: 4px 8px; spacing: 2px; }}
    QToolBar::separator {{ background: {t.border}; width: 1px; margin: 6px 8px; }}
    QStatusBar::item {{ border: 0; }}
    QStatusBar {{ background: {t.window}; color: {t.muted}; border-top: 1px solid {t.border}; }}
    QSplitter::handle {{ background: {t.border}; }}
    """


def _fields(t: Theme) -> str:
    """What is typed or chosen."""
    down, check = _picture("down", t), _picture("check", t)
    return f"""
    QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit {{
        background: {t.surface}; border: 1px solid {t.border}; border-radius: 4px; padding: 4px 8px;
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {{
        border: 1px solid {t.accent}; }}
    QLineEdit[invalid="true"], QComboBox[invalid="true"] {{ border: 1px solid {t.error}; }}
    QComboBox::drop-down {{ border: 0; width: 24px; }}
    QComboBox::down-arrow {{ image: url("{down}"); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ background: {t.surface}; border: 1px solid {t.border}; outline: 0; }}
    QCheckBox {{ spacing: 8px; }}
    QCheckBox::indicator, QTreeView::indicator, QTableView::indicator, QMenu::indicator {{
        width: 14px; height: 14px; border: 1px solid {t.strong_border}; border-radius: 3px; background: {t.surface}; }}
    QMenu::indicator {{ left: 8px; }}
    QCheckBox::indicator:hover, QTreeView::indicator:hover, QTableView::indicator:hover {{
        border: 1px solid {t.accent}; }}
    QCheckBox::indicator:checked, QTreeView::indicator:checked, QTableView::indicator:checked,
    QMenu::indicator:checked {{
        background: {t.accent}; border: 1px solid {t.accent}; image: url("{check}"); }}
    QCheckBox:focus {{ color: {t.accent}; }}
    """


def _buttons(t: Theme) -> str:
    """What is pressed."""
    pressed = QColor(t.accent).darker(112).name()
    return f"""
    QPushButton {{ background: {t.surface}; border: 1px solid {t.border}; border-radius: 4px; padding: 5px 12px; }}
    QPushButton:hover {{ background: {t.raised}; }}
    QPushButton:pressed {{ background: {t.border}; }}
    QPushButton:focus {{ border: 1px solid {t.accent}; }}
    QPushButton:disabled {{ color: {t.disabled}; }}
    QPushButton[main="true"] {{ background: {t.accent}; color: {t.on_accent}; border: 1px solid {t.accent}; }}
    QPushButton[main="true"]:hover {{ background: {pressed}; border: 1px solid {pressed}; }}
    QPushButton[main="true"]:focus {{ border: 1px solid {t.text}; }}
    QPushButton[main="true"]:disabled {{ background: {t.raised}; color: {t.disabled}; border-color: {t.border}; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 4px; padding: 4px; }}
    QToolButton:hover {{ background: {t.raised}; }}
    QToolButton:checked {{ background: {t.selection}; }}
    QToolButton:focus {{ border: 1px solid {t.accent}; }}
    QToolButton[chip="true"] {{ border: 1px solid {t.border}; border-radius: 14px; padding: 4px 12px 4px 8px; }}
    QToolButton[chip="true"]:hover {{ border: 1px solid {t.strong_border}; background: {t.surface}; }}
    QToolButton[chip="true"]:focus {{ border: 1px solid {t.accent}; }}
    #recent_file, #trash_link {{
        background: transparent; border: 0; padding: 2px 0; color: {t.accent}; text-align: left;
    }}
    #recent_file:hover, #recent_file:focus, #trash_link:hover, #trash_link:focus {{ text-decoration: underline; }}
    QToolButton::menu-indicator {{ image: none; }}
    """


def _lists(t: Theme) -> str:
    """Lists, tables and how they scroll."""
    return f"""
    QTreeView, QListView, QTableView {{ background: {t.surface}; border: 0; outline: 0;
        selection-background-color: {t.selection}; selection-color: {t.text};
        alternate-background-color: {t.window}; gridline-color: {t.border}; }}
    QTreeView::item, QListView::item {{ padding: 4px; }}
    QTreeView::item:hover, QListView::item:hover {{ background: {t.raised}; }}
    QTreeView::item:selected, QListView::item:selected {{ background: {t.selection}; color: {t.text}; }}
    QTableView::item {{ padding: 0 8px; }}
    QHeaderView::section {{ background: {t.window}; color: {t.muted}; border: 0;
        border-bottom: 1px solid {t.border}; padding: 4px 8px; }}
    QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
    QScrollBar::handle {{ background: {t.grid}; border-radius: 4px; margin: 2px; min-height: 24px; min-width: 24px; }}
    QAbstractScrollArea::corner {{ background: transparent; border: 0; }}
    QScrollBar::handle:hover {{ background: {t.strong_border}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """


def _menus(t: Theme) -> str:
    """Menus."""
    return f"""
    QMenu {{ background: {t.surface}; border: 1px solid {t.border}; padding: 4px; }}
    QMenu::item {{ padding: 5px 24px 5px 16px; border-radius: 3px; }}
    QMenu::item:selected {{ background: {t.selection}; color: {t.text}; }}
    QMenu::item:disabled {{ color: {t.disabled}; }}
    QMenu::separator {{ height: 1px; background: {t.border}; margin: 4px 8px; }}
    QMenuBar::item:selected {{ background: {t.raised}; }}
    QMenuBar {{ background: {t.window}; padding: 2px 4px; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; }}
    """


def _words(t: Theme) -> str:
    """Labels by their role, and bars of progress."""
    return f"""
    QProgressBar {{ background: {t.raised}; border: 0; border-radius: 3px; height: 6px; text-align: center; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
    QLabel[role="muted"] {{ color: {t.muted}; }}
    QLabel[role="error"] {{ color: {t.error}; }}
    QLabel[role="warning"] {{ color: {t.warning}; }}
    QLabel[role="success"] {{ color: {t.success}; }}
    QLabel[role="heading"] {{ font-size: 15px; font-weight: 600; }}
    QLabel[role="title"] {{ font-size: 22px; font-weight: 600; }}
    """
