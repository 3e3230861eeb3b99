"""The module a graph becomes.

Submodules bear the ids of their nodes, so weights are called `encoder.0.attention.in_proj_weight`, and `forward` walks
a plan of names and slots. Nothing is generated or executed: copies, pickles and exporters see an ordinary `nn.Module`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from netdesigner.compiler.again import recomputed
from netdesigner.compiler.plan import Plan, Step
from netdesigner.errors import IN_NODE
from netdesigner.parts.tensor import TensorSpec

__all__ = ["CompiledNetwork", "Repeated"]


class CompiledNetwork(nn.Module):
    """Computes a network or one instance of a block.

    The plan names submodules and does not hold them: one that is replaced under its name (to quantise or to wrap it)
    is used from the next call on.

    Args:
        plan: the calls in order.
        children: the submodule of each node, by its id.
        frozen: the submodules that always compute as in evaluation, so that running statistics stay and nothing is
            dropped.
        input_specs: what it takes, as far as that is known.

    Attributes:
        input_specs: as given.
        recomputes: whether it is computed a second time in the backward pass instead of being remembered.

    Shape:
        Takes one tensor for each Input node in the order of the document; gives one tensor, or a tuple of them in the
        order of the Output nodes where there are several.
    """

    recomputes = False

    def __init__(
        self,
        plan: Plan,
        children: Mapping[str, nn.Module],
        frozen: Iterable[str] = (),
        input_specs: tuple[TensorSpec, ...] = (),
    ) -> None:
        super().__init__()
        self.input_specs = input_specs
        self._plan = plan
        self._frozen = tuple(frozen)
        for node_id, child in children.items():
            self.add_module(node_id, child)
        for node_id in self._frozen:
            children[node_id].eval()

    def train(self, mode: bool = True) -> CompiledNetwork:
        """Sets the mode of all submodules but for those that are frozen."""
        super().train(mode)
        for node_id in self._frozen:
            self.get_submodule(node_id).eval()
        return self

    @property
    def input_count(self) -> int:
        """How many tensors it takes."""
        return self._plan.inputs

    @property
    def output_ids(self) -> tuple[str, ...]:
        """The ids of the Output nodes, in the order of what it gives."""
        return self._plan.output_ids

    def forward(self, *inputs: Tensor | None) -> Any:
        """Walks the plan, and where it is to be recomputed, a second time for the gradients."""
        if self.recomputes and torch.is_grad_enabled():
            return recomputed(self._walk, self, *inputs)
        return self._walk(*inputs)

    def _walk(self, *inputs: Tensor | None) -> Any:
        """Makes the calls. An exception gets a note that names the node; `errors.failing_node` reads it.

        No name but `value` holds a result beside its slot, so a tensor is freed when its last reader is done.
        """
        plan = self._plan
        if len(inputs) != plan.inputs:
            raise TypeError(f"expected {plan.inputs} tensors, got {len(inputs)}")
        modules: Any = self._modules
        slots: list[Any] = [*inputs, *(None,) * plan.spare]
        value: Any
        node_id = ""
        try:
            for row, sources, targets, dead in plan.steps:
                if isinstance(sources, int):
                    value = slots[sources]
                    if dead:
                        _empty(slots, dead)
                    for node_id in row:
                        value = modules[node_id](value)
                else:
                    node_id = row[0]
                    value = modules[node_id](*[None if slot is None else slots[slot] for slot in sources])
                    _empty(slots, dead)
                if isinstance(targets, int):
                    slots[targets] = value
                else:
                    _scatter(slots, targets, value)
        except Exception as error:
            error.add_note(IN_NODE + node_id)
            raise
        if len(plan.outputs) == 1:
            return slots[plan.outputs[0]]
        return tuple([slots[slot] for slot in plan.outputs])

    def preceded_by(self, name: str, first: nn.Module) -> CompiledNetwork:
        """The same network, whose first input passes through another module before anything reads it.

        Args:
            name: what to call that module; no submodule is called so yet.
            first: takes and gives one tensor. The other submodules are shared with the present network.
        """
        step: Step = ((name,), 0, 0, (0,))
        children = {name: first, **dict(self.named_children())}
        plan = replace(self._plan, steps=(step, *self._plan.steps))
        return CompiledNetwork(plan, children, self._frozen, self.input_specs)


def _empty(slots: list[Any], dead: tuple[int, ...]) -> None:
    for slot in dead:
        slots[slot] = None


def _scatter(slots: list[Any], targets: tuple[int | None, ...], values: tuple[Any, ...]) -> None:
    for slot, value in zip(targets, values, strict=True):
        if slot is not None:
            slots[slot] = value


class Repeated(nn.Module):
    """Applies modules in a row, each with weights of its own: the first input runs through all of them.

    The further inputs, such as a mask, are the same for each. Where the modules give several tensors, the first goes
    on, and the last module's are the result.

    Attributes:
        recomputes: whether each of them is computed a second time in the backward pass instead of being remembered.
    """

    recomputes = False

    def __init__(self, children: Iterable[nn.Module]) -> None:
        super().__init__()
        for number, child in enumerate(children):
            self.add_module(str(number), child)

    def forward(self, value: Any, *others: Any) -> Any:
        """Calls the modules in order."""
        modules: Any = self._modules
        again = self.recomputes and torch.is_grad_enabled()
        number = ""
        result: Any = value
        try:
            for number in modules:
                module = modules[number]
                result = recomputed(module, module, value, *others) if again else module(value, *others)
                value = result[0] if isinstance(result, tuple) else result
        except Exception as error:
            error.add_note(IN_NODE + number)
            raise
        return result
