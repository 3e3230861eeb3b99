"""Contrastive pairs: which samples and texts belong together, told by two networks that never see both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.given import Given
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import Bars, Matrix, Preview, Table
from netdesigner.parts.task import Curve, Task, answer_of, with_further
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["ContrastivePairs"]

_IMAGE, _TEXT = "image", "text"
_SHOWN = 50
_LABELS = 40
"""So many texts are shown as a matrix at most."""


class ContrastivePairs(Task):
    """Two networks learn vectors of samples and of texts that point the same way where both belong together.

    The score of a sample and a text is the product of their vectors. In a batch, each sample is to find its text among
    all texts and each text its sample among all samples, by the cross-entropy of the softmax of the scores; where
    several samples have the same text, each counts alike. Vectors of length 1 and a learned number that scales one of
    them are layers of the networks.

    Further Outputs of one number, without a batch axis, are added to the loss.

    Shape:
        image: input a sample of the data; output [N, D]. text: input [N, T] int64, the tokens that are the targets of
        the data; output [N, D].

    Source:
        A. Radford et al., Learning transferable visual models from natural language supervision, ICML 2021; J. Yang et
        al., Unified contrastive learning in image-text-label space, CVPR 2022, for texts that occur more than once.
    """

    kind: ClassVar[str] = "contrastive_pairs"
    title: ClassVar[str] = "Contrastive pairs"
    roles: ClassVar[tuple[str, ...]] = (_IMAGE, _TEXT)
    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Loss"),
        Curve("retrieval", "Texts found in the batch", better="higher", percent=True),
    )
    monitor: ClassVar[str] = "loss"

    # ---------------------------------------------------------------------------------------------------- checks

    def given_to(self, role: str, data: DataSpec | None) -> tuple[Given, ...]:
        """A sample, or its text."""
        if role != _TEXT:
            return self.given(data)
        return (Given("a text of the data", data.target if data is not None else None),)

    def role_misfits(
        self, role: str, outputs: Mapping[str, TensorSpec], data: DataSpec, last_kind: str
    ) -> Iterator[Misfit]:
        """Why a tower cannot be trained; empty where it can."""
        del last_kind
        if data.target.rank != 2 or data.target.is_float or not data.classes:
            if role == _TEXT:
                message = f"{self.title} learns samples with texts, but the targets are {data.target}"
                yield Misfit("ND421", f"{message}; choose data with texts, or another task")
            return
        output, other = outputs[role], outputs.get(_IMAGE if role == _TEXT else _TEXT)
        if output.rank != 2 or output.shape[0] != BATCH or not output.is_float:
            message = f"A tower gives one vector a sample, [{BATCH}, D], but the output of {role} is {output}"
            length = other.shape[1] if other is not None and other.rank == 2 else None
            yield Misfit("ND420", message, features=length if isinstance(length, int) else None)
        elif role == _TEXT and other is not None and other.rank == 2 and other.shape[1] != output.shape[1]:
            message = f"Both towers give vectors of one length, but image gives {other} and text {output}"
            length = other.shape[1]
            yield Misfit("ND420", message, features=length if isinstance(length, int) else None)

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Makes vectors of samples, or of texts, and tells which belong together."""
        from netdesigner.evaluation.usage import text_vectors, vectors

        del data
        return text_vectors.main if role == _TEXT else vectors.main

    def usage(self) -> str:
        """How the two networks go together."""
        return "A sample and a text belong together the more, the larger the product of both networks' vectors is."

    # -------------------------------------------------------------------------------------------------- training

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        """The mean of both cross-entropies, and the share of samples that find their text among those of the batch."""
        from torch.nn import functional as F

        given = {_IMAGE: networks[_IMAGE](batch.input), _TEXT: networks[_TEXT](batch.target)}
        samples, texts = (answer_of(tensors).float() for tensors in given.values())
        scores = samples @ texts.T
        same = (batch.target[:, None] == batch.target).all(-1)
        wanted = same / same.sum(1, keepdim=True)
        loss = (F.cross_entropy(scores, wanted) + F.cross_entropy(scores.T, wanted)) / 2
        for role, tensors in given.items():
            loss = with_further(networks[role], tensors, loss)["loss"]
        if not measure:
            return {"loss": loss}
        found = same.gather(1, scores.detach().argmax(1, keepdim=True))
        return {"loss": loss, "retrieval": found.float().mean()}

    # --------------------------------------------------------------------------------------------------- judging

    def answers(self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor) -> Tensor:
        """The vectors of samples and texts, one behind the other: [N, 2D]."""
        import torch

        return torch.cat([_vectors(networks[_IMAGE], input), _vectors(networks[_TEXT], target)], dim=1)

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """The shares of samples that find their text, first or among the best five, and of texts that find a sample.

        Args:
            output: [N, 2D], as of `answers`.
            target: [N, T] tokens.
            data: the names of the tokens.
        """
        import numpy as np

        scores, texts, own = _scores(output, target)
        names = [_spelled(target[row], data) for row in texts]
        # Texts with the same score stand in their order: networks that give all the same are not to find every text.
        place = (np.argsort(-scores, axis=1, kind="stable") == own[:, np.newaxis]).argmax(axis=1)
        measures = {"retrieval": float((place == 0).mean()), "retrieval_top5": float((place < 5).mean())}
        measures["retrieval_of_samples"] = float((own[scores.argmax(axis=0)] == np.arange(len(texts))).mean())
        said = scores.argmax(axis=1)
        shares = Bars(
            "Samples that find their text",
            tuple(names[:_LABELS]),
            tuple(float((said[own == text] == text).mean()) for text in range(min(_LABELS, len(texts)))),
        )
        if len(texts) <= _LABELS:
            counts = np.zeros((len(texts), len(texts)))
            np.add.at(counts, (own, said), 1)
            rows = tuple(tuple(float(count) for count in row) for row in counts)
            return measures, (Matrix("Texts found", "true", "found", tuple(names), rows), shares)
        shown = tuple((names[own[row]], names[said[row]]) for row in range(min(_SHOWN, len(own))))
        return measures, (Table("Texts found", ("true", "found"), shown), shares)

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The cross-entropy of each sample over all texts, [N]."""
        import numpy as np

        scores, _, own = _scores(output, target)
        found: np.ndarray = _total(scores) - scores[np.arange(len(scores)), own]
        return found

    def right(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Whether each sample finds its own text among all texts, [N]."""
        scores, _, own = _scores(output, target)
        found: np.ndarray = scores.argmax(axis=1) == own
        return found

    def told(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The tokens of the text that each sample finds, and its share of the softmax over all texts, [N, T + 1]."""
        import numpy as np

        scores, rows, _ = _scores(output, target)
        shares = np.exp(scores.max(axis=1) - _total(scores))
        return np.column_stack([target[rows[scores.argmax(axis=1)]], shares])

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The text of a sample, and the one that it finds with its share of the softmax.

        Args:
            output: [T + 1] of one sample, as of `told`.
            target: [T] its tokens.
            data: the names of the tokens.
        """
        return _spelled(target, data), f"{_spelled(output[:-1].astype(int), data)} ({output[-1]:.2f})"


def _vectors(network: nn.Module, input: Tensor) -> Tensor:
    """What a tower gives, [N, D] float32."""
    found: Tensor = answer_of(network(input))
    return found.float()


def _scores(output: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The scores of samples and different texts, [N, M] in double precision; a row of each text; each sample's text."""
    import numpy as np

    _, rows, own = np.unique(target, axis=0, return_index=True, return_inverse=True)
    samples, texts = np.split(output.astype(np.float64), 2, axis=1)
    return samples @ texts[rows].T, rows, own.reshape(-1)


def _total(scores: np.ndarray) -> np.ndarray:
    """The logarithm of what the exponentials of each sample's scores add up to, [N]."""
    import numpy as np

    highest = scores.max(axis=1)
    found: np.ndarray = highest + np.log(np.exp(scores - highest[:, np.newaxis]).sum(axis=1))
    return found


def _spelled(tokens: np.ndarray, data: DataSpec) -> str:
    """The text that tokens are, without the marks in it."""
    names = (data.classes[token] for token in tokens.tolist() if token >= 0)
    return "".join(name for name in names if len(name) == 1) or "∅"
