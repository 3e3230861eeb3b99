"""What went wrong in a step, where in the network, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from netdesigner.document.design import Design
from netdesigner.errors import DataError, TrainingError, failing_node
from netdesigner.parts.training_settings import TrainingSettings
from netdesigner.training import offers
from netdesigner.training.data import Pair
from netdesigner.training.events import Failed
from netdesigner.training.owners import nodes_along
from netdesigner.training.setup import Step
from netdesigner.training.update import NotFiniteError, autocast_of

__all__ = [
    "all_finite",
    "explain_error",
    "explain_no_memory",
    "explain_not_finite",
    "node_path",
]


# ----------------------------------------------------------------------------------------------------------- messages


def explain_not_finite(
    error: NotFiniteError,
    design: Design,
    networks: Mapping[str, nn.Module],
    steps: Mapping[str, Step],
    settings: TrainingSettings,
) -> Failed:
    """Which node gave the first number that is not finite, found by computing the batch once more.

    Args:
        error: names the batches to look at.
        design: tells nodes from the modules inside them.
        networks: by role, with the weights the batch was computed with.
        steps: each computes a batch, by the name of the curve that has the gradient.
        settings: precision, and what the advice is about.
    """
    message, node = f"the {error.what} became NaN or infinite at step {error.step}", ""
    found = _first_bad_weight(networks)
    for pair in error.pairs:
        if not _all_finite(pair.input) or not _all_finite(pair.target):
            message += "; the samples of this batch hold NaN or infinity"
            return Failed(message, "", ("Look for missing values in the data.",), error.step)
        if found is not None:
            break
        computed = (_first_not_finite(networks, *item, pair, settings) for item in steps.items())
        found = next((what for what in computed if what is not None), None)
    if found is not None:
        what, role, module = found
        node = node_path(design, role if role in design.networks else _only(design), module)
        message += f"; {what}" + (f" '{node}'" if node else "")
        message += f" of the network '{role}'" if role and len(networks) > 1 else ""
    offered = offers.for_not_finite(settings)
    return Failed(message, node, offers.sentences(offered, settings), error.step, offered)


def explain_no_memory(
    error: BaseException,
    settings: TrainingSettings,
    device: str,
    step: int,
    networks: Iterable[nn.Module] = (),
) -> Failed:
    """What to change where memory ran out."""
    on_gpu = not device.startswith("cpu")
    inside = (part for network in networks for part in network.modules() if part is not network)
    offered = offers.for_no_memory(settings, on_gpu, any(hasattr(part, "recomputes") for part in inside))
    return Failed(
        f"there was not enough {'GPU memory' if on_gpu else 'memory'} for batches of {settings.batch_size}",
        failing_node(error),
        offers.sentences(offered, settings),
        step,
        offered,
    )


def explain_error(error: BaseException, step: int) -> Failed:
    """An exception, with the node in which it was raised; one that was foreseen speaks for itself."""
    text = str(error).strip().partition("\n")[0] or type(error).__name__
    node = failing_node(error)
    if isinstance(error, TrainingError):
        return Failed(text, error.node or node, error.advice, step)
    if isinstance(error, DataError):
        return Failed(text, "", ("Put the data back as they were, and resume the run.",), step)
    advice = ("Check the parameters of this node and what its wires carry.",) if node else ()
    return Failed(f"{type(error).__name__}: {text}"[:500], node, advice, step)


# -------------------------------------------------------------------------------------------------------------- nodes


def node_path(design: Design, network: str, module: str) -> str:
    """The node that a module belongs to: `encoder.attention` for `encoder.0.attention.out_proj`.

    Args:
        design: the design.
        network: the network's name.
        module: the module's path in the compiled network.

    Returns:
        The ids of the node and of the blocks around it; the module's own path where the design does not know it.
    """
    return ".".join(node_id for node_id, _ in nodes_along(design, network, module)) or module


def _only(design: Design) -> str:
    return next(iter(design.networks), "")


def all_finite(networks: Mapping[str, nn.Module]) -> bool:
    """Whether training may go on from the weights of some networks."""
    return _first_bad_weight(networks) is None


def _first_bad_weight(networks: Mapping[str, nn.Module]) -> tuple[str, str, str] | None:
    """A weight that is not finite, as (what, role, module).

    Running statistics are left out: the batch that went wrong has been in them already.
    """
    for role, network in networks.items():
        for name, tensor in network.named_parameters():
            if not _all_finite(tensor):
                return f"'{name}' is NaN or infinite already, a weight of", role, name.rpartition(".")[0]
    return None


# --------------------------------------------------------------------------------------------------- the pass of hooks


def _first_not_finite(
    networks: Mapping[str, nn.Module], loss_name: str, step: Step, pair: Pair, settings: TrainingSettings
) -> tuple[str, str, str] | None:
    """What a batch makes not finite first, as (what, role, module): an output in forward order, or a gradient."""
    order: list[tuple[str, str]] = []
    bad: list[tuple[str, str]] = []
    with _watched(networks, order, bad), torch.enable_grad():
        for parameter in _parameters(networks):
            parameter.grad = None
        with autocast_of(settings, pair.input.device):
            loss = step(pair)[loss_name]
        if bad:
            return "the first such number came out of", *bad[0]
        if not _all_finite(loss):
            return "the outputs of the network are finite, its loss is not", "", ""
        loss.backward()  # type: ignore[no-untyped-call]
    return _first_bad_gradient(networks, order)


@contextmanager
def _watched(
    networks: Mapping[str, nn.Module], order: list[tuple[str, str]], bad: list[tuple[str, str]]
) -> Iterator[None]:
    """Notes in which order modules finish, and those that give what is not finite from inputs that are."""
    hooks = []
    try:
        for role, network in networks.items():
            for name, module in network.named_modules():
                if name:
                    hooks.append(module.register_forward_hook(_hook((role, name), order, bad)))
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _hook(place: tuple[str, str], order: list[tuple[str, str]], bad: list[tuple[str, str]]) -> Any:
    def look(module: nn.Module, inputs: Any, output: Any) -> None:
        del module, inputs
        order.append(place)
        if not all(_all_finite(tensor) for tensor in _tensors(output)):
            bad.append(place)

    return look


def _first_bad_gradient(
    networks: Mapping[str, nn.Module], order: list[tuple[str, str]]
) -> tuple[str, str, str] | None:
    """Gradients run backwards, so the first that went bad belongs to the module that was computed last."""
    modules = {(role, name): m for role, network in networks.items() for name, m in network.named_modules()}
    for place in reversed(order):
        gradients = [p.grad for p in modules[place].parameters(recurse=False) if p.grad is not None]
        if not all(_all_finite(gradient) for gradient in gradients):
            return "the first such gradient is that of", *place
    return None


def _parameters(networks: Mapping[str, nn.Module]) -> Iterator[nn.Parameter]:
    for network in networks.values():
        yield from network.parameters()


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _tensors(item)


def _all_finite(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(torch.isfinite(tensor).all())
