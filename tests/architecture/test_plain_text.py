"""Text from a file is shown as plain text: no label that guesses, no tool tip put together without `plain_tip`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UI = sorted((ROOT / "netdesigner" / "ui").rglob("*.py"))
LABELS = "netdesigner/ui/labels.py"
RICH = {"setHtml", "insertHtml", "appendHtml", "setMarkdown", "fromHtml"}
TIPS = {"setToolTip": 0, "setStatusTip": 0, "setWhatsThis": 0, "showText": 1}
"""What shows a text that Qt takes for HTML where it looks so, and which argument that is."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def risks(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, what) of everything that could show a text as HTML."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"RichText", "AutoText", "MarkdownText"}:
            yield node.lineno, node.attr
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in RICH:
            yield node.lineno, called
        elif called == "QLabel" and node.args:
            yield node.lineno, "QLabel with a text; use PlainLabel"
        elif called in TIPS and len(node.args) > TIPS[called] and put_together(node.args[TIPS[called]]):
            yield node.lineno, f"{called} of a text that is put together; use plain_tip"


def put_together(text: ast.expr) -> bool:
    """Whether a text is made here of parts, which may come from a file; what is handed on was judged elsewhere."""
    if isinstance(text, ast.IfExp):
        return put_together(text.body) or put_together(text.orelse)
    if isinstance(text, ast.Call):
        return getattr(text.func, "id", "") != "plain_tip" and getattr(text.func, "attr", "") != "toolTip"
    return isinstance(text, ast.JoinedStr | ast.BinOp)


def test_no_text_is_taken_for_html() -> None:
    found = [
        (name_of(path), line, what)
        for path in UI
        for line, what in risks(path.read_text(encoding="utf-8"))
        if name_of(path) != LABELS or "plain_tip" not in what  # which defines what the others use
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "label = QLabel(name)",
        "label.setTextFormat(Qt.TextFormat.RichText)",
        "view.setHtml(text)",
        "item.setToolTip(f'about {name}')",
        "item.setToolTip('about ' + name)",
        "item.setToolTip('' if known else f'no {name}')",
        "item.setToolTip(str(path))",
        "QToolTip.showText(where, f'{name}', view)",
    ],
)
def test_what_could_show_html_is_seen(source: str) -> None:
    assert [*risks(source)]


@pytest.mark.parametrize(
    "source",
    [
        "image = QLabel()",
        "item.setToolTip(plain_tip(name))",
        "item.setToolTip('Close')",
        "item.setToolTip(tip)",
    ],
)
def test_what_shows_plain_text_is_left_alone(source: str) -> None:
    assert not [*risks(source)]
