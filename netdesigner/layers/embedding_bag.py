"""A table of learned vectors that are brought together."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.tensor import Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["EmbeddingBag"]

_WORDS = TensorSpec(("N", "T"), "int64")


class EmbeddingBag(Layer):
    """Looks up a learned vector for each whole number and takes their mean, sum or maximum, one vector a sample.

    Torch's other form, in which all samples stand in one row and offsets say where each begins, has no batch; samples
    of different lengths are filled up with the number that padding_idx names instead.

    Shape:
        - Input: (N, L) int64, each from 0 to num_embeddings − 1.
        - Per_sample_weights: (N, L) float32.
        - Output: (N, embedding_dim) float32.

    Source: torch.nn.EmbeddingBag; Joulin et al., "Bag of tricks for efficient text classification" (2016).
    """

    kind: ClassVar[str] = "EmbeddingBag"
    category: ClassVar[str] = "Embedding"
    torch_class: ClassVar[str] = "EmbeddingBag"
    main: ClassVar[tuple[str, ...]] = ("num_embeddings", "embedding_dim", "mode")
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input", help="the whole numbers of each sample, such as those of its words"),
        Port(
            "per_sample_weights",
            optional=True,
            help="how much each number counts, in mode sum; all the same if empty",
        ),
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example((_WORDS, None), {"num_embeddings": 20, "embedding_dim": 8}),
        Example((_WORDS, TensorSpec(("N", "T"))), {"num_embeddings": 9, "embedding_dim": 3, "mode": "sum"}),
        Example(
            (TensorSpec(("N", 6), "int64"), None),
            {"num_embeddings": 5, "embedding_dim": 4, "mode": "max", "padding_idx": -1},
        ),
        Example(
            (TensorSpec(("N", 6), "int64"), None),
            {"num_embeddings": 5, "embedding_dim": 4, "padding_idx": 0, "max_norm": 0.5},
        ),
    )

    num_embeddings: int = param(1000, min=1, help="how many different numbers there are, such as words")
    embedding_dim: int = param(64, min=1, help="length of each vector")
    max_norm: float | None = param(
        None, above=0, help="longer vectors are shortened to this length", advanced=True
    )
    norm_type: float = param(
        2.0, above=0, help="which norm max_norm means: 2 is the usual length", advanced=True
    )
    scale_grad_by_freq: bool = param(
        False, help="divide each vector's gradient by how often it occurs in the batch", advanced=True
    )
    mode: str = param(
        "mean",
        choices=("mean", "sum", "max"),
        help="what is made of a sample's vectors; sum alone can weigh them",
    )
    padding_idx: int | None = param(
        None, help="the number whose vector takes no part, such as filling", advanced=True
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A vector for each sample."""
        spec = self.wired(specs[0])
        if spec.dtype not in ("int64", "int32"):
            message = (
                f"EmbeddingBag takes whole numbers (int64), but gets {TensorSpec(spec.shape)} of {spec.dtype}"
            )
            raise ShapeError(message, port="input")
        if spec.rank != 2:
            raise ShapeError(f"EmbeddingBag takes 2 axes (N, L), but gets {spec}", port="input")
        self._check_weights(spec, specs[1])
        self._check()
        return TensorSpec((spec.shape[0], self.embedding_dim))

    def _check_weights(self, spec: TensorSpec, weights: TensorSpec | None) -> None:
        port = "per_sample_weights"
        if weights is None:
            return
        if self.need(weights, port=port).shape != spec.shape:
            message = f"EmbeddingBag needs a weight for each number of {spec}, but gets {weights}"
            raise ShapeError(message, port=port)
        if self.mode != "sum":
            message = f"EmbeddingBag weighs vectors in mode sum only, not in mode {self.mode}"
            raise ShapeError(message, port=port, changes=({"mode": "sum"},))

    def _check(self) -> None:
        most = self.num_embeddings
        if self.padding_idx is not None and not -most <= self.padding_idx < most:
            message = f"EmbeddingBag has padding_idx {self.padding_idx}, but only {most} vectors"
            raise ShapeError(message, changes=({"padding_idx": 0}, {"padding_idx": None}))
        if self.mode == "max" and self.scale_grad_by_freq:
            message = "EmbeddingBag cannot divide gradients by frequency in mode max"
            raise ShapeError(message, changes=({"scale_grad_by_freq": False}, {"mode": "mean"}))

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The layer of torch without offsets."""
        from netdesigner.compiler.operations import embedding

        return embedding.EmbeddingBag(**self.arguments(*specs))

    def call(self, module: str, *arguments: str) -> str:
        """One use; torch takes the weights by name."""
        weighed = len(arguments) > 1 and arguments[1] != "None"
        named = f", per_sample_weights={arguments[1]}" if weighed else ""
        return f"{module}({arguments[0]}{named})"

    def index_limits(self, *specs: TensorSpec | None) -> tuple[Dim | None, ...]:
        """A vector for each number."""
        return (self.num_embeddings,)

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The table; looking up and bringing together multiplies nothing that is counted."""
        return Cost(self.num_embeddings * self.embedding_dim)
