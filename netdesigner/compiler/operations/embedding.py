"""Tables of learned vectors."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["EmbeddingBag"]


class EmbeddingBag(nn.EmbeddingBag):
    """torch's bags of embeddings with the weights as the second input."""

    def forward(  # type: ignore[override]
        self, input: Tensor, per_sample_weights: Tensor | None = None
    ) -> Tensor:
        """Looks up and brings together."""
        if torch.compiler.is_exporting():
            return self._written_out(input, per_sample_weights)
        return super().forward(input, per_sample_weights=per_sample_weights)

    def _written_out(self, input: Tensor, weights: Tensor | None) -> Tensor:
        """The same in plain operations; torch's exporter makes a loop over samples of it."""
        vectors = F.embedding(input, self.weight, None, self.max_norm, self.norm_type)
        counted = torch.ones_like(input, dtype=vectors.dtype)
        if self.padding_idx is not None:
            counted = (input != self.padding_idx).to(vectors.dtype)
        if self.mode == "max":
            hidden = (counted == 0).unsqueeze(-1)
            found = vectors.masked_fill(hidden, -torch.inf).amax(dim=1)
            return found.masked_fill(hidden.all(dim=1), 0.0)
        weights = counted if weights is None else counted * weights
        found = (vectors * weights.unsqueeze(-1)).sum(dim=1)
        return (
            found
            if self.mode == "sum"
            else found / counted.sum(dim=1, keepdim=True).clamp(min=1)
        )
