"""What holds for every exporter on the shelf."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from netdesigner.document import Choice
from netdesigner.errors import CancelledError, FileError
from netdesigner.parts import Exporter
from tests.compiler.designs import CATALOG, DESIGNS, model_of

EXPORTERS = list(CATALOG.exporters.values())


@pytest.fixture(params=EXPORTERS, ids=lambda exporter: exporter.kind)
def exporter(request: pytest.FixtureRequest) -> Exporter:
    return CATALOG.exporter(Choice(request.param.kind))


def test_it_writes_what_it_says_and_proves_it(exporter: Exporter, tmp_path: Path) -> None:
    path = tmp_path / f"net{exporter.suffix}"
    path.write_bytes(b"an older file")
    told: list[float] = []
    proof = exporter.write(model_of(DESIGNS["mlp"]), path, lambda fraction, _: told.append(fraction))
    assert proof.verified
    assert 0 <= proof.max_abs_error <= proof.tolerance
    assert {shape[0] for shape in proof.inputs_tried} == {1, 3, 8}
    assert exporter.files(path)[0] == path
    assert set(exporter.files(path)) == set(tmp_path.iterdir())
    assert path.read_bytes() != b"an older file"
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_cancelled_export_leaves_the_older_file(exporter: Exporter, tmp_path: Path) -> None:
    path = tmp_path / f"net{exporter.suffix}"
    path.write_bytes(b"an older file")

    def stop(fraction: float, text: str) -> None:
        raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        exporter.write(model_of(DESIGNS["mlp"]), path, stop)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"an older file"]


def test_a_place_that_cannot_be_written_to_is_refused_before_the_work(
    exporter: Exporter, tmp_path: Path
) -> None:
    def told(fraction: float, text: str) -> None:
        assert fraction == 0

    for path in (tmp_path / "nowhere" / f"net{exporter.suffix}", tmp_path):
        with pytest.raises(FileError, match="cannot be written"):
            exporter.write(model_of(DESIGNS["two_outputs"]), path, told)
    assert list(tmp_path.iterdir()) == []


def test_it_is_documented(exporter: Exporter) -> None:
    text = inspect.getdoc(type(exporter)) or ""
    assert len(text.splitlines()) > 2
    assert exporter.suffix.startswith(".")
    assert type(exporter).title
    assert all(param.help for param in type(exporter).params())
