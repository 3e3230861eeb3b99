"""The layer that transformers are stacked from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.document.design import Value
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import check_heads, check_masks, count, sequence
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["TransformerEncoderLayer"]


class TransformerEncoderLayer(Layer):
    """Lets the steps of a sequence attend to each other, then transforms each by itself.

    Shape (with batch_first; else N and the steps change places):
        - Src: (N, L, d_model); d_model comes from the wire.
        - Src_mask: (N, L, L), for all heads; bool (True: not looked at) or float32 (added to the scores).
        - Src_key_padding_mask: (N, L).
        - Output: as src.

    Source: torch.nn.TransformerEncoderLayer; Vaswani et al., "Attention is all you need" (2017); norm_first: Xiong et
    al., "On layer normalization in the transformer architecture" (2020).
    """

    kind: ClassVar[str] = "TransformerEncoderLayer"
    category: ClassVar[str] = "Attention"
    torch_class: ClassVar[str] = "TransformerEncoderLayer"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("src", help="a sequence of features"),
        Port("src_mask", optional=True, help="pairs of steps that may not look at each other"),
        Port("src_key_padding_mask", optional=True, help="steps of each sample that nobody may look at"),
    )
    main: ClassVar[tuple[str, ...]] = ("nhead", "dim_feedforward")
    initial: ClassVar[dict[str, Value]] = {"batch_first": True, "dim_feedforward": 256}
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            (TensorSpec(("N", "T", 8)), None, None), {"nhead": 2, "dim_feedforward": 16, "batch_first": True}
        ),
        Example(
            (TensorSpec((5, "N", 6)), None, TensorSpec(("N", 5), "bool")),
            {"nhead": 3, "dim_feedforward": 10, "activation": "gelu", "norm_first": True, "bias": False},
        ),
        Example(
            (TensorSpec(("N", 4, 8)), TensorSpec(("N", 4, 4)), TensorSpec(("N", 4))),
            {"nhead": 4, "dim_feedforward": 12, "batch_first": True},
        ),
        Example(
            (TensorSpec(("N", "T", 8)), None, None),
            {"nhead": 2, "dim_feedforward": 16, "batch_first": True, "is_causal": True, "dropout": 0.0},
        ),
    )

    nhead: int = param(4, min=1, help="how many attentions run side by side; divides the number of features")
    dim_feedforward: int = param(2048, min=1, help="length of the hidden layer behind the attention")
    dropout: float = param(0.1, min=0, max=1, help="chance of an element to be zeroed while training")
    activation: str = param("relu", choices=("relu", "gelu"), help="the function of the hidden layer")
    layer_norm_eps: float = param(1e-5, above=0, help="added to the norms' variance", advanced=True)
    batch_first: bool = param(False, help="the batch stands before the steps: (N, L, features)")
    norm_first: bool = param(
        False, help="normalise before attention and hidden layer, which trains deep stacks better"
    )
    bias: bool = param(True, help="add learned numbers in the linear layers and norms", advanced=True)
    is_causal: bool = param(False, help="no step looks at a later one, as for predicting what comes next")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        src, mask, padding = specs
        spec, batch, steps, features = sequence(self, src, self.batch_first, "src")
        check_heads(self, "nhead", self.nhead, features, "src")
        masks = ("src_mask", mask), ("src_key_padding_mask", padding)
        check_masks(self, *masks, batch, (steps, steps), self.is_causal)
        return spec

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters of torch's class with d_model from the wire."""
        values = self.values()
        del values["is_causal"]
        return {"d_model": self.wired(specs[0]).shape[2], **values}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The layer of torch, which makes its own mask where it is causal."""
        from netdesigner.compiler.operations import attention

        return attention.TransformerEncoderLayer(is_causal=self.is_causal, **self.arguments(*specs))

    def call(self, module: str, *arguments: str) -> str:
        """One use; the mask of a causal layer is made on the spot."""
        src, mask, padding = (*arguments, *["None"] * (3 - len(arguments)))
        if self.is_causal:
            steps = f"{src}.shape[{1 if self.batch_first else 0}]"
            mask = f"torch.ones({steps}, {steps}, dtype=torch.bool, device={src}.device).triu(1)"
        elif mask != "None" and self.nhead > 1:
            mask = f"{mask}.repeat_interleave({self.nhead}, dim=0)"
        named = [
            f"{name}={text}"
            for name, text in (("src_mask", mask), ("src_key_padding_mask", padding))
            if text != "None"
        ]
        named += ["is_causal=True"] if self.is_causal else []
        return f"{module}({', '.join([src, *named])})"

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """Four projections and a hidden layer at every step, and the scores and means over all pairs of steps."""
        spec = self.wired(specs[0])
        width, steps = count(spec.shape[2:]), count((spec.shape[1 if self.batch_first else 0],))
        weights = 4 * width * width + 2 * width * self.dim_feedforward
        biases = 5 * width + self.dim_feedforward + 2 * width if self.bias else 0
        return Cost(weights + biases + 2 * width, steps * weights + 2 * steps * steps * width)
