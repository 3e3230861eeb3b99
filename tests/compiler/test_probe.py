from __future__ import annotations

import pytest

from netdesigner.compiler import compile_design, probe
from netdesigner.errors import CompileError
from tests.compiler.designs import CATALOG, DESIGNS
from tests.compiler.troubles import BAD_CATALOG, with_bad


def test_a_layer_that_cannot_run_is_named_by_the_probe() -> None:
    found = compile_design(with_bad("Uncallable"), BAD_CATALOG)
    with pytest.raises(CompileError, match=r"^stage\.0\.bad: a batch of 3 cannot be computed: out of range$"):
        probe(found, 3)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_probe_leaves_no_trace(name: str) -> None:
    found = compile_design(DESIGNS[name], CATALOG, seed=1)
    before = {key: value.clone() for key, value in found.module.state_dict().items()}
    next(found.module.children()).eval()
    modes = [part.training for part in found.module.modules()]
    probe(found)
    assert [part.training for part in found.module.modules()] == modes
    assert all(bool((value == before[key]).all()) for key, value in found.module.state_dict().items())
