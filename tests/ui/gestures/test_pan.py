"""Moving the view, and zooming."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netdesigner.ui.canvas.navigation import LARGEST_ZOOM, SMALLEST_ZOOM
from tests.ui.hand import NONE, Hand


def wheel(
    hand: Hand, turned: int, modifiers: Qt.KeyboardModifier = NONE, pixels: QPoint | None = None
) -> QPoint:
    at = QPoint(400, 300)
    phase = Qt.ScrollPhase.NoScrollPhase if pixels is None else Qt.ScrollPhase.ScrollUpdate
    event = QWheelEvent(
        QPointF(at),
        hand.viewport.mapToGlobal(QPointF(at)),
        pixels or QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        modifiers,
        phase,
        False,
    )
    QApplication.sendEvent(hand.viewport, event)
    return at


def test_the_middle_button_pans(hand: Hand) -> None:
    before = hand.node("conv")
    hand.drag(QPoint(400, 400), QPoint(430, 380), button=Qt.MouseButton.MiddleButton)
    assert hand.node("conv") - before == QPoint(30, -20)


def test_the_space_bar_held_pans_and_opens_no_search(hand: Hand) -> None:
    before = hand.node("conv")
    QTest.keyPress(hand.canvas.view, Qt.Key.Key_Space)
    hand.drag(hand.node("relu"), hand.node("relu") + QPoint(50, 0))
    QTest.keyRelease(hand.canvas.view, Qt.Key.Key_Space)
    assert hand.node("conv") - before == QPoint(50, 0)
    assert not hand.canvas.searching.popup.isVisible()
    assert hand.steps == 0


def test_the_space_bar_tapped_opens_the_search(hand: Hand) -> None:
    QTest.keyClick(hand.canvas.view, Qt.Key.Key_Space)
    assert hand.canvas.searching.popup.isVisible()


def test_the_wheel_zooms_at_the_pointer(hand: Hand) -> None:
    at = QPoint(400, 300)
    before = hand.canvas.view.mapToScene(at)
    wheel(hand, 120)
    after = hand.canvas.view.mapToScene(at)
    assert hand.canvas.view.zoom > 1
    assert (after - before).manhattanLength() < 2


def test_ctrl_and_the_wheel_zoom_too(hand: Hand) -> None:
    wheel(hand, -120, Qt.KeyboardModifier.ControlModifier)
    assert hand.canvas.view.zoom < 1


def test_two_fingers_pan(hand: Hand) -> None:
    before = hand.node("conv")
    wheel(hand, 0, pixels=QPoint(12, 34))
    assert hand.node("conv") - before == QPoint(12, 34)
    assert hand.canvas.view.zoom == 1


def test_the_zoom_has_limits(hand: Hand) -> None:
    for _ in range(40):
        hand.canvas.zoom_in()
    assert hand.canvas.view.zoom == LARGEST_ZOOM
    for _ in range(80):
        hand.canvas.zoom_out()
    assert abs(hand.canvas.view.zoom - SMALLEST_ZOOM) < 1e-6


def test_escape_ends_panning_where_it_began(hand: Hand) -> None:
    before = hand.node("conv")
    hand.drag(QPoint(400, 400), QPoint(460, 400), button=Qt.MouseButton.MiddleButton, let_go=False)
    hand.key(Qt.Key.Key_Escape)
    assert hand.node("conv") == before


def test_fitting_shows_every_node(hand: Hand) -> None:
    hand.canvas.view.centerOn(-4000, 0)
    hand.canvas.fit()
    sight = hand.canvas.view.mapToScene(hand.viewport.rect()).boundingRect()
    assert sight.contains(hand.canvas.scene.bounds())
    hand.canvas.select(["relu"])
    hand.key(Qt.Key.Key_F)
    assert hand.canvas.view.zoom > 1
    assert hand.viewport.rect().contains(hand.node("relu"))
