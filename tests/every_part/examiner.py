"""Puts torch's own test cases for its modules to our layers.

A case of torch's says how a module is made and what its forward pass is given. The same arguments make a layer, the
same tensors come by its wires, the weights are copied: outputs, gradients and what is remembered must be the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Layer
from netdesigner.parts.part import resolve
from netdesigner.parts.tensor import TensorSpec

__all__ = ["examine"]

MASKS_OF_PAIRS = {"attn_mask", "src_mask", "tgt_mask", "memory_mask", "mask"}
"""Inputs that torch takes for all samples, or for each sample and head, and a wire carries for each sample."""

STATES = {"h_0", "c_0"}
"""Inputs whose batch is the second axis in any case, behind the layers, where there are several layers."""


def _of_encoder_layer(told: Mapping[str, Any]) -> dict[str, Any]:
    """A stack is given a layer that is made already; ours asks for what it is made of."""
    layer = told["encoder_layer"]
    assert isinstance(layer, nn.TransformerEncoderLayer)
    return {
        "d_model": layer.self_attn.embed_dim,
        "nhead": layer.self_attn.num_heads,
        "dim_feedforward": layer.linear1.out_features,
        "dropout": layer.dropout.p,
        "activation": layer.activation,
        "layer_norm_eps": layer.norm1.eps,
        "batch_first": layer.self_attn.batch_first,
        "norm_first": layer.norm_first,
        "bias": layer.linear1.bias is not None,
        "num_layers": told["num_layers"],
    }


TOLD = {"TransformerEncoder": _of_encoder_layer}
"""What a class is told in another form than ours."""


def examine(part: type[Layer], cls: type[nn.Module], case: Any, training: bool) -> None:
    """Compares our layer with torch's class on one of torch's cases.

    Raises:
        Exception: the layer refuses the case, or gives something else.
    """
    made, forward = case.constructor_input, case.forward_input
    told = by_name(cls.__init__, *made.args, **made.kwargs)
    told = TOLD.get(cls.__name__, dict)(told)
    layer = layer_of(part, cls, told)
    form = Form.of(layer, by_name(cls.forward, *forward.args, **forward.kwargs))
    assert_told_by_the_wires(layer, form.specs, told)
    theirs = cls(*made.args, **made.kwargs).train(training)
    ours = layer.build(*form.specs).train(training)
    ours.load_state_dict(theirs.state_dict())
    expected = assert_same_run(ours, theirs, form, forward)
    if not training:  # where torch takes shorter ways, which must not lead elsewhere
        with torch.no_grad():
            found = form.read(ours(*form.wires(by_name(cls.forward, *forward.args, **forward.kwargs))))
        assert_same(found, expected, "outputs without gradients")


def by_name(function: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """What a method is given, by the names it has for it."""
    found = inspect.signature(function).bind(None, *args, **kwargs).arguments
    assert not found.get("args"), "an argument has no name"
    named = {name: value for name, value in found.items() if name not in ("self", "args", "kwargs")}
    return {**named, **found.get("kwargs", {})}


def layer_of(part: type[Layer], cls: type[nn.Module], told: Mapping[str, Any]) -> Layer:
    """Our layer with those of the constructor's arguments that it asks for; what it gives is read as torch gives it."""
    asked = {declared.name for declared in part.params()}
    words = {name: value.__name__ if callable(value) else value for name, value in told.items()}
    layer = part(**resolve(part, {name: words[name] for name in words.keys() & asked}, {}))
    may_give_less = "return_indices" in inspect.signature(cls.__init__).parameters
    return layer.alone() if may_give_less and not told.get("return_indices") else layer


def assert_told_by_the_wires(
    layer: Layer, specs: tuple[TensorSpec | None, ...], told: Mapping[str, Any]
) -> None:
    """Arguments of torch's class that our layer does not ask for are what it finds at its wires."""
    found = layer.arguments(*specs)
    for name in told.keys() - layer.values().keys():
        assert name in found, f"our layer has no {name}"
        assert found[name] == told[name], f"{name} of the wires is {found[name]}, torch is told {told[name]}"


class Form:
    """How what torch's forward pass is given comes by our wires.

    Args:
        layer: our layer.
        given: torch's inputs by name.
        alone: they are one sample without a batch, of which a wire makes a batch of one.
    """

    def __init__(self, layer: Layer, given: Mapping[str, Any], *, alone: bool) -> None:
        self.layer = layer
        self.alone = alone
        self.axis = 1 if layer.values().get("batch_first") is False else 0
        main = next(iter(given.values()))
        self.samples = 1 if alone else main.shape[self.axis]
        self.specs = tuple(map(self._spec, self._ports(given), self.wires(given)))
        self.outputs = layer.outputs_of(self.specs)

    @classmethod
    def of(cls, layer: Layer, given: Mapping[str, Any]) -> Form:
        """With the batch as it is, else, where our layer takes none or torch's has none, as a batch of one."""
        if next(iter(given.values())).dim() == 0:
            return cls(layer, given, alone=True)
        try:
            return cls(layer, given, alone=False)
        except ShapeError as error:
            if " axes (" not in str(error) and "the batch" not in str(error):
                raise
            return cls(layer, given, alone=True)

    def wires(self, given: Mapping[str, Any]) -> list[Tensor | None]:
        """What comes by each wire."""
        return [self._wire(port, tensor) for port, tensor in self._ports(given).items()]

    def _ports(self, given: Mapping[str, Any]) -> dict[str, Tensor | None]:
        """Torch's inputs by our ports; what has another name there (states in a tuple) fills those that are left."""
        found: dict[str, Tensor | None] = {port.name: None for port in self.layer.inputs}
        free = iter([name for name in found if name not in given])
        for name, value in given.items():
            for part in value if isinstance(value, tuple) else (value,):
                assert part is None or isinstance(part, Tensor), f"{name} is no tensor"
                found[name if name in found else next(free)] = part
        return found

    def _axis_of(self, port: str) -> int:
        if port in STATES and "num_layers" in self.layer.values():
            return 1
        return 0 if port.endswith("mask") else self.axis

    def _wire(self, port: str, tensor: Tensor | None) -> Tensor | None:
        if tensor is None:
            return None
        if port not in MASKS_OF_PAIRS:
            return tensor.unsqueeze(self._axis_of(port)) if self.alone else tensor
        if tensor.dim() == 2:
            return tensor.expand(self.samples, -1, -1)
        first, *others = tensor.unflatten(0, (self.samples, -1)).unbind(1)
        assert all(torch.equal(first, other) for other in others), f"{port} differs between the heads"
        return first

    def _spec(self, port: str, wire: Tensor | None) -> TensorSpec | None:
        """What the wire carries, with a free batch."""
        if wire is None:
            return None
        axis, shape = self._axis_of(port), tuple(wire.shape)
        dtype = str(wire.dtype).removeprefix("torch.")
        return TensorSpec((*shape[:axis], "N", *shape[axis + 1 :]), dtype)

    def read(self, value: Any) -> list[Tensor]:
        """What our module gives, as torch's gives it; its shape must be what the rule says."""
        found: list[Tensor] = []
        given = self.outputs[: len(self.layer.given)]
        for tensor, spec in zip(pytree.tree_leaves(value), given, strict=True):
            assert tuple(tensor.shape) == spec.bind(N=self.samples).shape, f"the rule gives {spec}"
            found.append(tensor.squeeze(spec.shape.index("N")) if self.alone else tensor)
        return found


def assert_same_run(ours: nn.Module, theirs: nn.Module, form: Form, forward: Any) -> list[Tensor]:
    """Both modules give the same, pass back the same, and remember the same.

    Returns:
        What torch's gives.
    """
    our_leaves, their_leaves = leaves(forward), leaves(forward)
    our_given = by_name(type(theirs).forward, *our_leaves[0], **our_leaves[1])
    torch.manual_seed(1)
    our_outputs = form.read(ours(*form.wires(our_given)))
    torch.manual_seed(1)
    their_outputs = pytree.tree_leaves(theirs(*their_leaves[0], **their_leaves[1]))
    assert_same(our_outputs, their_outputs, "outputs")
    weights = {n: torch.randn_like(x) for n, x in enumerate(their_outputs) if x.requires_grad}
    if weights:
        for outputs in (our_outputs, their_outputs):
            sum((outputs[number] * weight).sum() for number, weight in weights.items()).backward()
        assert_same(gradients(our_leaves), gradients(their_leaves), "gradients of the inputs")
        ours_learned, theirs_learned = (module.state_dict(keep_vars=True) for module in (ours, theirs))
        assert_same(gradients(ours_learned), gradients(theirs_learned), "gradients of the weights")
    assert_same(dict(ours.state_dict()), dict(theirs.state_dict()), "what is remembered")
    return their_outputs


def leaves(forward: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """A copy of what the forward pass is given, to which gradients flow."""
    given = (tuple(forward.args), dict(forward.kwargs))
    return pytree.tree_map_only(
        Tensor, lambda x: x.detach().clone().requires_grad_(x.is_floating_point()), given
    )


def gradients(tree: Any) -> list[Tensor | None]:
    """The gradients of all tensors."""
    return [x.grad for x in pytree.tree_leaves(tree) if isinstance(x, Tensor)]


def assert_same(ours: Any, theirs: Any, what: str) -> None:
    """Equal up to the rounding of another order of summation, and no number where torch gives none."""
    torch.testing.assert_close(
        ours, theirs, rtol=1e-5, atol=1e-5, equal_nan=True, msg=lambda text: f"{what}: {text}"
    )
