"""Operations of tensors against torch's plain functions: the numbers, and every combination of element types."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from netdesigner.errors import ShapeError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import resolve
from netdesigner.parts.tensor import TensorSpec
from tests.every_part.oracles import algebra

LAYERS = Catalog.discover().layers
LENGTHS = {"N": 3, "T": 4, "S": 5, "H": 2, "W": 3}
TYPES = ("bool", "int32", "int64", "float16", "bfloat16", "float32", "float64")
LEARNED = {"Parameter"}
EXAMPLES = [
    (kind, number)
    for kind in sorted(algebra.OWN.keys() - LEARNED)
    for number in range(len(LAYERS[kind].examples))
]


def layer_of(kind: str, example: Example) -> Layer:
    return LAYERS[kind](**resolve(LAYERS[kind], example.params, {}))


def tensors(kind: str, specs: tuple[TensorSpec | None, ...]) -> list[Tensor | None]:
    suited = algebra.DOMAIN.get(kind, lambda x: x)
    torch.manual_seed(0)
    return [None if spec is None else suited(_random(spec.bind(**LENGTHS))) for spec in specs]


def _random(spec: TensorSpec) -> Tensor:
    dtype = getattr(torch, spec.dtype)
    if spec.is_float:
        return torch.randn(spec.shape, dtype=torch.float64).to(dtype)
    return torch.randint(2, spec.shape).to(dtype)


def told(x: Tensor | tuple[Tensor, ...]) -> tuple[TensorSpec, ...]:
    found = (x,) if isinstance(x, Tensor) else x
    return tuple(TensorSpec(tuple(t.shape), str(t.dtype).removeprefix("torch.")) for t in found)


@pytest.mark.parametrize(("kind", "number"), EXAMPLES)
def test_what_comes_out_are_the_numbers_of_torch(kind: str, number: int) -> None:
    example = LAYERS[kind].examples[number]
    layer = layer_of(kind, example)
    inputs = tensors(kind, example.inputs)
    came = layer.build(*example.inputs).eval()(*inputs)
    expected = algebra.OWN[kind](layer.values(), *inputs)
    torch.testing.assert_close(came, expected, atol=1e-5, rtol=1e-5)


def typed(example: Example) -> Iterator[tuple[TensorSpec | None, ...]]:
    """The inputs of an example in every combination of element types."""
    for dtypes in itertools.product(TYPES, repeat=len(example.inputs)):
        yield tuple(
            None if spec is None else spec.bind(**LENGTHS).with_dtype(dtype)
            for spec, dtype in zip(example.inputs, dtypes, strict=True)
        )


TYPED = [
    kind
    for kind in sorted(algebra.OWN.keys() - LEARNED)
    if LAYERS[kind].category in {"Arithmetic", "Logic", "Reduction", "Shape"}
]


@pytest.mark.parametrize("kind", TYPED)
def test_every_combination_of_element_types_gives_the_type_of_torch_or_both_refuse(kind: str) -> None:
    accepted = 0
    for example in LAYERS[kind].examples:
        layer = layer_of(kind, example)
        if len(example.inputs) > 2 and None not in example.inputs:
            continue  # of these the pairs are among the other examples
        for specs in dict.fromkeys(typed(example)):
            try:
                ours = layer.outputs_of(specs)
            except ShapeError as refused:
                judge = algebra.ON_PURPOSE.get(kind, lambda *_: False)
                if "real numbers" not in str(refused) and not judge(layer, specs, str(refused)):
                    with pytest.raises((RuntimeError, TypeError, ValueError)):
                        algebra.OWN[kind](layer.values(), *tensors(kind, specs))
                continue
            accepted += 1
            inputs = tensors(kind, specs)
            assert told(layer.build(*specs).eval()(*inputs)) == ours, specs
            assert told(algebra.OWN[kind](layer.values(), *inputs)) == ours, specs
    assert accepted


@pytest.mark.parametrize("kind", ["Add", "Subtract", "Multiply", "Divide", "Maximum", "Equal", "And"])
def test_samples_are_not_mixed_up_by_stretching(kind: str) -> None:
    rows, column = TensorSpec(("N",)), TensorSpec(("N", 1))
    with pytest.raises(ShapeError, match="samples would be mixed up"):
        LAYERS[kind]().outputs_of((column, rows))
    steps = TensorSpec(("T", "N", 4))
    assert LAYERS[kind]().outputs_of((steps, TensorSpec(("N", 4))))[0].shape == steps.shape
