from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from netdesigner.document import Design
from netdesigner.parts import TrainingSettings
from netdesigner.session.ways_on import ways_on
from netdesigner.training.offers import OFFERS


def designed(**values: object) -> Design:
    design = Design(variables={"size": 24})
    return replace(design, training=design.training.with_values(values))


def with_checkpoint(folder: Path) -> Path:
    (folder / "checkpoint-last").mkdir()
    (folder / "checkpoint-last" / "state.json").write_text("{}")
    return folder


@pytest.mark.parametrize("name", OFFERS)
def test_every_offer_changes_the_settings_to_what_is_allowed_and_says_so(name: str) -> None:
    design = designed(batch_size="size * 2", learning_rate=0.03, clip_norm=7, precision="float16")
    (way,) = ways_on([name], design, None)
    before, after = (
        TrainingSettings.of(found.training, found.variables) for found in (design, way.change(design))
    )
    assert before != after
    assert "{" not in way.label + way.more
    assert way.label.endswith(" and train again")


def test_a_batch_is_halved_with_steps_as_large_as_before() -> None:
    (way,) = ways_on(["halve_batch"], designed(batch_size="size * 2", accumulate=3), None)
    assert way.values == {"batch_size": 24, "accumulate": 6}
    assert way.words == "Halve the batch to 24"


def test_it_is_gone_on_with_what_was_kept(tmp_path: Path) -> None:
    assert ways_on(["clip"], designed(), tmp_path)[0].resume is None
    (way,) = ways_on(["clip"], designed(), with_checkpoint(tmp_path))
    assert way.resume == tmp_path
    assert way.label == "Clip gradients at 1 and resume"


def test_what_has_nothing_left_to_change_or_is_not_known_is_not_offered() -> None:
    design = designed(batch_size=1, clip_norm=0.5, precision="bfloat16")
    assert ways_on(["halve_batch", "clip", "bfloat16", "rm -rf"], design, None) == ()


def test_settings_that_are_not_allowed_have_no_way_on() -> None:
    assert ways_on(["clip"], designed(batch_size="nothing"), None) == ()
