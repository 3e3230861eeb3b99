"""What an optimizer changes, in groups of torch's: weights that decay or not, and learn at the same rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from netdesigner.errors import TrainingError
from netdesigner.parts.training_settings import TrainingSettings

__all__ = ["FACTOR", "groups_of"]

FACTOR = "factor"
"""The key in a group of what the learning rate is multiplied with for its weights; 1 where a group has none."""


def groups_of(
    modules: Mapping[str, nn.Module],
    settings: TrainingSettings,
    decays: bool,
    rates: Mapping[nn.Parameter, float],
) -> list[nn.Parameter] | list[dict[str, Any]]:
    """The parameters that can change, each once, in groups where they are not all alike.

    Args:
        modules: the networks by their roles.
        settings: which parameters the weight decay leaves alone.
        decays: whether the optimizer takes a weight decay.
        rates: what the learning rate of a parameter is multiplied with; 1 where it is not named.

    Raises:
        TrainingError: there is nothing to change.
    """
    exempt = _exempt(modules, settings.decay_exempt) if decays else set()
    found: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for parameter in dict.fromkeys(p for module in modules.values() for p in module.parameters()):
        if parameter.requires_grad:
            found.setdefault((rates.get(parameter, 1.0), parameter in exempt), []).append(parameter)
    if not found:
        name = f"the network '{next(iter(modules))}'" if modules.keys() != {"network"} else "the network"
        raise TrainingError(f"{name} has nothing that training could change: no layer of it has weights")
    if found.keys() == {(1.0, False)}:
        return found[1.0, False]
    return [_group(settings, factor, spared, group) for (factor, spared), group in found.items()]


def _group(
    settings: TrainingSettings, factor: float, spared: bool, parameters: list[nn.Parameter]
) -> dict[str, Any]:
    group = {"params": parameters, "lr": settings.learning_rate * factor, FACTOR: factor}
    return {**group, "weight_decay": 0.0} if spared else group


def _exempt(modules: Mapping[str, nn.Module], which: str) -> set[nn.Parameter]:
    """The parameters that do not decay: those of one axis, as biases and the scales of norms are, and tables.

    A table is what an Embedding or EmbeddingBag looks up, also where other layers use it as their weights.
    """
    if which == "none":
        return set()
    inside = [part for module in modules.values() for part in module.modules()]
    tables = (nn.Embedding, nn.EmbeddingBag) if which.endswith("tables") else ()
    return {
        parameter
        for part in inside
        for parameter in part.parameters(recurse=False)
        if parameter.ndim <= 1 or isinstance(part, tables)
    }
