"""The heart of an attention, without weights of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least, broadcast, count
from netdesigner.parts.tensor import Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["ScaledDotProductAttention"]

_QUERY = TensorSpec(("N", 4, "T", 8))
_KEY = TensorSpec(("N", 4, "S", 8))


class ScaledDotProductAttention(Layer):
    """Each step of the query gathers the values whose keys suit it: softmax(scale · Q Kᵀ + mask) V.

    It has no weights: what makes queries, keys and values of a sequence stands before it.

    Shape:
        - Query: (N, ..., L, E), such as (N, heads, L, E). Key: (N, ..., S, E). Value: (N, ..., S, Eᵥ).
        - Key_padding_mask: (N, S), bool (true: not looked at) or real numbers (added to the scores).
        - Attn_mask: likewise (N, L, S), for all heads, or with an axis for each of the query's, where 1 is stretched.
        - Output: (N, ..., L, Eᵥ).

    Masks mean what they do to MultiheadAttention; to the function of torch a mask of true and false means the opposite.

    Source: torch.nn.functional.scaled_dot_product_attention; Vaswani et al., "Attention is all you need" (2017);
    Ainslie et al., "GQA: training generalized multi-query transformer models" (2023).
    """

    kind: ClassVar[str] = "ScaledDotProductAttention"
    category: ClassVar[str] = "Attention"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("query", help="the steps that ask"),
        Port("key", help="what they are compared with"),
        Port("value", help="what they gather"),
        Port("key_padding_mask", optional=True, help="steps of each sample that nobody may look at"),
        Port("attn_mask", optional=True, help="pairs of steps that may not look at each other"),
    )
    main: ClassVar[tuple[str, ...]] = ("is_causal",)
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((_QUERY, _KEY, _KEY, None, None)),
        Example(
            (TensorSpec(("N", "T", 8)), TensorSpec(("N", "S", 8)), TensorSpec(("N", "S", 3)), None, None)
        ),
        Example((_QUERY, _QUERY, _QUERY, None, None), {"is_causal": True, "scale": 0.5}),
        Example(
            (_QUERY, _QUERY, _QUERY, TensorSpec(("N", "T"), "bool"), None),
            {"is_causal": True, "dropout_p": 0.1},
        ),
        Example((_QUERY, _KEY, _KEY, TensorSpec(("N", "S")), TensorSpec(("N", "T", "S")))),
        Example((_QUERY, _KEY, _KEY, None, TensorSpec(("N", 1, "T", "S"), "bool"))),
        Example((*[TensorSpec(("N", 3, 4, 5, 8))] * 3, None, TensorSpec(("N", 1, 4, 5, 5)))),
        Example(
            (_QUERY, TensorSpec(("N", 2, 5, 8)), TensorSpec(("N", 2, 5, 8)), None, None), {"enable_gqa": True}
        ),
    )

    dropout_p: float = param(0.0, min=0, max=1, help="chance of a weight to be zeroed while training")
    is_causal: bool = param(False, help="no step looks at a later one, as for predicting what comes next")
    scale: float | None = param(
        None, help="what the scores are multiplied by; empty: 1 divided by the root of the length E"
    )
    enable_gqa: bool = param(
        False,
        help="keys and values may have fewer heads than the query, each of which serves several",
        advanced=True,
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What was gathered."""
        query, key, value = (
            at_least(self, spec, 3, "N, ..., steps, features", port)
            for spec, port in zip(specs[:3], ("query", "key", "value"), strict=True)
        )
        self._check_alike(query, key, value)
        before = self._before(query, key, "key")
        before = self._before(query.with_shape(*before, *query.shape[-2:]), value, "value")
        self._check_masks(specs[3], specs[4], before, (query.shape[-2], key.shape[-2]), query.dtype)
        return query.with_shape(*before, query.shape[-2], value.shape[-1])

    def _check_alike(self, query: TensorSpec, key: TensorSpec, value: TensorSpec) -> None:
        for port, spec in (("key", key), ("value", value)):
            if spec.rank != query.rank or spec.dtype != query.dtype:
                sides = f"{query} and {spec}"
                message = (
                    f"{self.label()} takes inputs of as many axes and one element type, but gets {sides}"
                )
                raise ShapeError(message, port=port)
        if key.shape[-1] != query.shape[-1]:
            message = f"{self.label()} compares keys and queries of one length, but gets {query} and {key}"
            raise ShapeError(message, port="key")
        if key.shape[-2] != value.shape[-2]:
            message = f"{self.label()} needs a value for each key, but gets keys {key} and values {value}"
            raise ShapeError(message, port="value")

    def _before(self, query: TensorSpec, other: TensorSpec, port: str) -> tuple[Dim, ...]:
        """The axes before steps and features of the query and of keys or values together."""
        mine, theirs = query.shape[:-2], other.shape[:-2]
        changes: tuple[dict[str, object], ...] = ()
        if len(mine) > 1:
            heads, shared = mine[-1], theirs[-1]
            fit = heads == shared or (
                isinstance(heads, int) and isinstance(shared, int) and heads % shared == 0
            )
            if self.enable_gqa:
                if not fit:
                    message = (
                        f"{self.label()} cannot share the heads of {other} among the {heads} of the query"
                    )
                    raise ShapeError(message, port=port, changes=({"enable_gqa": False},))
                theirs = (*theirs[:-1], heads)
            elif fit:
                changes = ({"enable_gqa": True},)
        found = broadcast(mine, theirs)
        if found is None:
            sides = f"{query} and {other}"
            message = (
                f"{self.label()} takes inputs that are equal before their last two axes, but gets {sides}"
            )
            raise ShapeError(message, port=port, changes=changes)
        return found

    def _check_masks(
        self,
        padding: TensorSpec | None,
        mask: TensorSpec | None,
        before: tuple[Dim, ...],
        steps: tuple[Dim, Dim],
        dtype: str,
    ) -> None:
        if self.is_causal and mask is not None:
            message = (
                f"{self.label()} makes the mask itself while is_causal is on, so 'attn_mask' must be empty"
            )
            raise ShapeError(message, port="attn_mask", changes=({"is_causal": False},))
        for port, spec in (("key_padding_mask", padding), ("attn_mask", mask)):
            if spec is not None and spec.dtype not in ("bool", dtype):
                message = f"'{port}' of {self.label()} takes bool or {dtype}, but gets {spec}"
                raise ShapeError(message, port=port)
        if padding is not None:
            self._check_padding(padding, mask, (before[0], steps[1]))
        if mask is not None:
            whole = (*before, *steps)
            if mask.shape != (before[0], *steps) and (
                mask.rank != len(whole) or broadcast(whole, mask.shape) != whole
            ):
                wanted = TensorSpec((before[0], *steps))
                raise ShapeError(
                    f"'attn_mask' of {self.label()} takes {wanted} or {TensorSpec(whole)}, but gets {mask}",
                    port="attn_mask",
                )

    def _check_padding(self, padding: TensorSpec, mask: TensorSpec | None, shape: tuple[Dim, Dim]) -> None:
        port = "key_padding_mask"
        if padding.shape != shape:
            message = f"'{port}' of {self.label()} takes {TensorSpec(shape)}, but gets {padding}"
            raise ShapeError(message, port=port)
        other = "bool" if self.is_causal else padding.dtype if mask is None else mask.dtype
        if padding.dtype != other:
            why = "while is_causal is on" if self.is_causal else "as 'attn_mask' is"
            raise ShapeError(
                f"'{port}' of {self.label()} must be {other} {why}, but gets {padding}", port=port
            )

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that attends."""
        from netdesigner.compiler.operations.dot_product import ScaledDotProductAttention as Module

        return Module(**self.arguments(*specs))

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch, where nothing has to be added to it."""
        if self.dropout_p or any(mask != "None" for mask in arguments[3:]):
            return super().call(module, *arguments)
        named = {"is_causal": True, "scale": self.scale, "enable_gqa": True}
        told = "".join(f", {name}={value!r}" for name, value in named.items() if name in self.changed())
        return f"F.scaled_dot_product_attention({', '.join(arguments[:3])}{told})"

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The scores and the means over all pairs of steps."""
        query, key, value = (self.wired(spec) for spec in specs[:3])
        pairs = count((*self.shape(*specs).shape[:-1], key.shape[-2]))
        return Cost(macs=pairs * (count(query.shape[-1:]) + count(value.shape[-1:])))
