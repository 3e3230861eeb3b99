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
from netdesigner.session.gallery import open_template
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


def test_an_svg_needs_no_font_for_its_signs(catalog: Catalog, tmp_path: Path) -> None:
    design = edit.set_frozen(residual(), "main", ["conv"], frozen=True)
    path = tmp_path / "net.svg"
    save_picture(design, check(design, catalog), catalog, path, LIGHT)
    assert not [letter for letter in path.read_text("utf-8") if "\ue000" <= letter <= "\uf8ff"]


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


def words_in(path: Path) -> set[str]:
    texts = ET.parse(path).getroot().iter("{http://www.w3.org/2000/svg}text")
    return {"".join(element.itertext()).strip() for element in texts}


def test_the_shapes_on_the_wires_are_text_with_named_dimensions(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    design = edit.set_params(chain(), "main", "input", {"shape": (1, 8, 0), "axes": ("c", "h", "time")})
    design = edit.remove_nodes(design, "main", ["flatten", "head", "loose", "norm"], reconnect=True)
    save_picture(design, check(design, catalog), catalog, path, LIGHT)
    assert {"N×1×8×time", "N×4×8×time", "N × 4 × 8 × time"} <= words_in(path)


def test_only_what_is_selected_is_drawn_with_the_wires_between(catalog: Catalog, tmp_path: Path) -> None:
    design = chain()
    report = check(design, catalog)
    save_picture(design, report, catalog, tmp_path / "all.svg", LIGHT)
    save_picture(design, report, catalog, tmp_path / "some.svg", LIGHT, only=["conv", "relu"])
    some = words_in(tmp_path / "some.svg")
    assert {"conv", "relu", "N×4×8×8"} <= some
    assert not {"input", "flatten", "N×1×8×8", "N×256"} & some
    sizes = [ET.parse(tmp_path / name).getroot().get("viewBox").split() for name in ("all.svg", "some.svg")]
    assert float(sizes[1][2]) < float(sizes[0][2]) / 2


def test_the_way_of_a_clash_is_drawn_where_it_is_wanted(catalog: Catalog, tmp_path: Path) -> None:
    design = edit.set_params(residual(), "main", "conv", {"out_channels": 8})
    report = check(design, catalog)
    path = tmp_path / "clash.svg"
    save_picture(design, report, catalog, path, LIGHT, problem=report.errors[0])
    assert "parts here: N×8×8×8  |  N×4×8×8" in {" ".join(word.split(" ")) for word in words_in(path)}


def test_text_is_text_at_every_size_of_a_large_network(catalog: Catalog, tmp_path: Path) -> None:
    design = open_template("resnet18")
    save_picture(design, check(design, catalog), catalog, tmp_path / "net.svg", DARK)
    root = ET.parse(tmp_path / "net.svg").getroot()
    assert set(design.graph("main").nodes) <= words_in(tmp_path / "net.svg")
    assert not list(root.iter("{http://www.w3.org/2000/svg}image"))
