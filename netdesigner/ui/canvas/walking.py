"""Where arrow keys lead from node to node."""

from __future__ import annotations

from netdesigner.document.design import GRID_PX
from netdesigner.ui.canvas.scene import CanvasScene

__all__ = ["neighbour"]


def neighbour(scene: CanvasScene, node_id: str, way: tuple[int, int]) -> str:
    """The node that an arrow key leads to: along a wire to the left or right, else the next one up or down; or ""."""
    here = scene.nodes[node_id].body().center()
    if way[0]:
        edges = [edge for edge, _ in scene.wires.at(node_id)]
        ends = (
            [e.target for e in edges if e.source == node_id]
            if way[0] > 0
            else [e.source for e in edges if e.target == node_id]
        )
        ends = [other for other in ends if other != node_id]
        return min(
            ends,
            key=lambda other: abs(scene.nodes[other].pos().y() - scene.nodes[node_id].pos().y()),
            default="",
        )
    beyond = {
        other: item.body().center() - here
        for other, item in scene.nodes.items()
        if other != node_id and (item.body().center().y() - here.y()) * way[1] > GRID_PX
    }
    return min(beyond, key=lambda other: abs(beyond[other].y()) + 2 * abs(beyond[other].x()), default="")
