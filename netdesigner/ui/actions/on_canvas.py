"""All actions that concern the canvas, family by family."""

from __future__ import annotations

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.actions.blocks import BlockActions
from netdesigner.ui.actions.canvas import CanvasActions
from netdesigner.ui.actions.cost_bars import CostBarActions
from netdesigner.ui.actions.edit import EditActions
from netdesigner.ui.actions.order import OrderActions
from netdesigner.ui.actions.sight import SightActions
from netdesigner.ui.actions.wiring import WiringActions
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.canvas import Canvas
from netdesigner.ui.settings import Settings

__all__ = ["add_canvas_actions"]


def add_canvas_actions(actions: ActionList, bridge: Bridge, canvas: Canvas, settings: Settings) -> None:
    """Adds them all; the canvas owns what keeps them up to date.

    Args:
        actions: where they are added.
        bridge: to the session.
        canvas: what they act on.
        settings: where switches are remembered.
    """
    EditActions(actions, bridge, canvas)
    BlockActions(actions, canvas)
    WiringActions(actions, canvas)
    CanvasActions(actions, canvas)
    OrderActions(actions, canvas)
    CostBarActions(actions, canvas)
    SightActions(actions, canvas, settings)
