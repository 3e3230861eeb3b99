"""Language modelling: which token comes next at every place of a text, or which one is hidden there."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.dataset import HIDDEN, NO_CLASS, DataSpec
from netdesigner.parts.loss import CLASSES
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import Preview, Table, Text
from netdesigner.parts.task import Curve, Task, answer_of
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.parts.tokens import characters_in, text_of
from netdesigner.tasks._causal import refuse_foresight
from netdesigner.tasks._places import kept_of, mean_nats, said_of

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["LanguageModel", "MaskedLanguageModel"]

_MOST_FREQUENT = 24
_WRITTEN, _MOST_WRITTEN = 4, 64
"""Texts that a network goes on with by itself, and how far."""
_GAPS, _AROUND = 24, 16
"""How many gaps of a text are shown one by one, and how many tokens on both sides."""
_TEMPERATURE = 0.8
"""Below 1 what is likely is drawn more often than by its chance, which reads better."""
_MOST_NATS = 700.0
"""What the exponential of still is a number."""


class _OfTokens(Task):
    """What both have in common: a token at each place.

    Attributes:
        what: what is learned, in words.
        seen: from what it is to be told.
    """

    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Loss"),
        Curve("bits", "Bits a token"),
        Curve("accuracy", "Accuracy", better="higher", percent=True),
    )
    monitor: ClassVar[str] = "loss"
    learns: ClassVar[str] = CLASSES
    usual_loss: ClassVar[str] = "CrossEntropyLoss"
    what: ClassVar[str]
    seen: ClassVar[str]

    def _unsuited(self, data: DataSpec) -> str:
        """Why texts cannot be learned from, and what to do; "" where they can."""
        raise NotImplementedError

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why the output cannot be trained to say what comes next; empty where it can."""
        count = len(data.classes)
        if not count or data.target.rank != 2:
            given = f"classes {data.target}" if count else f"values {data.target}"
            message = f"{self.what}, but the targets are {given}"
            yield Misfit("ND421", f"{message}; choose a text as the data, or another task")
            return
        places = data.target.shape[1]
        if data.input.shape[1:2] != (places,):
            message = f"{self.what}, but a sample is {data.input} and its targets are {data.target}"
            yield Misfit("ND421", f"{message}; choose a text as the data, or another task")
            return
        if unsuited := self._unsuited(data):
            yield Misfit("ND421", f"{self.what}, but {unsuited}")
            return
        fits = output.rank == 3 and output.is_float and output.shape[0] == BATCH
        if not fits or not (output.shape[1] == places or isinstance(output.shape[1], str)):
            message = f"A {self.title.lower()} gives a score for each token at each place, [{BATCH}, {places}, {count}]"
            yield Misfit("ND420", f"{message}, but the output is {output}", features=count)
        elif output.shape[2] != count:
            message = (
                f"There are {count} tokens, but the output {output} has {output.shape[2]} scores a place"
            )
            yield Misfit("ND420", message, features=count)
        yield from self.chosen_loss.misfits(count, last_kind)

    def measured(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Means over the places of the batch: "bits" and "accuracy"."""
        from torch.nn import functional as F

        answers, wanted = self.paired(output, target)
        scores = self.chosen_loss.scores(answers)
        bits = F.cross_entropy(scores, wanted) / math.log(2)
        return {"bits": bits, "accuracy": (scores.argmax(1) == wanted).float().mean()}

    def paired(self, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Scores [M, K] and tokens [M] of the M places where one is learned: each is a sample of its own."""
        learned = target != NO_CLASS
        return output[learned], target[learned]

    def answers(self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor) -> Tensor:
        """At each place the most likely token, and how wrong that is in nats, [N, T, 2 or more].

        Args:
            networks: the module under "network".
            input: [N, S] tokens.
            target: [N, T] tokens.
        """
        output = self.answer(networks["network"], input)
        scores = self.chosen_loss.scores(output.flatten(0, 1).float())
        return kept_of(scores.view(*target.shape, -1), target)

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """Bits a token and a character, perplexity, accuracy; a text as it is and as foretold; how each token is hit.

        Bits a character tell texts apart from how they are cut into tokens: they are those of all tokens, by the
        characters of which these are made.

        Args:
            output: [N, T, 2], as of `answers`.
            target: [N, T] tokens.
            data: the names of the tokens.
        """
        import numpy as np

        said, learned = said_of(output), target != NO_CLASS
        nats, characters = output[..., 1].sum(dtype=np.float64), _lengths(data)[target[learned]].sum()
        mean = float(nats) / max(1, int(learned.sum()))
        measures = {
            "bits_a_token": mean / math.log(2),
            "bits_a_character": float(nats) / max(1, int(characters)) / math.log(2),
            "perplexity": math.exp(min(mean, _MOST_NATS)),
            "accuracy": float((said == target)[learned].mean()),
        }
        return measures, (*self.shown(output, target, data), _by_token(said, target, data))

    def shown(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[Preview, ...]:
        """A text as it is and as it was told; arguments as of `judge`."""
        true, likely = self.words(output[0], target[0], data)
        return (
            Text("A text that was held out", true),
            Text(f"The most likely token at each of its places, {self.seen}", likely),
        )

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The cross-entropy of each sample in nats, a mean over its places, [N], whatever the loss."""
        return mean_nats(output, target)

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The text, and the most likely token at each of its places; · where none is learned.

        Args:
            output: [T, ...] of one sample, as of `answers`.
            target: [T] its tokens.
            data: the names of the tokens.
        """
        import numpy as np

        said = np.where(target == NO_CLASS, NO_CLASS, said_of(output))
        return _joined(target, data), _joined(said, data)


class LanguageModel(_OfTokens):
    """Learns at every place of a text which token comes next, by the loss that is chosen: as a rule the cross-entropy.

    The loss is a mean over all places, in nats a token with the cross-entropy. Bits a token are the cross-entropy of
    the softmax of the scores whatever the loss; bits a character are the same bits shared among the characters of the
    tokens, so that they can be compared whatever the tokens are. Each window is judged by itself, so its first places
    are foretold from little. Further Outputs of one number, without a batch axis,
    are added to the loss.

    A network that sees later places has nothing to learn and is refused: attention must be causal, and recurrent layers
    read forwards.

    Shape:
        output [N, T, K] as the loss takes it; target [N, T] int64, the token after each place.

    Source:
        Y. Bengio, R. Ducharme, P. Vincent, C. Jauvin, A neural probabilistic language model, JMLR 3, 2003; bits a
        token after C. E. Shannon, Prediction and entropy of printed English, 1951.
    """

    kind: ClassVar[str] = "language_model"
    title: ClassVar[str] = "Language model"
    what: ClassVar[str] = "A language model learns the next token at each place"
    seen: ClassVar[str] = "given the text before"

    def _unsuited(self, data: DataSpec) -> str:
        if HIDDEN not in data.classes:
            return ""
        return (
            "tokens are hidden in the data; set their hidden to 0, or choose the task Masked language model"
        )

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Goes on with texts."""
        from netdesigner.evaluation.usage import language

        del role, data
        return language.main

    def check_networks(self, networks: Mapping[str, nn.Module], input: Tensor) -> None:
        """Refuses a network that is told by later places what comes next.

        Args:
            networks: the module under "network".
            input: [N, T] int64; their last token is replaced by another.

        Raises:
            TrainingError: what the network says of a place depends on a later one.
        """
        refuse_foresight(networks["network"], input)

    def made(self, networks: Mapping[str, nn.Module], input: Tensor, data: DataSpec) -> tuple[Preview, ...]:
        """What the network writes behind the beginnings of held-out texts, each token drawn by its chance.

        Args:
            networks: the module under "network".
            input: [N, T] int64, held-out texts.
            data: the names of the tokens.
        """
        import torch

        if input.ndim != 2 or input.is_floating_point():
            return ()  # what is read are no tokens, so what is written cannot be read on
        texts = input[:_WRITTEN].clone()
        begin = texts.shape[1] // 2
        end = min(texts.shape[1], begin + _MOST_WRITTEN)
        texts[:, begin:] = 0  # what stands there cannot be seen from the places before
        generator = torch.Generator().manual_seed(0)
        for place in range(begin, end):
            scores = self.chosen_loss.scores(answer_of(networks["network"](texts))[:, place - 1].float())
            chances = (scores / _TEMPERATURE).softmax(dim=1).cpu()
            texts[:, place] = torch.multinomial(chances, 1, generator=generator)[:, 0].to(texts.device)
        written = texts.cpu().numpy()
        rows = tuple((_joined(text[:begin], data), _joined(text[begin:end], data)) for text in written)
        return (Table("What it writes by itself", ("behind this text", "it writes"), rows),)


class MaskedLanguageModel(_OfTokens):
    """Learns the tokens that are hidden in a text from those on both sides; all other places do not count.

    The loss is the one that is chosen, as a rule the cross-entropy, and a mean over the hidden places; bits a token as
    of a language model. Further Outputs of one number, without a batch axis, are added to the loss.

    Shape:
        output [N, T, K] as the loss takes it; target [N, T] int64, the token at each hidden place, else −100.

    Source:
        J. Devlin, M.-W. Chang, K. Lee, K. Toutanova, BERT: pre-training of deep bidirectional transformers for language
        understanding, NAACL 2019, section 3.1.
    """

    kind: ClassVar[str] = "masked_language_model"
    title: ClassVar[str] = "Masked language model"
    what: ClassVar[str] = "A masked language model learns the tokens that are hidden in a text"
    seen: ClassVar[str] = "given the text around"

    def _unsuited(self, data: DataSpec) -> str:
        return "" if HIDDEN in data.classes else "none are hidden in the data; say how many in their hidden"

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Fills gaps."""
        from netdesigner.evaluation.usage import gaps

        del role, data
        return gaps.main

    def answers(self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor) -> Tensor:
        """As of a language model, and behind these the token that the network saw at each place, [N, T, 3]."""
        import torch

        kept = super().answers(networks, input, target)
        seen = (
            input if input.shape == target.shape else torch.full_like(target, NO_CLASS)
        )  # these are no tokens
        return torch.cat([kept, seen.to(kept).unsqueeze(-1)], dim=-1)

    def shown(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[Preview, ...]:
        """A text with what was hidden and with what was filled in, and each of its gaps in the text around it."""
        true, filled = self.words(output[0], target[0], data)
        rows = tuple(_gaps(output[0], target[0], data))
        return (
            Text("A text that was held out, with what was hidden in it", true),
            Text("The same text, with what the network fills in", filled),
            Table(f"Its gaps, {self.seen}", ("", "in the text", "filled in", "true"), rows),
        )

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The text with what was hidden between ‹ and ›, and the same with what is filled in there; as above."""
        return _marked(target, output, target, data), _marked(said_of(output), output, target, data)

    def read(self, input: np.ndarray, data: DataSpec) -> str:
        """The text with what is hidden.

        Args:
            input: [T] of one sample.
            data: the names of the tokens.
        """
        return _joined(input, data)


def _marked(tokens: np.ndarray, output: np.ndarray, target: np.ndarray, data: DataSpec) -> str:
    """The text that a network saw, with tokens in its gaps, [T]; what they are in is marked."""
    seen = output[..., 2].astype(int)
    stretches = itertools.groupby(range(len(target)), lambda place: bool(target[place] != NO_CLASS))
    return "".join(
        f"‹{_joined(tokens[[*places]], data)}›" if is_gap else _joined(seen[[*places]], data)
        for is_gap, places in stretches
    )


def _gaps(output: np.ndarray, target: np.ndarray, data: DataSpec) -> Iterator[tuple[str, ...]]:
    """Of the gaps of a text what the network saw around, what it filled in, and what is true."""
    import numpy as np

    said, seen = said_of(output), output[..., 2].astype(int)
    for place in np.flatnonzero(target != NO_CLASS)[:_GAPS]:
        before = _joined(seen[max(0, place - _AROUND) : place], data)
        behind = _joined(seen[place + 1 : place + 1 + _AROUND], data)
        filled, true = (_name(tokens[place], data) for tokens in (said, target))
        yield "right" if filled == true else "wrong", f"{before}‹…›{behind}", filled, true


def _joined(tokens: np.ndarray, data: DataSpec) -> str:
    """A text on one line, as the tokens are called; · where none is learned."""
    return text_of("·" if token == NO_CLASS else data.classes[token] for token in tokens)


def _name(token: int, data: DataSpec) -> str:
    """What a token is called that stands by itself."""
    return "space" if data.classes[token] == " " else data.classes[token]


def _lengths(data: DataSpec) -> np.ndarray:
    """How many characters begin in each token, [K]."""
    import numpy as np

    return np.array([characters_in(name) for name in data.classes])


def _by_token(said: np.ndarray, target: np.ndarray, data: DataSpec) -> Table:
    """How often each of the most frequent tokens was foretold."""
    import numpy as np

    counts = np.bincount(target[target != NO_CLASS], minlength=len(data.classes))
    hits = np.bincount(target[said == target], minlength=len(data.classes))
    frequent = np.argsort(-counts, kind="stable")[:_MOST_FREQUENT]
    rows = tuple(
        (
            _name(token, data),
            int(counts[token]),
            round(float(hits[token] / counts[token]), 4),
        )
        for token in frequent
        if counts[token]
    )
    return Table("By token", ("token", "places", "foretold"), rows)
