"""Sequence to sequence: reading one text and writing another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.evaluation.bleu import bleu
from netdesigner.parts.dataset import END, NO_CLASS, DataSpec
from netdesigner.parts.loss import CLASSES
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import Bars, Preview, Table
from netdesigner.parts.task import Curve, Task, answer_of
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.parts.tokens import text_of
from netdesigner.tasks._causal import refuse_foresight
from netdesigner.tasks._places import kept_of, mean_nats, said_of

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["SequenceToSequence"]

_SHOWN = 50


class SequenceToSequence(Task):
    """Learns to write a text for one that it reads, by the loss of the token at each place: as a rule cross-entropy.

    While it trains, a network sees the right tokens before each place (teacher forcing). It is judged by what it
    writes alone: the most likely token at each place is what it sees at the next one. A network whose
    part that writes sees later places is refused: attention there is causal, and recurrent layers read forwards.

    Further Outputs of one number, without a batch axis, are added to the loss.

    Shape:
        input [N, S + T] int64, S tokens to read and the T before each that is to be written; output [N, T, K] as the
        loss takes it; target [N, T] int64, −100 behind the end of a text, where nothing is learned.

    Source:
        I. Sutskever, O. Vinyals, Q. V. Le, Sequence to sequence learning with neural networks, NeurIPS 2014; R. J.
        Williams, D. Zipser, A learning algorithm for continually running fully recurrent neural networks, Neural
        Computation 1, 1989, for teacher forcing.
    """

    kind: ClassVar[str] = "sequence_to_sequence"
    title: ClassVar[str] = "Sequence to sequence"
    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Loss"),
        Curve("accuracy", "Right tokens", better="higher", percent=True),
        Curve("exact", "Texts without a mistake", better="higher", percent=True),
    )
    monitor: ClassVar[str] = "loss"
    learns: ClassVar[str] = CLASSES
    usual_loss: ClassVar[str] = "CrossEntropyLoss"

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why the output cannot be trained to write; empty where it can."""
        if not data.pairs:
            message = (
                f"Sequence to sequence learns texts for texts, but a sample is {data.input} and {data.target}"
            )
            yield Misfit("ND421", f"{message}; choose data that are pairs of texts, or another task")
            return
        places, count = data.target.shape[1], len(data.classes)
        wanted = self.chosen_loss.features(count)
        features = output.shape[2] if output.rank == 3 else 0
        shapes = " or ".join(f"[{BATCH}, {places}, {number}]" for number in wanted)
        if output.rank != 3 or output.shape[:2] != (BATCH, places) or not output.is_float:
            message = f"Sequence to sequence takes a score a token at each place to write, {shapes}"
            yield Misfit("ND420", f"{message}, but the output is {output}", features=wanted[0])
        elif features not in wanted:
            message = f"There are {count} tokens, for which the loss takes {shapes}"
            message = f"{message}, but the output {output} has {features} scores a place"
            yield Misfit("ND420", message, features=wanted[0])
        known = next((number for number in wanted if number == features), wanted[0])
        yield from self.chosen_loss.misfits(known, last_kind)

    def check_networks(self, networks: Mapping[str, nn.Module], input: Tensor) -> None:
        """Refuses a network that is told by later tokens what to write.

        Args:
            networks: the module under "network".
            input: [N, S + T] int64; their last token is replaced by another.

        Raises:
            TrainingError: what the network says of a place depends on a later one.
        """
        refuse_foresight(networks["network"], input)

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Writes texts."""
        from netdesigner.evaluation.usage import pairs

        del role, data
        return pairs.main

    def measured(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """A mean over the places where something is learned, "accuracy", and one over the texts, "exact"."""
        right, learned = self._said(output) == target, target != NO_CLASS
        return {
            "accuracy": right[learned].float().mean(),
            "exact": (right | ~learned).all(1).float().mean(),
        }

    def paired(self, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Scores [M, K] and tokens [M] of the M places where something is learned, each a sample of its own."""
        learned = target != NO_CLASS
        return output[learned], target[learned]

    def answer(self, network: nn.Module, input: Tensor) -> Tensor:
        """The scores at each place to write where the network sees what it wrote before, [N, T, K].

        At each place it takes the most likely token, in a pass for each place.

        Args:
            network: gives the output, or a tuple of outputs.
            input: [N, S + T] int64; of the tokens to write, only the first is looked at.
        """
        written = input.clone()
        scores: Tensor = answer_of(network(written))
        first = input.shape[1] - scores.shape[1]
        written[:, first:] = input[:, first : first + 1]
        for place in range(scores.shape[1]):
            scores = answer_of(network(written))
            if place + 1 < scores.shape[1]:
                written[:, first + place + 1] = self._said(scores)[:, place]
        return scores

    def _scores(self, output: Tensor) -> Tensor:
        """A score for each token at each place, [N, T, K]."""
        texts, places = output.shape[:2]
        return self.chosen_loss.scores(output.flatten(0, 1)).reshape(texts, places, -1)

    def _said(self, output: Tensor) -> Tensor:
        """The most likely token at each place, [N, T]."""
        return self._scores(output).argmax(-1)

    def answers(self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor) -> Tensor:
        """The tokens that the network writes by itself, and how wrong each place is in nats, [N, T, 2].

        Args:
            networks: the module under "network".
            input, target: as they are trained on.
        """
        return kept_of(self._scores(self.answer(networks["network"], input).float()), target)

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """The shares of texts without a mistake and of right tokens, BLEU; some texts; how far texts are right.

        BLEU is of runs of 1 to 4 tokens, which are what the texts of the data are cut into.

        Args:
            output: [N, T, 2], as of `answers`.
            target: [N, T] tokens.
            data: the names of the tokens.
        """
        said, learned, right = said_of(output), target != NO_CLASS, _right(output, target)
        measures = {
            "exact": float(right.all(axis=1).mean()),
            "accuracy": float(right[learned].mean()),
            "bleu": bleu([_until_end(row) for row in said], [[_until_end(row)] for row in target]),
        }
        rows = tuple(
            (*_texts(said[row], target[row], data), "yes" if right[row].all() else "no")
            for row in range(min(_SHOWN, len(target)))
        )
        shown = Table("What the network writes by itself", ("should be", "written", "right"), rows)
        return measures, (shown, _by_place(right))

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The cross-entropy of each text, a mean over its places, [N], whatever the loss."""
        return mean_nats(output, target)

    def right(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Whether there is no mistake in each text, [N]."""
        import numpy as np

        return np.asarray(_right(output, target).all(axis=1))

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The text that should be written, and the one that the network writes by itself.

        Args:
            output: [T, 2] of one sample.
            target: [T] its tokens.
            data: the names of the tokens.
        """
        return _texts(said_of(output), target, data)

    def read(self, input: np.ndarray, data: DataSpec) -> str:
        """The text to read.

        Args:
            input: [S + T] of one sample.
            data: says how many of them are to be written, and the names of the tokens.
        """
        places = data.target.shape[1]
        assert isinstance(places, int), "pairs have a fixed length"
        return _text(input[:-places], data)


def _right(output: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Whether each token is the right one, [N, T]; behind the end of a text any is."""
    found: np.ndarray = (said_of(output) == target) | (target == NO_CLASS)
    return found


def _texts(said: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
    """What should be written and what was."""
    return _text(target, data), _text(said, data)


def _text(tokens: np.ndarray, data: DataSpec) -> str:
    """The text that tokens are, up to the mark that ends it; ∅ for none."""
    return text_of(data.classes[number] for number in _until_end(tokens)) or "∅"


def _until_end(tokens: np.ndarray) -> list[int]:
    """The tokens before the mark that ends a text."""
    numbers: list[int] = tokens.tolist()
    return numbers[: numbers.index(END)] if END in numbers else numbers


def _by_place(right: np.ndarray) -> Bars:
    """The share of texts that are right up to each place."""
    so_far = right.cumprod(axis=1).mean(axis=0)
    labels = tuple(str(place + 1) for place in range(len(so_far)))
    return Bars("Texts without a mistake up to each token", labels, tuple(float(share) for share in so_far))
