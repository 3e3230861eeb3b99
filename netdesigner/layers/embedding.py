"""A table of learned vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.tensor import Dim, TensorSpec

__all__ = ["Embedding"]


class Embedding(Layer):
    """Looks up a learned vector for each whole number, such as the number of a word.

    Shape:
        - Input: (N, ...) int64, each from 0 to num_embeddings − 1.
        - Output: (N, ..., embedding_dim) float32.

    Source: torch.nn.Embedding; Bengio et al., "A neural probabilistic language model" (2003).
    """

    kind: ClassVar[str] = "Embedding"
    category: ClassVar[str] = "Embedding"
    torch_class: ClassVar[str] = "Embedding"
    main: ClassVar[tuple[str, ...]] = ("num_embeddings", "embedding_dim")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T"), "int64"),), {"num_embeddings": 20, "embedding_dim": 8}),
        Example((TensorSpec(("N",), "int64"),), {"num_embeddings": 5, "embedding_dim": 3, "padding_idx": 0}),
        Example(
            (TensorSpec(("N", 4, 3), "int64"),), {"num_embeddings": 9, "embedding_dim": 2, "max_norm": 0.5}
        ),
    )

    num_embeddings: int = param(1000, min=1, help="how many different numbers there are, such as words")
    embedding_dim: int = param(64, min=1, help="length of each vector")
    padding_idx: int | None = param(
        None, help="the number whose vector stays zero, such as filling", advanced=True
    )
    max_norm: float | None = param(
        None, above=0, help="longer vectors are shortened to this length", advanced=True
    )
    norm_type: float = param(
        2.0, above=0, help="which norm max_norm means: 2 is the usual length", advanced=True
    )
    scale_grad_by_freq: bool = param(
        False, help="divide each vector's gradient by how often it occurs in the batch", advanced=True
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A vector for each number."""
        spec = self.wired(specs[0])
        if spec.dtype not in ("int64", "int32"):
            shape = TensorSpec(spec.shape)
            message = f"Embedding takes whole numbers (int64), but gets {shape} of {spec.dtype}"
            raise ShapeError(message, port="input")
        if (
            self.padding_idx is not None
            and not -self.num_embeddings <= self.padding_idx < self.num_embeddings
        ):
            message = f"Embedding has padding_idx {self.padding_idx}, but only {self.num_embeddings} vectors"
            raise ShapeError(message, changes=({"padding_idx": 0}, {"padding_idx": None}))
        return TensorSpec((*spec.shape, self.embedding_dim), "float32")

    def index_limits(self, *specs: TensorSpec | None) -> tuple[Dim | None, ...]:
        """A vector for each number."""
        return (self.num_embeddings,)

    def weights(self, *specs: TensorSpec | None) -> Mapping[str, tuple[int, ...]]:
        """The table, which may be the matrix of a Linear that gives a number for each word."""
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The table; looking up multiplies nothing."""
        return Cost(self.num_embeddings * self.embedding_dim)
