"""A report of a run tells how it was trained."""

from __future__ import annotations

from pathlib import Path

import netdesigner as nd
from netdesigner.parts import Catalog, Table
from netdesigner.session.report import report_of


def test_what_was_said_while_a_run_was_trained_stands_in_its_report(tmp_path: Path) -> None:
    net = nd.Builder()
    net.Output(net.Linear(net.Input(shape=(4,)), out_features=3, name="head"))
    design = net.design("iris", "classification", epochs=1)
    list(nd.train(design, tmp_path / "first"))
    list(nd.train(design, tmp_path / "second", start_from=str(tmp_path / "first")))

    def said(run: str) -> list[tuple[object, ...]]:
        report = report_of(tmp_path / run, Catalog.discover(), nd.evaluate(tmp_path / run))
        tables = [view for section in report.sections for view in section.previews if isinstance(view, Table)]
        return [row for table in tables if table.title == "What was said meanwhile" for row in table.rows]

    assert said("first") == []
    ((message,),) = said("second")
    assert "2 of 2 weights start with the values of the file" in str(message)
