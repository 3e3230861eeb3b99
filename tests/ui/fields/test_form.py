"""Forms, typed and clicked into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QFileDialog, QLineEdit, QToolButton, QWidget

from netdesigner.parts import Catalog
from netdesigner.ui.fields.form import Form
from netdesigner.ui.fields.typed import NamesField
from netdesigner.ui.theme import DARK
from tests.ui.fields.conftest import param

MakeForm = Callable[..., Form]
WIDTH = {"width": 30}


def line(form: Form, name: str) -> QLineEdit:
    found = form.findChild(QWidget, f"field_{name}")
    return found.lineEdit() if isinstance(found, QComboBox) else found


def retype(form: Form, name: str, text: str) -> None:
    field = line(form, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    QTest.keyClicks(field, text)


def test_typing_gives_every_value_on_the_way(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1, min=1), count=5)
    retype(form, "count", "16")
    assert form.told == [("count", 1), ("count", 16)]


def test_an_expression_is_given_as_text_and_its_value_is_shown(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1, min=1), names=WIDTH)
    retype(form, "count", "4*width")
    assert form.told[-1] == ("count", "4*width")
    assert form.field("count")._told.text() == "= 120"
    form.set_names({"width": 2})
    assert form.field("count")._told.text() == "= 8"


def test_a_value_that_is_not_allowed_is_told_at_once_and_not_lost(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1, min=1))
    retype(form, "count", "-5")
    assert form.error("count") == "Expected at least 1, got -5"
    assert line(form, "count").property("invalid") == "true"
    assert form.told[-1] == ("count", -5)
    retype(form, "count", "5")
    assert form.error("count") == ""


def test_an_emptied_field_gets_its_value_back_when_it_is_left(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1, min=1), param("other", "int", 1), count=5)
    field = line(form, "count")
    field.setFocus()
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_Delete)
    assert "Enter a number" in form.error("count")
    line(form, "other").setFocus()
    assert field.text() == "5"
    assert form.error("count") == ""
    assert form.told == []


def test_arrow_keys_and_buttons_step(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1, min=1), count=5)
    QTest.keyClick(line(form, "count"), Qt.Key.Key_Up)
    QTest.keyClick(line(form, "count"), Qt.Key.Key_PageDown)
    assert form.told == [("count", 6), ("count", 1)]
    more = next(b for b in form.findChildren(QToolButton) if b.accessibleName() == "More")
    QTest.mouseClick(more, Qt.MouseButton.LeftButton)
    assert form.told[-1] == ("count", 2)


def wheel(widget: QWidget) -> None:
    at = QPointF(5, 5)
    event = QWheelEvent(
        at,
        widget.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_the_wheel_changes_only_what_has_the_keyboard(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1), param("mode", "str", "a", choices=("a", "b")))
    line(form, "count").clearFocus()
    wheel(line(form, "count"))
    wheel(form.findChild(QComboBox, "field_mode"))
    assert form.told == []
    line(form, "count").setFocus()
    wheel(line(form, "count"))
    assert form.told == [("count", 2)]


def test_what_is_being_typed_is_left_alone_by_the_answer(make_form: MakeForm) -> None:
    form = make_form(param("rate", "float", 0.5))
    form.edited.connect(lambda name, value: form.set_values({name: value}))
    retype(form, "rate", "0.10")
    assert line(form, "rate").text() == "0.10"
    assert form.told[-1] == ("rate", 0.1)


def test_a_value_from_elsewhere_is_shown_even_while_the_field_has_the_keyboard(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1), count=5)
    retype(form, "count", "16")
    form.set_values({"count": 5})
    assert line(form, "count").text() == "5"


def test_ticks_choices_and_sizes_with_words(make_form: MakeForm) -> None:
    form = make_form(
        param("bias", "bool", True),
        param("mode", "str", "zeros", choices=("zeros", "reflect")),
        param("padding", "size", 0, min=0, axes=2, choices=("same",)),
    )
    QTest.mouseClick(form.findChild(QCheckBox, "field_bias"), Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    box = form.findChild(QComboBox, "field_mode")
    QTest.keyClick(box, Qt.Key.Key_Down)
    retype(form, "padding", "1,2")
    sizes = form.findChild(QComboBox, "field_padding")
    sizes.setCurrentIndex(0)
    sizes.textActivated.emit("same")
    assert form.told[:2] == [("bias", False), ("mode", "reflect")]
    assert form.told[-2:] == [("padding", (1, 2)), ("padding", "same")]


def test_a_choice_that_is_not_offered_stays_and_is_shown(make_form: MakeForm) -> None:
    form = make_form(param("mode", "str", "a", choices=("a", "b")), mode="z")
    assert form.findChild(QComboBox, "field_mode").currentText() == "z"
    form.set_choices("mode", ("a", "c"))
    box = form.findChild(QComboBox, "field_mode")
    assert [box.itemText(index) for index in range(box.count())] == ["a", "c", "z"]


def test_names_are_picked_from_those_that_are_there(make_form: MakeForm) -> None:
    form = make_form(param("columns", "names", ()), columns=("x", "elsewhere"))
    pick = form.findChild(QToolButton, "pick_columns")
    assert not pick.isVisible()
    form.set_choices("columns", ("x", "y", "z & co"))
    assert pick.isVisible()
    menu = pick.menu()
    menu.aboutToShow.emit()
    assert [action.isChecked() for action in menu.actions()] == [True, False, False]
    menu.actions()[2].trigger()
    assert form.told == [("columns", ("elsewhere", "x", "z & co"))]


def test_names_that_stand_for_others_are_picked_from_menus_of_their_own(make_form: MakeForm) -> None:
    inside = {"": ("main",), "main": ("main.fc", "main.body"), "main.body": ("main.body.one",)}
    form = make_form(param("trains", "names", ()), trains=("main.fc", "gone"))
    field = form.field("trains")
    assert isinstance(field, NamesField)
    field.offer(lambda name: inside.get(name, ()))
    menu = field.pick.menu()
    menu.popup(QPoint())
    assert [action.text() for action in menu.actions()] == ["All of main", "", "fc", "body"]
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Return):
        QTest.keyClick(QApplication.activePopupWidget(), key)
    assert form.told == [("trains", ("gone", "main.fc", "main.body.one"))]


def test_a_path_is_looked_for(make_form: MakeForm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/data/iris.csv", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/data")
    form = make_form(param("file", "str", "", path="file"), param("folder", "str", "", path="folder"))
    form.findChild(QToolButton, "browse_file").click()
    form.findChild(QToolButton, "browse_folder").click()
    assert form.told == [("file", "/data/iris.csv"), ("folder", "/data")]


def test_what_is_found_in_the_folder_of_the_design_is_written_from_there(
    make_form: MakeForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[str] = []

    def choose(_parent: object, _title: str, start: str) -> tuple[str, str]:
        starts.append(start)
        return next(chosen), ""

    chosen = iter(["/designs/data/iris.csv", "/other/iris.csv", ""])
    monkeypatch.setattr(QFileDialog, "getOpenFileName", choose)
    form = make_form(param("file", "str", "", path="file"))
    form.set_folder(Path("/designs"))
    browse = form.findChild(QToolButton, "browse_file")
    for _ in range(3):
        QTest.mouseClick(browse, Qt.MouseButton.LeftButton)
    assert form.told == [("file", "data/iris.csv"), ("file", "/other/iris.csv")]
    assert starts == ["/designs", "/designs/data/iris.csv", "/other/iris.csv"]


def test_a_path_shows_its_end_and_tells_where_it_leads(make_form: MakeForm) -> None:
    form = make_form(param("file", "str", "", path="file"))
    assert line(form, "file").placeholderText() == "no file chosen"
    long = "/".join(["a-folder-within"] * 9) + "/table.csv"
    form.set_values({"file": long})
    form.set_folder(Path("/designs"))
    assert line(form, "file").cursorPosition() == len(long)
    assert f"/designs/{long}" in line(form, "file").toolTip()
    retype(form, "file", "<b>.csv")
    assert "/designs/&lt;b&gt;.csv" in line(form, "file").toolTip()


def test_giving_up_the_search_for_a_path_changes_nothing(
    make_form: MakeForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    form = make_form(param("file", "str", "", path="file"), file="kept")
    form.findChild(QToolButton, "browse_file").click()
    assert (form.told, line(form, "file").text()) == ([], "kept")


def test_a_changed_parameter_can_be_put_back(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1), count=5)
    reset = form.findChild(QToolButton, "reset_count")
    assert reset.isVisible()
    reset.click()
    assert form.told == [("count", 1)]
    assert not reset.isVisible()
    assert line(form, "count").text() == "1"


def test_rare_parameters_are_folded_until_something_is_wrong_with_one(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1), param("groups", "int", 1, advanced=True))
    assert not form.field("groups").isVisible()
    form.set_error("groups", "16 channels cannot be split")
    assert form.field("groups").isVisible()
    assert form.error("groups") == "16 channels cannot be split"


def test_several_values_at_once_are_shown_as_such(make_form: MakeForm) -> None:
    form = make_form(
        param("count", "int", 1),
        param("bias", "bool", True),
        param("mode", "str", "a", choices=("a", "b")),
        param("padding", "size", 0, axes=2, choices=("same",)),
    )
    form.set_mixed(["count", "bias", "mode", "padding"])
    assert line(form, "count").text() == ""
    assert line(form, "count").placeholderText() == "different values"
    assert form.findChild(QCheckBox, "field_bias").checkState() == Qt.CheckState.PartiallyChecked
    assert form.findChild(QComboBox, "field_mode").currentIndex() == -1
    retype(form, "count", "7")
    assert form.told[-1] == ("count", 7)


def test_leaving_a_field_is_told(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1), param("other", "int", 1))
    left: list[str] = []
    form.left.connect(left.append)
    line(form, "count").setFocus()
    line(form, "other").setFocus()
    assert left == ["count"]


def test_help_is_shown_as_plain_text(make_form: MakeForm) -> None:
    form = make_form(param("count", "int", 1, help="less <b>is</b> more"))
    assert "<b>" not in form.field("count").toolTip()
    assert "&lt;b&gt;" in form.field("count").toolTip()


def test_every_layer_has_a_form_that_shows_its_defaults(make_form: MakeForm, catalog: Catalog) -> None:
    for layer in {part.kind: part for part in catalog.layers.values() if part.params()}.values():
        form = make_form(*layer.params())
        form.set_theme(DARK)
        assert form.told == []
        assert all(form.error(declared.name) == "" for declared in layer.params())
