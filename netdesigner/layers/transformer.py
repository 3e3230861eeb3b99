"""Transformers: the layers they are stacked from, and whole stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.document.design import Value
from netdesigner.layers._transformer import (
    CAUSAL,
    LAYERS,
    MEMORY,
    MEMORY_CAUSAL,
    NO_MASKS,
    NORM,
    OTHERS,
    SRC,
    SRC_MASK,
    SRC_PADDING,
    STEPS,
    TARGET_MASKS,
    TGT,
    TGT_CAUSAL,
    TransformerBase,
    call,
    check_target_masks,
    cost_of_all,
    mask_source,
    stacked,
    without,
)
from netdesigner.parts.layer import Cost, Example, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import check_masks, count
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
]


class _Encoder(TransformerBase):
    """Layers and stacks that read one sequence."""

    inputs: ClassVar[tuple[Port, ...]] = (SRC, SRC_MASK, SRC_PADDING)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec, batch, steps, _ = self._sequence(specs[0], "src")
        attention, padding = zip((port.name for port in self.inputs[1:]), specs[1:], strict=True)
        check_masks(self, attention, padding, batch, (steps, steps), self.values()["is_causal"])
        return spec


class TransformerEncoderLayer(_Encoder):
    """Lets the steps of a sequence attend to each other, then transforms each by itself.

    Shape (with batch_first; else N and the steps change places):
        - Src: (N, L, d_model); d_model comes from the wire.
        - Src_mask: (N, L, L), for all heads; bool (True: not looked at) or float32 (added to the scores).
        - Src_key_padding_mask: (N, L), likewise.
        - Output: as src.

    Source: torch.nn.TransformerEncoderLayer; Vaswani et al., "Attention is all you need" (2017); norm_first: Xiong et
    al., "On layer normalization in the transformer architecture" (2020).
    """

    kind: ClassVar[str] = "TransformerEncoderLayer"
    torch_class: ClassVar[str] = "TransformerEncoderLayer"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((STEPS, None, None), {"nhead": 2, "dim_feedforward": 16, "batch_first": True}),
        Example(
            (TensorSpec((5, "N", 6)), None, TensorSpec(("N", 5), "bool")),
            {"nhead": 3, "dim_feedforward": 10, "activation": "gelu", "norm_first": True, "bias": False},
        ),
        Example(
            (TensorSpec(("N", 4, 8)), TensorSpec(("N", 4, 4)), TensorSpec(("N", 4))),
            {"nhead": 4, "dim_feedforward": 12, "batch_first": True},
        ),
        Example(
            (STEPS, None, None),
            {"nhead": 2, "dim_feedforward": 16, "batch_first": True, "is_causal": True, "dropout": 0.0},
        ),
    )

    is_causal: bool = param(False, help=CAUSAL)

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters of torch's class with d_model from the wire."""
        return without(super().arguments(*specs), "is_causal")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The layer of torch, which makes its own mask where it is causal."""
        from netdesigner.compiler.operations import attention

        return attention.TransformerEncoderLayer(is_causal=self.is_causal, **self.arguments(*specs))

    def call(self, module: str, *arguments: str) -> str:
        """One use; the mask of a causal layer is made on the spot."""
        src, mask, padding = (*arguments, *["None"] * (3 - len(arguments)))
        mask = mask_source(self, mask, src, src, self.is_causal)
        named = {"src_mask": mask, "src_key_padding_mask": padding}
        return call(module, [src], named, {"is_causal": self.is_causal})

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """An attention, a hidden layer at every step, and two norms."""
        return self._encoder_layer(count(self.wired(specs[0]).shape[2:]), self._length(specs[0]))


class TransformerEncoder(_Encoder):
    """Reads a sequence with several encoder layers on top of each other.

    Shape (with batch_first; else N and the steps change places):
        - Src: (N, L, d_model); d_model comes from the wire.
        - Mask: (N, L, L), for all heads; bool (True: not looked at) or float32 (added to the scores).
        - Src_key_padding_mask: (N, L), likewise.
        - Output: as src.

    Source: torch.nn.TransformerEncoder, whose layers begin with equal weights where these begin with different ones;
    Devlin et al., "BERT: pre-training of deep bidirectional transformers" (2018).
    """

    kind: ClassVar[str] = "TransformerEncoder"
    main: ClassVar[tuple[str, ...]] = ("nhead", "num_layers", "dim_feedforward")
    inputs: ClassVar[tuple[Port, ...]] = (SRC, Port("mask", True, help=SRC_MASK.help), SRC_PADDING)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((STEPS, None, None), {"nhead": 2, "dim_feedforward": 16, "batch_first": True}),
        Example(
            (TensorSpec((5, "N", 6)), None, TensorSpec(("N", 5), "bool")),
            {
                "nhead": 3,
                "dim_feedforward": 10,
                "norm_first": True,
                "norm": True,
                "num_layers": 3,
                "bias": False,
            },
        ),
        Example(
            (TensorSpec(("N", 4, 8)), TensorSpec(("N", 4, 4)), None),
            {"nhead": 4, "dim_feedforward": 12, "batch_first": True, "num_layers": 1, "norm": True},
        ),
        Example(
            (STEPS, None, None),
            {"nhead": 2, "dim_feedforward": 16, "batch_first": True, "is_causal": True, "activation": "gelu"},
        ),
    )

    num_layers: int = param(2, min=1, help=LAYERS)
    norm: bool = NORM
    is_causal: bool = param(False, help=CAUSAL)

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """So many layers, and the norm behind them."""
        width = count(self.wired(specs[0]).shape[2:])
        layer = self._encoder_layer(width, self._length(specs[0]))
        return stacked(layer, self.num_layers, self._norms(int(self.norm), width))


# -- What writes -----------------------------------------------------------------------------------------------


class _Decoder(TransformerBase):
    """Layers and stacks that write one sequence while they look at another."""

    inputs: ClassVar[tuple[Port, ...]] = (TGT, MEMORY, *TARGET_MASKS)
    initial: ClassVar[dict[str, Value]] = {**TransformerBase.initial, "tgt_is_causal": True}

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came to tgt."""
        spec, batch, steps, attended = self._pair(specs[0], specs[1], "memory")
        check_target_masks(self, specs[2:], batch, steps, attended)
        return spec


class TransformerDecoderLayer(_Decoder):
    """Lets the steps of one sequence attend to each other and to another sequence, then transforms each by itself.

    Shape (with batch_first; else N and the steps change places):
        - Tgt: (N, T, d_model); d_model comes from the wire. Memory: (N, S, d_model).
        - Tgt_mask: (N, T, T), memory_mask: (N, T, S), for all heads; bool (True: not looked at) or float32 (added to
          the scores).
        - Tgt_key_padding_mask: (N, T), memory_key_padding_mask: (N, S), likewise.
        - Output: as tgt.

    Source: torch.nn.TransformerDecoderLayer; Vaswani et al., "Attention is all you need" (2017); norm_first: Xiong et
    al., "On layer normalization in the transformer architecture" (2020).
    """

    kind: ClassVar[str] = "TransformerDecoderLayer"
    torch_class: ClassVar[str] = "TransformerDecoderLayer"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((STEPS, OTHERS, *NO_MASKS), {"nhead": 2, "dim_feedforward": 16, "batch_first": True}),
        Example(
            (
                TensorSpec((5, "N", 6)),
                TensorSpec((4, "N", 6)),
                None,
                None,
                TensorSpec(("N", 5), "bool"),
                TensorSpec(("N", 4), "bool"),
            ),
            {"nhead": 3, "dim_feedforward": 10, "norm_first": True, "bias": False, "tgt_is_causal": True},
        ),
        Example(
            (
                TensorSpec(("N", 4, 8)),
                TensorSpec(("N", 3, 8)),
                TensorSpec(("N", 4, 4)),
                TensorSpec(("N", 4, 3), "bool"),
                None,
                None,
            ),
            {"nhead": 4, "dim_feedforward": 12, "activation": "gelu", "batch_first": True},
        ),
        Example(
            (STEPS, OTHERS, *NO_MASKS),
            {
                "nhead": 2,
                "dim_feedforward": 16,
                "batch_first": True,
                "tgt_is_causal": True,
                "memory_is_causal": True,
            },
        ),
    )

    tgt_is_causal: bool = TGT_CAUSAL
    memory_is_causal: bool = MEMORY_CAUSAL

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters of torch's class with d_model from the wire."""
        return without(super().arguments(*specs), "tgt_is_causal", "memory_is_causal")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The layer of torch, which makes its own masks where it is causal."""
        from netdesigner.compiler.operations import attention

        return attention.TransformerDecoderLayer(
            tgt_is_causal=self.tgt_is_causal,
            memory_is_causal=self.memory_is_causal,
            **self.arguments(*specs),
        )

    def call(self, module: str, *arguments: str) -> str:
        """One use; the masks of a causal layer are made on the spot."""
        tgt, memory, *masks = (*arguments, *["None"] * (6 - len(arguments)))
        causal = {"tgt_is_causal": self.tgt_is_causal, "memory_is_causal": self.memory_is_causal}
        masks[0] = mask_source(self, masks[0], tgt, tgt, self.tgt_is_causal)
        masks[1] = mask_source(self, masks[1], tgt, memory, self.memory_is_causal)
        named = dict(zip((port.name for port in self.inputs[2:]), masks, strict=True))
        return call(module, [tgt, memory], named, causal)

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """Two attentions, a hidden layer at every step, and three norms."""
        width = count(self.wired(specs[0]).shape[2:])
        return self._decoder_layer(width, self._length(specs[0]), self._length(specs[1]))


class TransformerDecoder(_Decoder):
    """Writes a sequence with several decoder layers on top of each other, all of which look at the same memory.

    Shape (with batch_first; else N and the steps change places):
        - Tgt: (N, T, d_model); d_model comes from the wire. Memory: (N, S, d_model).
        - Tgt_mask: (N, T, T), memory_mask: (N, T, S), for all heads; bool (True: not looked at) or float32 (added to
          the scores).
        - Tgt_key_padding_mask: (N, T), memory_key_padding_mask: (N, S), likewise.
        - Output: as tgt.

    Source: torch.nn.TransformerDecoder, whose layers begin with equal weights where these begin with different ones;
    Vaswani et al., "Attention is all you need" (2017).
    """

    kind: ClassVar[str] = "TransformerDecoder"
    main: ClassVar[tuple[str, ...]] = ("nhead", "num_layers", "dim_feedforward")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((STEPS, OTHERS, *NO_MASKS), {"nhead": 2, "dim_feedforward": 16, "batch_first": True}),
        Example(
            (
                TensorSpec((5, "N", 6)),
                TensorSpec((4, "N", 6)),
                None,
                None,
                None,
                TensorSpec(("N", 4), "bool"),
            ),
            {"nhead": 3, "dim_feedforward": 10, "norm_first": True, "norm": True, "tgt_is_causal": True},
        ),
        Example(
            (TensorSpec(("N", 4, 8)), TensorSpec(("N", 3, 8)), TensorSpec(("N", 4, 4)), None, None, None),
            {
                "nhead": 4,
                "dim_feedforward": 12,
                "batch_first": True,
                "num_layers": 1,
                "bias": False,
                "norm": True,
            },
        ),
    )

    num_layers: int = param(2, min=1, help=LAYERS)
    norm: bool = NORM
    tgt_is_causal: bool = TGT_CAUSAL
    memory_is_causal: bool = MEMORY_CAUSAL

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """So many layers, and the norm behind them."""
        width = count(self.wired(specs[0]).shape[2:])
        layer = self._decoder_layer(width, self._length(specs[0]), self._length(specs[1]))
        return stacked(layer, self.num_layers, self._norms(int(self.norm), width))


# -- Both ------------------------------------------------------------------------------------------------------


class Transformer(TransformerBase):
    """Reads one sequence and writes another: a stack of encoder layers whose result a stack of decoder layers looks at.

    Both stacks end with a norm.

    Shape (with batch_first; else N and the steps change places):
        - Src: (N, S, d_model); d_model comes from the wire. Tgt: (N, T, d_model).
        - Src_mask: (N, S, S), tgt_mask: (N, T, T), memory_mask: (N, T, S), for all heads; bool (True: not looked at)
          or float32 (added to the scores).
        - Src_key_padding_mask, memory_key_padding_mask: (N, S), tgt_key_padding_mask: (N, T), likewise.
        - Output: as tgt.

    Source: torch.nn.Transformer; Vaswani et al., "Attention is all you need" (2017).
    """

    kind: ClassVar[str] = "Transformer"
    main: ClassVar[tuple[str, ...]] = (
        "nhead",
        "num_encoder_layers",
        "num_decoder_layers",
        "dim_feedforward",
    )
    inputs: ClassVar[tuple[Port, ...]] = (
        SRC,
        TGT,
        SRC_MASK,
        *TARGET_MASKS[:2],
        SRC_PADDING,
        *TARGET_MASKS[2:],
    )
    initial: ClassVar[dict[str, Value]] = {
        **_Decoder.initial,
        "num_encoder_layers": 2,
        "num_decoder_layers": 2,
    }
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            (OTHERS, STEPS, *[None] * 6),
            {
                "nhead": 2,
                "num_encoder_layers": 1,
                "num_decoder_layers": 2,
                "dim_feedforward": 16,
                "batch_first": True,
                "tgt_is_causal": True,
            },
        ),
        Example(
            (
                TensorSpec((4, "N", 6)),
                TensorSpec((5, "N", 6)),
                None,
                None,
                None,
                TensorSpec(("N", 4), "bool"),
                None,
                TensorSpec(("N", 4), "bool"),
            ),
            {
                "nhead": 3,
                "num_encoder_layers": 2,
                "num_decoder_layers": 1,
                "dim_feedforward": 10,
                "norm_first": True,
                "bias": False,
            },
        ),
        Example(
            (
                TensorSpec(("N", 3, 8)),
                TensorSpec(("N", 4, 8)),
                TensorSpec(("N", 3, 3)),
                TensorSpec(("N", 4, 4)),
                TensorSpec(("N", 4, 3)),
                None,
                None,
                None,
            ),
            {
                "nhead": 4,
                "num_encoder_layers": 1,
                "num_decoder_layers": 1,
                "dim_feedforward": 12,
                "activation": "gelu",
                "batch_first": True,
            },
        ),
    )

    nhead: int = param(8, min=1, help="how many attentions run side by side; divides the number of features")
    num_encoder_layers: int = param(6, min=1, help="encoder layers on top of each other")
    num_decoder_layers: int = param(6, min=1, help="decoder layers on top of each other")
    src_is_causal: bool = param(
        False, help="no step of src looks at a later one of it; seldom wanted", advanced=True
    )
    tgt_is_causal: bool = TGT_CAUSAL
    memory_is_causal: bool = MEMORY_CAUSAL

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came to tgt."""
        src, tgt, src_mask, tgt_mask, memory_mask, src_padding, *paddings = specs
        spec, batch, steps, attended = self._pair(tgt, src, "src")
        masks = ("src_mask", src_mask), ("src_key_padding_mask", src_padding)
        check_masks(self, *masks, batch, (attended, attended), self.src_is_causal, "src_is_causal")
        check_target_masks(self, (tgt_mask, memory_mask, *paddings), batch, steps, attended)
        return spec

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """Both stacks, each with its norm."""
        width, read, written = (
            count(self.wired(specs[0]).shape[2:]),
            self._length(specs[0]),
            self._length(specs[1]),
        )
        norm = self._norms(1, width)
        return cost_of_all(
            stacked(self._encoder_layer(width, read), self.num_encoder_layers, norm),
            stacked(self._decoder_layer(width, written, read), self.num_decoder_layers, norm),
        )


# -- Source for people -----------------------------------------------------------------------------------------
