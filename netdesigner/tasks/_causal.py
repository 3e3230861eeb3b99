"""Whether a network is told by later places of a text what it should say of earlier ones. Not a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdesigner.errors import TrainingError
from netdesigner.parts.task import answer_of

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["refuse_foresight"]

_ROUNDING = 1e-4


def refuse_foresight(network: nn.Module, input: Tensor) -> None:
    """Tries whether what a network says of a place depends on the last token that comes in.

    Args:
        network: in training mode, in which it is left; gives [N, T, K] for the last T tokens, alone or beside numbers.
        input: [N, S] int64; their last token is replaced by another.

    Raises:
        TrainingError: it does.
    """
    import torch

    other = input.clone()
    other[:, -1] = torch.where(input[:, -1] == 0, 1, 0)
    network.eval()
    with torch.no_grad():
        one, two = (answer_of(network(tokens))[:, :-1].float() for tokens in (input, other))
    network.train()
    if not torch.allclose(one, two, rtol=_ROUNDING, atol=_ROUNDING):
        raise TrainingError(
            "the network sees what it should foretell: another token at the end of a text changes what it says of "
            "the places before",
            advice=(
                "Let attention be causal, and recurrent and convolutional layers look at the past only.",
            ),
        )
