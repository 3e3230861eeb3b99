"""Attention between two sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import check_heads, check_masks, count, sequence
from netdesigner.parts.tensor import Dim, TensorSpec, add

if TYPE_CHECKING:
    from torch import nn

__all__ = ["MultiheadAttention"]

_STEPS = TensorSpec(("N", "T", 8))


class MultiheadAttention(Layer):
    """Each step of the query gathers the values whose keys suit it, in several heads at once.

    Shape (with batch_first; else N and the steps change places):
        - Query: (N, L, embed_dim); embed_dim comes from the wire.
        - Key: (N, S, kdim). Value: (N, S, vdim).
        - Key_padding_mask: (N, S), bool (True: not looked at) or float32 (added to the scores).
        - Attn_mask: (N, L, S), for all heads.
        - Output: (N, L, embed_dim).
        - Weights: (N, L, S), the mean over the heads.

    Source: torch.nn.MultiheadAttention; Vaswani et al., "Attention is all you need" (2017).
    """

    kind: ClassVar[str] = "MultiheadAttention"
    category: ClassVar[str] = "Attention"
    torch_class: ClassVar[str] = "MultiheadAttention"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("query", help="the steps that ask; the output has one for each of them"),
        Port(
            "key",
            help="the steps they are compared with; the query itself where a sequence attends to itself",
        ),
        Port("value", help="what is gathered, one step for each of key; mostly the same as key"),
        Port(
            "key_padding_mask",
            optional=True,
            help="True where a step of key is mere filling that nobody looks at, (N, S)",
        ),
        Port(
            "attn_mask",
            optional=True,
            help="True where a step of query does not look at one of key, (N, L, S); numbers are added to the scores",
        ),
    )
    outputs: ClassVar[tuple[Port, ...]] = (
        Port("output", help="what each step gathered"),
        Port(
            "weights",
            optional=True,
            help="how much each step of query looked at each one of key, (N, L, S), as a mean over the heads",
        ),
    )
    main: ClassVar[tuple[str, ...]] = ("num_heads",)
    initial: ClassVar[dict[str, Value]] = {"batch_first": True}
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example((_STEPS, _STEPS, _STEPS, None, None), {"num_heads": 2, "batch_first": True}),
        Example(
            (
                _STEPS,
                TensorSpec(("N", "S", 6)),
                TensorSpec(("N", "S", 5)),
                TensorSpec(("N", "S"), "bool"),
                None,
            ),
            {"num_heads": 4, "batch_first": True, "bias": False},
        ),
        Example(
            (*[TensorSpec((5, "N", 4))] * 3, None, TensorSpec(("N", 5, 5))),
            {"num_heads": 2, "add_bias_kv": True, "add_zero_attn": True},
        ),
        Example(
            (_STEPS, _STEPS, _STEPS, TensorSpec(("N", "T"), "bool"), None),
            {"num_heads": 1, "batch_first": True, "is_causal": True},
        ),
    )

    num_heads: int = param(
        4, min=1, help="how many attentions run side by side; divides the length of the query"
    )
    dropout: float = param(0.0, min=0, max=1, help="chance of a weight to be zeroed while training")
    bias: bool = param(True, help="add a learned number to each feature", advanced=True)
    add_bias_kv: bool = param(False, help="add one learned step to keys and values", advanced=True)
    add_zero_attn: bool = param(False, help="add one step of zeros to keys and values", advanced=True)
    batch_first: bool = param(
        False, help="on: sequences are (N, L, features), as behind an Input; off: (L, N, features)"
    )
    is_causal: bool = param(False, help="no step looks at a later one, as for predicting what comes next")

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """What was gathered, and the weights."""
        query, key, value, padding, mask = specs
        spec, batch, asking, features = sequence(self, query, self.batch_first, "query")
        check_heads(self, "num_heads", self.num_heads, features, "query")
        attended = self._attended(key, value, batch)
        masks = ("attn_mask", mask), ("key_padding_mask", padding)
        check_masks(self, *masks, batch, (asking, attended), self.is_causal)
        longer = add(attended, self.add_bias_kv + self.add_zero_attn)
        return spec, spec.with_shape(batch, asking, longer)

    def _attended(self, key: TensorSpec | None, value: TensorSpec | None, batch: Dim) -> Dim:
        """How many steps are attended to."""
        found = [
            sequence(self, spec, self.batch_first, port) for spec, port in ((key, "key"), (value, "value"))
        ]
        for (spec, samples, _, _), port in zip(found, ("key", "value"), strict=True):
            if samples != batch:
                raise ShapeError(
                    f"'{port}' of {self.label()} has another batch than 'query': {spec} against {batch}",
                    port=port,
                )
        if found[0][2] != found[1][2]:
            message = f"{self.label()} needs a value for each key, but gets keys {found[0][0]} and values {found[1][0]}"
            raise ShapeError(message, port="value")
        return found[0][2]

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters of torch's class with embed_dim from the query, kdim and vdim where they differ from it."""
        widths = [self.wired(spec).shape[2] for spec in specs[:3]]
        values = self.values()
        del values["is_causal"]
        other = {
            name: width
            for name, width in zip(("kdim", "vdim"), widths[1:], strict=True)
            if width != widths[0]
        }
        return {"embed_dim": widths[0], **values, **other}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The attention of torch with the masks as its last inputs."""
        from netdesigner.compiler.operations import attention

        return attention.MultiheadAttention(
            is_causal=self.is_causal, need_weights=not self.is_alone, **self.arguments(*specs)
        )

    def call(self, module: str, *arguments: str) -> str:
        """One use; torch takes the masks by name."""
        query, key, value, padding, mask = (*arguments, *["None"] * (5 - len(arguments)))
        if self.is_causal:
            axis = 1 if self.batch_first else 0
            steps = f"{query}.shape[{axis}], {key}.shape[{axis}]"
            mask = f"torch.ones({steps}, dtype=torch.bool, device={query}.device).triu(1)"
        elif mask != "None" and self.num_heads > 1:
            mask = f"{mask}.repeat_interleave({self.num_heads}, dim=0)"
        named = [
            f"{name}={text}"
            for name, text in (("key_padding_mask", padding), ("attn_mask", mask))
            if text != "None"
        ]
        if self.is_alone:
            named += ["need_weights=False"]
        return f"{module}({', '.join([query, key, value, *named])})"

    def targets(self, *names: str) -> str:
        """The left side; torch gives None in place of weights that are not asked for."""
        return f"{names[0]}, _" if self.is_alone else super().targets(*names)

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """Four projections, and the scores and means over all pairs of steps."""
        axis = 1 if self.batch_first else 0
        query, key, value = (self.wired(spec) for spec in specs[:3])
        width, key_width, value_width = (count(spec.shape[2:]) for spec in (query, key, value))
        asking, attended = count((query.shape[axis],)), count((key.shape[axis],))
        extra = self.add_bias_kv + self.add_zero_attn
        parameters = (
            width * (2 * width + key_width + value_width) + (4 * self.bias + 2 * self.add_bias_kv) * width
        )
        projections = width * (2 * asking * width + attended * (key_width + value_width))
        return Cost(parameters, projections + 2 * asking * (attended + extra) * width)
