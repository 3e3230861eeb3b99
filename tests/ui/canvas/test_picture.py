"""Pictures of a network."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PySide6.QtGui import QImage

from netdesigner.checks import check
from netdesigner.document import Design, edit
from netdesigner.errors import FileError
from netdesigner.parts import Catalog
from netdesigner.ui.canvas.picture import save_picture
from netdesigner.ui.theme import DARK, LIGHT
from tests.ui.hand import chain, residual


@pytest.fixture(autouse=True)
def _application(qapp: object) -> None:
    """A picture needs an application, but no window."""


def test_an_svg_keeps_its_text_as_text(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    design = residual()
    save_picture(design, check(design, catalog), catalog, path, LIGHT)
    root = ET.parse(path).getroot()
    words = {"".join(element.itertext()).strip() for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"conv", "Conv2d", "stage", "×3", "N × 4 × 8 × 8"} <= words
    assert not list(root.iter("{http://www.w3.org/2000/svg}image"))


def test_a_png_has_the_size_it_was_asked_for(catalog: Catalog, tmp_path: Path) -> None:
    design = chain()
    report = check(design, catalog)
    save_picture(design, report, catalog, tmp_path / "one.png", LIGHT, scale=1.0)
    save_picture(design, report, catalog, tmp_path / "two.png", DARK, scale=2.0)
    one, two = QImage(str(tmp_path / "one.png")), QImage(str(tmp_path / "two.png"))
    assert (two.width(), two.height()) == (2 * one.width(), 2 * one.height())
    assert one.pixelColor(2, 2).lightness() > 200
    assert two.pixelColor(2, 2).lightness() < 60


def test_a_network_that_was_never_placed_is_arranged(catalog: Catalog, tmp_path: Path) -> None:
    design = chain()
    design = edit.move_nodes(design, "main", dict.fromkeys(design.graph("main").nodes, (0.0, 0.0)))
    save_picture(design, check(design, catalog), catalog, tmp_path / "net.png", LIGHT, scale=1.0)
    assert QImage(str(tmp_path / "net.png")).width() > 600


def test_a_block_can_be_drawn_and_an_unknown_scope_means_the_first(catalog: Catalog, tmp_path: Path) -> None:
    design = residual()
    report = check(design, catalog)
    save_picture(design, report, catalog, tmp_path / "block.png", LIGHT, "block:Stage", 1.0)
    save_picture(design, report, catalog, tmp_path / "gone.png", LIGHT, "gone", 1.0)
    save_picture(design, report, catalog, tmp_path / "main.png", LIGHT, "main", 1.0)
    assert (tmp_path / "gone.png").read_bytes() == (tmp_path / "main.png").read_bytes()
    assert QImage(str(tmp_path / "block.png")).width() < QImage(str(tmp_path / "main.png")).width()


def test_a_very_long_network_still_becomes_a_picture(catalog: Catalog, tmp_path: Path) -> None:
    design = edit.move_nodes(chain(), "main", {"output": (60_000.0, 0.0)})
    save_picture(design, check(design, catalog), catalog, tmp_path / "long.png", LIGHT)
    assert QImage(str(tmp_path / "long.png")).width() <= 16_000


@pytest.mark.parametrize("name", ["net.jpg", "net"])
def test_another_kind_of_file_is_refused(catalog: Catalog, tmp_path: Path, name: str) -> None:
    design = chain()
    with pytest.raises(FileError, match="svg or"):
        save_picture(design, check(design, catalog), catalog, tmp_path / name, LIGHT)
    assert not list(tmp_path.iterdir())


def test_nothing_to_draw_is_said(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="nothing to draw"):
        save_picture(Design(), check(Design(), catalog), catalog, tmp_path / "net.svg", LIGHT)
