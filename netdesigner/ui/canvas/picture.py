"""Pictures of a network: SVG with its text as text, and PNG.

A picture shows all details whatever its size. It is drawn from a scene of its own, so that nothing selected, hovered or
scrolled away on the screen changes it.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from netdesigner.checks import Problem, Report, blame_at, check
from netdesigner.document import Design, Scope
from netdesigner.document.atomic import write_atomically
from netdesigner.errors import FileError
from netdesigner.parts import Catalog
from netdesigner.ui.canvas.blame_marks import BlameMarks
from netdesigner.ui.canvas.scene import CanvasScene
from netdesigner.ui.theme import DARK, LIGHT, Theme

if TYPE_CHECKING:
    from netdesigner.evaluation.report import Drawing

__all__ = ["drawings_of", "save_picture"]

_MARGIN_PX = 32
_LARGEST_PX = 16_000
_DOTS_PER_METER_AT_100 = 3780


def save_picture(
    design: Design,
    report: Report,
    catalog: Catalog,
    path: Path,
    theme: Theme,
    scope: Scope = "main",
    scale: float = 2.0,
    only: Collection[str] = (),
    problem: Problem | None = None,
) -> None:
    """Writes a picture of one network or block, or of some of its nodes; an application must be there.

    Args:
        design, report: what is drawn.
        catalog: where kinds are found.
        path: ends in `.svg` or `.png`, which says what is written.
        theme: its colours.
        scope: which network or block; the first network where the design has none of that name.
        scale: pixels of a PNG for each pixel of the canvas at 100 %; less where it would be larger than 16,000 pixels.
        only: the nodes that are drawn, with the wires between them; all where it is empty.
        problem: one whose way is drawn, as on the canvas.

    Raises:
        FileError: it cannot be written, its name ends otherwise, or there is nothing to draw.
    """
    if scope not in set(design.scopes()):
        scope = next(iter(design.networks))
    if not design.graph(scope).nodes:
        raise FileError(path, f"'{scope}' has no nodes, so there is nothing to draw")
    writers = {".svg": _svg, ".png": _png}
    write = writers.get(path.suffix.lower())
    if write is None:
        raise FileError(path, "a picture's name ends in .svg or .png; choose one of them")
    scene = CanvasScene(catalog, theme, full_detail=True)
    scene.show_scope(design, report, scope)
    if only:
        _show_only(scene, only)
    if problem is not None and (blame := blame_at(design, report, problem, scope)) is not None:
        scene.foreground.set_blame(BlameMarks(blame, problem.severity))
    area = _area(scene)
    scene.setSceneRect(area)
    write_atomically(path, write(scene, area, theme, scale))


def drawings_of(design: Design, catalog: Catalog) -> tuple[Drawing, ...]:
    """The networks of a design for a report, light and dark; an application must be there."""
    from netdesigner.evaluation.report import Drawing

    report, found = check(design, catalog), []
    for name, network in design.networks.items():
        if network.graph.nodes:
            pair = []
            for theme in (LIGHT, DARK):
                scene = CanvasScene(catalog, theme, full_detail=True)
                scene.show_scope(design, report, name)
                area = _area(scene)
                scene.setSceneRect(area)
                pair.append(_svg(scene, area, theme, 1.0))
            found.append(Drawing(f"Network {name}" if len(design.networks) > 1 else "Network", *pair))
    return tuple(found)


def _show_only(scene: CanvasScene, node_ids: Collection[str]) -> None:
    """Hides all but some nodes and the wires between them."""
    for node_id, item in scene.nodes.items():
        item.setVisible(node_id in node_ids)
    for wire in scene.wires.items.values():
        wire.setVisible(wire.edge.source in node_ids and wire.edge.target in node_ids)
    scene.marks.hide()


def _area(scene: CanvasScene) -> QRectF:
    """What is drawn: all nodes, wires, frames and notes that are seen, with a margin."""
    area = scene.bounds(node_id for node_id, item in scene.nodes.items() if item.isVisible())
    for wire in scene.wires.items.values():
        if wire.isVisible():
            area = area.united(QRectF(*wire.box()))
    for mark in scene.marks.items.values():
        if mark.isVisible():
            area = area.united(mark.body())
    told = scene.foreground.blame
    if told is not None and (words := told.words_area(scene.nodes, scene.style_)) is not None:
        area = area.united(words)
    area = area.adjusted(-_MARGIN_PX, -_MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
    return QRectF(area.toAlignedRect())


def _svg(scene: CanvasScene, area: QRectF, theme: Theme, scale: float) -> bytes:  # noqa: ARG001
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(area.size().toSize())
    generator.setViewBox(QRectF(0, 0, area.width(), area.height()))
    generator.setResolution(96)
    generator.setTitle(scene.scope)
    generator.setDescription("A neural network")
    painter = QPainter(generator)
    _draw(scene, painter, QRectF(0, 0, area.width(), area.height()), area, theme)
    painter.end()
    return bytes(buffer.data().data())


def _png(scene: CanvasScene, area: QRectF, theme: Theme, scale: float) -> bytes:
    scale = min(scale, _LARGEST_PX / area.width(), _LARGEST_PX / area.height())
    size = QSize(round(area.width() * scale), round(area.height() * scale))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(_DOTS_PER_METER_AT_100 * scale))
    image.setDotsPerMeterY(round(_DOTS_PER_METER_AT_100 * scale))
    image.fill(QColor(theme.canvas))
    painter = QPainter(image)
    _draw(scene, painter, QRectF(0, 0, size.width(), size.height()), area, theme)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def _draw(scene: CanvasScene, painter: QPainter, target: QRectF, area: QRectF, theme: Theme) -> None:
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.fillRect(target, QColor(theme.canvas))
    scene.render(painter, target, area)
