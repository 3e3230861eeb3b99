"""Transformers: the layers they are stacked from, and whole stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import check_heads, check_masks, count, sequence
from netdesigner.parts.tensor import Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
]

_SRC = Port("src", help="the sequence that is read")
_SRC_MASK = Port(
    "src_mask",
    optional=True,
    help="True where a step does not look at another one, (N, L, L); numbers are added to the scores",
)
_SRC_PADDING = Port(
    "src_key_padding_mask",
    optional=True,
    help="True where a step of src is mere filling that nobody looks at, (N, L)",
)
_TGT = Port("tgt", help="the sequence that is written, as far as it is known")
_MEMORY = Port("memory", help="the sequence that is looked up, such as what an encoder gives")
_TARGET_MASKS = (
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

_CAUSAL = "no step looks at a later one, as for predicting what comes next"
_TGT_CAUSAL = param(
    False, help="no step of tgt looks at a later one of it, as for predicting what comes next"
)
_MEMORY_CAUSAL = param(
    False, help="no step of tgt looks at a later one of memory; seldom wanted", advanced=True
)
_LAYERS = "layers on top of each other, each with weights of its own"
_NORM = param(False, help="normalise what the last layer gives; needed with norm_first")

_STEPS = TensorSpec(("N", "T", 8))
_OTHERS = TensorSpec(("N", "S", 8))
_NO_MASKS = (None,) * 4


class _Transformer(Layer):
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
        found = _sum(self._attention(width, steps, steps), self._feedforward(width, steps))
        return Cost(found.parameters + self._norms(2, width), found.macs)

    def _decoder_layer(self, width: int, steps: int, attended: int) -> Cost:
        found = _sum(
            self._attention(width, steps, steps),
            self._attention(width, steps, attended),
            self._feedforward(width, steps),
        )
        return Cost(found.parameters + self._norms(3, width), found.macs)


def _sum(*costs: Cost) -> Cost:
    return Cost(sum(cost.parameters for cost in costs), sum(cost.macs for cost in costs))


def _stacked(layer: Cost, number: int, norms: int = 0) -> Cost:
    """So many layers, and the learned numbers of what follows them."""
    return Cost(number * layer.parameters + norms, number * layer.macs)


# -- What reads ------------------------------------------------------------------------------------------------


class _Encoder(_Transformer):
    """Layers and stacks that read one sequence."""

    inputs: ClassVar[tuple[Port, ...]] = (_SRC, _SRC_MASK, _SRC_PADDING)

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
        Example((_STEPS, None, None), {"nhead": 2, "dim_feedforward": 16, "batch_first": True}),
        Example(
            (TensorSpec((5, "N", 6)), None, TensorSpec(("N", 5), "bool")),
            {"nhead": 3, "dim_feedforward": 10, "activation": "gelu", "norm_first": True, "bias": False},
        ),
        Example(
            (TensorSpec(("N", 4, 8)), TensorSpec(("N", 4, 4)), TensorSpec(("N", 4))),
            {"nhead": 4, "dim_feedforward": 12, "batch_first": True},
        ),
        Example(
            (_STEPS, None, None),
            {"nhead": 2, "dim_feedforward": 16, "batch_first": True, "is_causal": True, "dropout": 0.0},
        ),
    )

    is_causal: bool = param(False, help=_CAUSAL)

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters of torch's class with d_model from the wire."""
        return _without(super().arguments(*specs), "is_causal")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The layer of torch, which makes its own mask where it is causal."""
        from netdesigner.compiler.operations import attention

        return attention.TransformerEncoderLayer(is_causal=self.is_causal, **self.arguments(*specs))

    def call(self, module: str, *arguments: str) -> str:
        """One use; the mask of a causal layer is made on the spot."""
        src, mask, padding = (*arguments, *["None"] * (3 - len(arguments)))
        mask = _mask_source(self, mask, src, src, self.is_causal)
        named = {"src_mask": mask, "src_key_padding_mask": padding}
        return _call(module, [src], named, {"is_causal": self.is_causal})

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
    inputs: ClassVar[tuple[Port, ...]] = (_SRC, Port("mask", True, help=_SRC_MASK.help), _SRC_PADDING)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((_STEPS, None, None), {"nhead": 2, "dim_feedforward": 16, "batch_first": True}),
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
            (_STEPS, None, None),
            {"nhead": 2, "dim_feedforward": 16, "batch_first": True, "is_causal": True, "activation": "gelu"},
        ),
    )

    num_layers: int = param(2, min=1, help=_LAYERS)
    norm: bool = _NORM
    is_causal: bool = param(False, help=_CAUSAL)

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """So many layers, and the norm behind them."""
        width = count(self.wired(specs[0]).shape[2:])
        layer = self._encoder_layer(width, self._length(specs[0]))
        return _stacked(layer, self.num_layers, self._norms(int(self.norm), width))


# -- What writes -----------------------------------------------------------------------------------------------


class _Decoder(_Transformer):
    """Layers and stacks that write one sequence while they look at another."""

    inputs: ClassVar[tuple[Port, ...]] = (_TGT, _MEMORY, *_TARGET_MASKS)
    initial: ClassVar[dict[str, Value]] = {**_Transformer.initial, "tgt_is_causal": True}

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came to tgt."""
        spec, batch, steps, attended = self._pair(specs[0], specs[1], "memory")
        _check_target_masks(self, specs[2:], batch, steps, attended)
        return spec


def _check_target_masks(
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
        Example((_STEPS, _OTHERS, *_NO_MASKS), {"nhead": 2, "dim_feedforward": 16, "batch_first": True}),
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
            (_STEPS, _OTHERS, *_NO_MASKS),
            {
                "nhead": 2,
                "dim_feedforward": 16,
                "batch_first": True,
                "tgt_is_causal": True,
                "memory_is_causal": True,
            },
        ),
    )

    tgt_is_causal: bool = _TGT_CAUSAL
    memory_is_causal: bool = _MEMORY_CAUSAL

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters of torch's class with d_model from the wire."""
        return _without(super().arguments(*specs), "tgt_is_causal", "memory_is_causal")

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
        masks[0] = _mask_source(self, masks[0], tgt, tgt, self.tgt_is_causal)
        masks[1] = _mask_source(self, masks[1], tgt, memory, self.memory_is_causal)
        named = dict(zip((port.name for port in self.inputs[2:]), masks, strict=True))
        return _call(module, [tgt, memory], named, causal)

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
        Example((_STEPS, _OTHERS, *_NO_MASKS), {"nhead": 2, "dim_feedforward": 16, "batch_first": True}),
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

    num_layers: int = param(2, min=1, help=_LAYERS)
    norm: bool = _NORM
    tgt_is_causal: bool = _TGT_CAUSAL
    memory_is_causal: bool = _MEMORY_CAUSAL

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """So many layers, and the norm behind them."""
        width = count(self.wired(specs[0]).shape[2:])
        layer = self._decoder_layer(width, self._length(specs[0]), self._length(specs[1]))
        return _stacked(layer, self.num_layers, self._norms(int(self.norm), width))


# -- Both ------------------------------------------------------------------------------------------------------


class Transformer(_Transformer):
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
        _SRC,
        _TGT,
        _SRC_MASK,
        *_TARGET_MASKS[:2],
        _SRC_PADDING,
        *_TARGET_MASKS[2:],
    )
    initial: ClassVar[dict[str, Value]] = {
        **_Decoder.initial,
        "num_encoder_layers": 2,
        "num_decoder_layers": 2,
    }
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            (_OTHERS, _STEPS, *[None] * 6),
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
    tgt_is_causal: bool = _TGT_CAUSAL
    memory_is_causal: bool = _MEMORY_CAUSAL

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came to tgt."""
        src, tgt, src_mask, tgt_mask, memory_mask, src_padding, *paddings = specs
        spec, batch, steps, attended = self._pair(tgt, src, "src")
        masks = ("src_mask", src_mask), ("src_key_padding_mask", src_padding)
        check_masks(self, *masks, batch, (attended, attended), self.src_is_causal, "src_is_causal")
        _check_target_masks(self, (tgt_mask, memory_mask, *paddings), batch, steps, attended)
        return spec

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """Both stacks, each with its norm."""
        width, read, written = (
            count(self.wired(specs[0]).shape[2:]),
            self._length(specs[0]),
            self._length(specs[1]),
        )
        norm = self._norms(1, width)
        return _sum(
            _stacked(self._encoder_layer(width, read), self.num_encoder_layers, norm),
            _stacked(self._decoder_layer(width, written, read), self.num_decoder_layers, norm),
        )


# -- Source for people -----------------------------------------------------------------------------------------


def _without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}


def _mask_source(layer: _Transformer, mask: str, asking: str, attended: str, is_causal: bool) -> str:
    """The source of a mask over pairs of steps as torch takes it."""
    if is_causal:
        axis = 1 if layer.batch_first else 0
        steps = f"{asking}.shape[{axis}], {attended}.shape[{axis}]"
        return f"torch.ones({steps}, dtype=torch.bool, device={asking}.device).triu(1)"
    return f"{mask}.repeat_interleave({layer.nhead}, dim=0)" if mask != "None" and layer.nhead > 1 else mask


def _call(module: str, given: list[str], masks: dict[str, str], causal: dict[str, bool]) -> str:
    """A call with the masks that there are and the hints that are on."""
    named = [f"{name}={text}" for name, text in masks.items() if text != "None"]
    hints = [f"{name}=True" for name, on in causal.items() if on]
    return f"{module}({', '.join([*given, *named, *hints])})"
