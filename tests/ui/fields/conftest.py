"""Forms on declared parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from netdesigner.parts.part import Param
from netdesigner.ui.fields.form import Form
from netdesigner.ui.theme import LIGHT

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


def param(name: str, kind: str, default: Any, **more: Any) -> Param:
    """A parameter as a part declares it."""
    return Param(
        name=name, field=name, type=kind, optional=more.pop("optional", False), default=default, **more
    )


@pytest.fixture
def make_form(qtbot: QtBot) -> Callable[..., Form]:
    """Shows a form and remembers what was edited in `form.told`."""

    def make(*params: Param, names: dict[str, int | float] | None = None, **values: Any) -> Form:
        form = Form(params, values, LIGHT, names or {})
        form.told = []  # type: ignore[attr-defined]
        form.edited.connect(lambda name, value: form.told.append((name, value)))  # type: ignore[attr-defined]
        qtbot.addWidget(form)
        form.show()
        form.activateWindow()
        qtbot.waitUntil(form.isActiveWindow)
        return form

    return make
