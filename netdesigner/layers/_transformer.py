"""What transformers and the layers they are stacked from have in common. Not a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import check_heads, check_masks, count, sequence
from netdesigner.parts.tensor import Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "CAUSAL",
    "LAYERS",
    "MEMORY",
    "MEMORY_CAUSAL",
    "NORM",
    "NO_MASKS",
    "OTHERS",
    "SRC",
    "SRC_MASK",
    "SRC_PADDING",
    "STEPS",
    "TARGET_MASKS",
    "TGT",
    "TGT_CAUSAL",
    "TransformerBase",
    "call",
    "check_target_masks",
    "cost_of_all",
    "mask_source",
    "stacked",
    "without",
]

SRC = Port("src", help="the sequence that is read")
SRC_MASK = Port(
    "src_mask",
    optional=True,
    help="True where a step does not look at another one, (N, L, L); numbers are added to the scores",
)
SRC_PADDING = Port(
    "src_key_padding_mask",
    optional=True,
    help="True where a step of src is mere filling that nobody looks at, (N, L)",
)
TGT = Port("tgt", help="the sequence that is written, as far as it is known")
MEMORY = Port("memory", help="the sequence that is looked up, such as what an encoder gives")
TARGET_MASKS = (
    Port(
        "tgt_mask",
        optional=True,
        help="True where a step of tgt does not look at another one of it, (N, T, T); numbers are added to the scores",
    ),
    Port(
        "memory_mask",
        optional=True,
        help="True where a step of tgt does not look at one of memory, (N, T, S); numbers are added to the scores",
    ),
    Port(
        "tgt_key_padding_mask",
        optional=True,
        help="True where a step of tgt is mere filling that nobody looks at, (N, T)",
    ),
    Port(
        "memory_key_padding_mask",
        optional=True,
        help="True where a step of memory is mere filling, (N, S); as a rule what src_key_padding_mask gets",
    ),
)

CAUSAL = "no step looks at a later one, as for predicting what comes next"
TGT_CAUSAL = param(False, help="no step of tgt looks at a later one of it, as for predicting what comes next")
MEMORY_CAUSAL = param(
    False, help="no step of tgt looks at a later one of memory; seldom wanted", advanced=True
)
LAYERS = "layers on top of each other, each with weights of its own"
NORM = param(False, help="normalise what the last layer gives; needed with norm_first")

STEPS = TensorSpec(("N", "T", 8))
OTHERS = TensorSpec(("N", "S", 8))
NO_MASKS = (None,) * 4


class TransformerBase(Layer):
    """What all have in common; parameters in torch's order."""

    category: ClassVar[str] = "Attention"
    main: ClassVar[tuple[str, ...]] = ("nhead", "dim_feedforward")
    initial: ClassVar[dict[str, Value]] = {"batch_first": True, "dim_feedforward": 256}
    stochastic: ClassVar[bool] = True

    nhead: int = param(4, min=1, help="how many attentions run side by side; divides the number of features")
    dim_feedforward: int = param(2048, min=1, help="length of the hidden layer behind the attention")
    dropout: float = param(0.1, min=0, max=1, help="chance of an element to be zeroed while training")
    activation: str = param("relu", choices=("relu", "gelu"), help="the function of the hidden layer")
    layer_norm_eps: float = param(1e-5, above=0, help="added to the norms' variance", advanced=True)
    batch_first: bool = param(
        False, help="on: sequences are (N, L, features), as behind an Input; off: (L, N, features)"
    )
    norm_first: bool = param(
        False, help="normalise before attention and hidden layer, which trains deep stacks better"
    )
    bias: bool = param(True, help="add learned numbers in the linear layers and norms", advanced=True)

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with d_model from the wire."""
        return {"d_model": self.wired(specs[0]).shape[2], **self.values()}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The transformer of torch, which makes its own masks where it is causal."""
        from netdesigner.compiler.operations import attention

        module: nn.Module = getattr(attention, self.kind)(**self.arguments(*specs))
        return module

    def _sequence(self, spec: TensorSpec | None, port: str) -> tuple[TensorSpec, Dim, Dim, int]:
        """A sequence whose features the heads share, with its batch, steps and features."""
        found = sequence(self, spec, self.batch_first, port)
        check_heads(self, "nhead", self.nhead, found[3], port)
        return found

    def _pair(
        self, tgt: TensorSpec | None, other: TensorSpec | None, port: str
    ) -> tuple[TensorSpec, Dim, Dim, Dim]:
        """Two sequences of the same samples and features: the first with the batch, and the steps of both."""
        spec, batch, steps, features = self._sequence(tgt, "tgt")
        found, samples, attended, length = self._sequence(other, port)
        if (samples, length) != (batch, features):
            message = (
                f"{self.label()} needs the same samples and features in '{port}' and 'tgt', but gets {found}"
            )
            raise ShapeError(f"{message} and {spec}", port=port)
        return spec, batch, steps, attended

    def _length(self, spec: TensorSpec | None) -> int:
        """The number of steps of a sequence, as costs are counted."""
        return count((self.wired(spec).shape[1 if self.batch_first else 0],))

    def _norms(self, number: int, width: int) -> int:
        """The learned numbers of some norms."""
        return number * width * (1 + self.bias)

    def _attention(self, width: int, asking: int, attended: int) -> Cost:
        """Four projections, and the scores and means over all pairs of steps."""
        parameters = 4 * width * (width + self.bias)
        return Cost(parameters, 2 * width * (width * (asking + attended) + asking * attended))

    def _feedforward(self, width: int, steps: int) -> Cost:
        """The hidden layer at every step."""
        weights = 2 * width * self.dim_feedforward
        return Cost(weights + self.bias * (width + self.dim_feedforward), steps * weights)

    def _encoder_layer(self, width: int, steps: int) -> Cost:
        found = cost_of_all(self._attention(width, steps, steps), self._feedforward(width, steps))
        return Cost(found.parameters + self._norms(2, width), found.macs)

    def _decoder_layer(self, width: int, steps: int, attended: int) -> Cost:
        found = cost_of_all(
            self._attention(width, steps, steps),
            self._attention(width, steps, attended),
            self._feedforward(width, steps),
        )
        return Cost(found.parameters + self._norms(3, width), found.macs)


def cost_of_all(*costs: Cost) -> Cost:
    """What several things cost together."""
    return Cost(sum(cost.parameters for cost in costs), sum(cost.macs for cost in costs))


def stacked(layer: Cost, number: int, norms: int = 0) -> Cost:
    """So many layers, and the learned numbers of what follows them."""
    return Cost(number * layer.parameters + norms, number * layer.macs)


# -- What reads ------------------------------------------------------------------------------------------------


def check_target_masks(
    layer: Layer, masks: tuple[TensorSpec | None, ...], batch: Dim, steps: Dim, attended: Dim
) -> None:
    """Holds the masks of what is written against it and what is looked up."""
    values = layer.values()
    own, memory, own_padding, memory_padding = masks
    for name, mask, padding, length in (
        ("tgt", own, own_padding, steps),
        ("memory", memory, memory_padding, attended),
    ):
        ports = (f"{name}_mask", mask), (f"{name}_key_padding_mask", padding)
        causal = f"{name}_is_causal"
        check_masks(layer, *ports, batch, (steps, length), values[causal], causal)


def without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def mask_source(layer: TransformerBase, mask: str, asking: str, attended: str, is_causal: bool) -> str:
    """The source of a mask over pairs of steps as torch takes it."""
    if is_causal:
        axis = 1 if layer.batch_first else 0
        steps = f"{asking}.shape[{axis}], {attended}.shape[{axis}]"
        return f"torch.ones({steps}, dtype=torch.bool, device={asking}.device).triu(1)"
    return f"{mask}.repeat_interleave({layer.nhead}, dim=0)" if mask != "None" and layer.nhead > 1 else mask


def call(module: str, given: list[str], masks: dict[str, str], causal: dict[str, bool]) -> str:
    """A call with the masks that there are and the hints that are on."""
    named = [f"{name}={text}" for name, text in masks.items() if text != "None"]
    hints = [f"{name}=True" for name, on in causal.items() if on]
    return f"{module}({', '.join([*given, *named, *hints])})"
