"""The table of codes is whole."""

from __future__ import annotations

import re
from pathlib import Path

from netdesigner.checks import CODES, ERROR, WARNING
from netdesigner.checks.remedies import REMEDIES
from netdesigner.document.design import AUGMENTATIONS, SECTIONS

ROOT = Path(__file__).parents[2]


def test_every_code_has_a_title_and_a_paragraph() -> None:
    for code, entry in CODES.items():
        assert re.fullmatch(r"ND[1-6]\d\d", code)
        assert entry.severity in (ERROR, WARNING)
        assert 3 < len(entry.title) < 60
        assert entry.explanation.endswith(".")
        assert "\n" not in entry.explanation


def test_a_section_is_one_that_a_design_has() -> None:
    assert {entry.section for entry in CODES.values()} == {"", AUGMENTATIONS, *SECTIONS}


def test_codes_stand_in_order_and_titles_differ() -> None:
    assert list(CODES) == sorted(CODES)
    assert len({entry.title for entry in CODES.values()}) == len(CODES)


def test_no_code_is_used_that_the_table_lacks() -> None:
    for floor in ("checks", "tasks", "augmentations"):
        for path in (ROOT / "netdesigner" / floor).rglob("*.py"):
            used = set(re.findall(r'"(ND\d{3})"', path.read_text(encoding="utf-8")))
            assert used <= CODES.keys(), path


def test_every_code_is_provoked_by_some_test() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert set(re.findall(r"ND\d{3}", text)) >= CODES.keys()


def test_remedies_are_for_codes_that_there_are() -> None:
    assert REMEDIES.keys() <= CODES.keys()
