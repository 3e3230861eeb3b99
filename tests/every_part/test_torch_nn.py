"""The catalogue against torch.nn: nothing is missing, and torch's own tests of its modules hold for our layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from hypothesis import settings
from torch import nn
from torch.nn.modules import loss

from netdesigner.errors import NetDesignerError
from netdesigner.parts.catalog import Catalog
from tests.every_part.examiner import examine

LAYERS = Catalog.discover().layers
HERE = {part.torch_class or kind: kind for kind, part in LAYERS.items()}
"""Classes of torch.nn and the kinds of layers that are them."""

_CONTAINER = "holds other modules, which on a canvas the wires do"
_LAZY = "waits for the sizes of its input, which every layer here takes from its wires"
_SEVERAL_DEVICES = "a way of training on several devices, not of computing"
_BASE = "what other classes of torch are made of"

NO_LAYER: Mapping[str, str] = {
    "AdaptiveLogSoftmaxWithLoss": "a loss with weights: it takes the targets beside its input",
    "Container": _BASE,
    "DataParallel": _SEVERAL_DEVICES,
    "Module": _BASE,
    "ModuleDict": _CONTAINER,
    "ModuleList": _CONTAINER,
    "ParameterDict": _CONTAINER,
    "ParameterList": _CONTAINER,
    "RNNBase": _BASE,
    "RNNCellBase": _BASE,
    "Sequential": _CONTAINER,
    "SyncBatchNorm": _SEVERAL_DEVICES,
    **{
        f"Lazy{kind}{axes}d": _LAZY
        for kind in ("BatchNorm", "Conv", "ConvTranspose", "InstanceNorm")
        for axes in (1, 2, 3)
    },
    "LazyLinear": _LAZY,
}
"""Classes of torch.nn that make no sense on a canvas, and why."""

PENDING: set[str] = set()
"""Classes of torch.nn that are still to come. This must end empty; one that has come must go from here at once."""


# -- The catalogue --------------------------------------------------------------------------------------------


def modules_of_torch() -> dict[str, type[nn.Module]]:
    """The classes of torch.nn by name."""
    members = ((name, getattr(nn, name)) for name in dir(nn))
    return {name: cls for name, cls in members if isinstance(cls, type) and issubclass(cls, nn.Module)}


def test_every_module_of_torch_is_a_layer_or_a_loss_or_no_layer_for_a_reason() -> None:
    missing = {name for name, cls in modules_of_torch().items() if cls.__module__ != loss.__name__}
    assert missing - HERE.keys() - NO_LAYER.keys() == PENDING


def test_no_reason_against_a_layer_is_stale() -> None:
    assert NO_LAYER.keys() & HERE.keys() == set()
    assert NO_LAYER.keys() - modules_of_torch().keys() == set()
    assert {name for name, _ in REASONS} - HERE.keys() == set()


# -- Torch's tests of its own modules -------------------------------------------------------------------------

_NO_AXIS = "of a batch of scalars only the batch is an axis, and samples are not mixed up"
_EACH_AXIS = "the layer asks for all lengths or for one"
_PLACES = "torch is told where the windows lie, which the layer draws by itself"

REASONS: Mapping[tuple[str, str], str] = {
    **{
        (f"Adaptive{kind}Pool{axes}d", "tuple_none"): _EACH_AXIS for kind in ("Avg", "Max") for axes in (2, 3)
    },
    **{
        (f"FractionalMaxPool{axes}d", case): _PLACES
        for axes in (2, 3)
        for case in ("ratio", "size", "ratio_return_indices", "ratio_no_batch_dim", "size_no_batch_dim")
    },
    ("FractionalMaxPool3d", "asymsize"): _PLACES,
    ("LogSoftmax", "multiparam_scalar"): _NO_AXIS,
    ("Softmax", "scalar"): _NO_AXIS,
    ("Softmin", "scalar"): _NO_AXIS,
}
"""(class, what torch calls its case): why our layer cannot or must not give the same. A stale one fails."""


@pytest.fixture(scope="module")
def entries() -> Mapping[str, Any]:
    """Torch's cases by the name of the class, imported without what that would change for other tests."""
    profile = settings.get_current_profile_name()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.backends, "disable_global_flags", lambda: None)
        from torch.testing._internal.common_modules import module_db
    settings.load_profile(profile)
    found = {entry.module_cls.__name__: entry for entry in module_db}
    return {name: entry for name, entry in found.items() if getattr(nn, name, None) is entry.module_cls}


def cases_of(entry: Any, training: bool) -> list[Any]:
    torch.manual_seed(0)
    how = {"device": "cpu", "dtype": torch.float32, "requires_grad": False, "training": training}
    return list(entry.module_inputs_func(entry, **how))


@pytest.mark.parametrize("training", [True, False], ids=["training", "in use"])
@pytest.mark.parametrize("name", sorted(HERE.keys() & modules_of_torch().keys()))
@pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")
@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")
def test_torchs_own_cases_hold(entries: Mapping[str, Any], name: str, training: bool) -> None:
    if name not in entries:
        pytest.skip("torch has no cases of its own for it")
    part, cls, cases = LAYERS[HERE[name]], entries[name].module_cls, cases_of(entries[name], training)
    for number, case in enumerate(cases):
        if (name, case.desc) in REASONS:
            with pytest.raises((NetDesignerError, AssertionError)):
                examine(part, cls, case, training)
            continue
        try:
            examine(part, cls, case, training)
        except Exception as error:
            error.add_note(f"case {number} of torch's, '{case.desc}'")
            raise
    assert {desc for kind, desc in REASONS if kind == name} <= {case.desc for case in cases}
