"""The network in small: when it is there, what it shows, where it leads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netdesigner.document import edit
from netdesigner.ui.canvas.minimap import Minimap
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.theme import LIGHT
from tests.ui.hand import Hand, chain

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def minimap(hand: Hand) -> Minimap:
    """At a zoom at which not all nodes are seen."""
    hand.canvas.show_minimap(True)
    hand.canvas.view.set_zoom(2.0)
    hand.canvas.view.centerOn(0, 0)
    hand.canvas.minimap.refresh()
    return hand.canvas.minimap


def test_it_is_there_while_not_all_is_seen(hand: Hand, minimap: Minimap, qtbot: QtBot) -> None:
    assert minimap.isVisible()
    hand.canvas.fit()
    qtbot.waitUntil(minimap.isHidden)
    hand.canvas.view.set_zoom(2.5)
    qtbot.waitUntil(minimap.isVisible)
    hand.canvas.show_minimap(False)
    assert minimap.isHidden()


def test_it_stays_away_from_an_empty_canvas_and_from_a_small_one(
    hand: Hand, minimap: Minimap, qtbot: QtBot
) -> None:
    hand.canvas.resize(460, 300)
    minimap.refresh()
    assert minimap.isHidden()
    hand.canvas.resize(1800, 800)
    minimap.refresh()
    assert minimap.isVisible()
    hand.canvas.bridge.edit(lambda d: edit.remove_nodes(d, "main", tuple(hand.graph.nodes)), "delete")
    qtbot.waitUntil(minimap.isHidden)


def test_it_shows_where_arranged_nodes_come_to_rest(
    hand: Hand, minimap: Minimap, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("netdesigner.ui.canvas.glide.duration_ms", lambda _: 300)
    hand.canvas.bridge.edit(lambda d: edit.move_nodes(d, "main", {"loose": (9000.0, 9000.0)}), "move")
    hand.canvas.arrange()
    qtbot.waitUntil(lambda: not hand.canvas.arranging.glide.is_running)
    qtbot.waitUntil(minimap.isHidden)


def test_a_drag_leads_the_view_along(hand: Hand, minimap: Minimap) -> None:
    def middle() -> QPointF:
        return hand.canvas.view.mapToScene(hand.viewport.rect().center())

    for node_id in ("head", "conv"):
        wanted = hand.canvas.scene.nodes[node_id].body().center()
        at = minimap.place_of(wanted).toPoint()
        if node_id == "head":
            QTest.mousePress(minimap, _LEFT, Qt.KeyboardModifier.NoModifier, at)
        else:
            QTest.mouseMove(minimap, at)
        assert abs(middle().x() - wanted.x()) < 16
    QTest.mouseRelease(minimap, _LEFT, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
    assert hand.canvas.selected() == ()


def test_the_wheel_zooms(hand: Hand, minimap: Minimap) -> None:
    at = QPointF(50, 50)
    event = QWheelEvent(
        at,
        QPointF(minimap.mapToGlobal(at)),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(minimap, event)
    assert hand.canvas.view.zoom == pytest.approx(1.6)


def test_problems_and_the_selection_are_seen(hand: Hand, minimap: Minimap) -> None:
    hand.canvas.bridge.edit(lambda d: edit.set_params(d, "main", "conv", {"kernel_size": 99}), "set")
    hand.canvas.select(["head"])
    minimap.refresh()
    image = minimap.grab().toImage()

    def colors(node_id: str) -> set[str]:
        place = minimap.place_of(hand.canvas.scene.nodes[node_id].body().center()).toPoint()
        around = [(x, y) for x in range(-14, 15) for y in range(-8, 9)]
        return {image.pixelColor(place.x() + x, place.y() + y).name() for x, y in around}

    assert QColor(LIGHT.error).name() in colors("conv")
    assert QColor(LIGHT.accent).name() in colors("head")
    assert QColor(LIGHT.accent).name() not in colors("conv")


def test_it_is_painted_once_for_many_changes(
    minimap: Minimap, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    painted: list[int] = []
    monkeypatch.setattr(minimap, "update", lambda: painted.append(1))
    for _ in range(50):
        minimap.request()
    assert painted == []
    qtbot.waitUntil(lambda: painted == [1])


def test_the_switches_are_remembered(make_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = make_window(chain())
    qtbot.waitUntil(window.actions_by_name["view.minimap"].isChecked)
    window.actions_by_name["view.minimap"].trigger()
    window.actions_by_name["view.grid"].trigger()
    again = make_window(chain(), settings=window.settings.path)
    assert not again.settings.value.minimap
    assert not again.actions_by_name["view.grid"].isChecked()


def test_without_the_grid_the_ground_is_of_one_colour(make_window: Callable[..., MainWindow]) -> None:
    window = make_window(chain())
    window.canvas.view.set_zoom(1.0)
    window.canvas.view.centerOn(-600, -600)

    def shades() -> int:
        image = window.canvas.view.viewport().grab().toImage()
        return len({image.pixelColor(x, y).name() for x in range(200, 400) for y in range(100, 200)})

    assert shades() > 1
    window.actions_by_name["view.grid"].trigger()
    assert shades() == 1
