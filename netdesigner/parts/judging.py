"""How what networks have learned is judged, shown and used: the half of a task that has nothing to do with training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.dataset import FILL, DataSpec
from netdesigner.parts.part import Part
from netdesigner.parts.preview import Preview
from netdesigner.parts.tokens import text_of

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["Judging"]


class Judging(Part):
    """Judges what networks say of samples, by `Task.answers`, and what they make by themselves.

    Attributes:
        draws: what `drawn` shows, from left to right; "" where it draws nothing.
    """

    draws: ClassVar[str] = ""

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """What an example of a network's use runs, the `main` of a module of `evaluation.usage`.

        It is copied into the file beside an exported network, and takes the words of its command line. None runs
        samples through the network and prints what comes out.

        Args:
            role: which network.
            data: what it was trained on.
        """
        del role, data
        return None

    def example_behind(self, kind: str) -> Callable[[list[str]], None] | None:
        """As `example`, of the part of a network that begins behind a node of a kind."""
        del kind
        return None

    def made(self, networks: Mapping[str, nn.Module], input: Tensor, data: DataSpec) -> tuple[Preview, ...]:
        """What the networks make by themselves, to be shown beside what they were judged by; as a rule nothing.

        Args:
            networks: by role, in evaluation mode and without gradients.
            input: some held-out samples, as the networks get them, to tell what samples are like.
            data: names of classes and columns.
        """
        return ()

    def made_up(
        self, networks: Mapping[str, nn.Module], input: Tensor, data: DataSpec
    ) -> Iterator[tuple[Tensor, Tensor | None]]:
        """New samples out of nothing but noise, in batches without end, to be judged by features; as a rule none.

        Args:
            networks: by role, in evaluation mode and without gradients.
            input: some held-out samples, as the networks get them, to tell what samples are like.
            data: names of classes and columns.

        Returns:
            Samples as they are scaled for training, and the class of each where they are made for one.
        """
        return iter(())

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """The measures on a whole held-out part, and what to show of it.

        Args:
            output: what `Task.answer` gave, first axis the samples.
            target: what is wanted of them, as of `Task.wanted`.
        """
        raise NotImplementedError

    def further(self, networks: Mapping[str, nn.Module], inputs: Iterator[Tensor]) -> dict[str, float]:
        """Measures that do not follow from answers, so that networks are asked anew; as a rule none.

        Args:
            networks: by role, in evaluation mode and without gradients.
            inputs: a held-out part in batches, as the networks get them; read only if they are asked for.
        """
        return {}

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """How wrong each sample is, one number a sample; the largest are the worst. Arguments as of `judge`."""
        raise NotImplementedError

    def right(self, output: np.ndarray, target: np.ndarray) -> np.ndarray | None:
        """Which samples are said right, [N] bool; None where answers are nearer or farther. Arguments as of `judge`."""
        return None

    def told(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """What is told of each sample, where others have a say in it; as a rule its answer. Arguments as of `judge`."""
        del target
        return output

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """What is true of one sample and what the network said, in the user's words.

        Args:
            output: of this sample, as of `told`, without the batch axis.
            target: what is wanted of the sample, without the batch axis.
            data: names of classes and columns.
        """
        raise NotImplementedError

    def read(self, input: np.ndarray, data: DataSpec) -> str:
        """What one sample's input says, in the user's words; "" where it is its numbers that tell.

        Args:
            input: as the data set gave it, without the batch axis.
            data: names of tokens.
        """
        return text_of(data.tokens[token] for token in input if token != FILL) if data.tokens else ""

    def caption(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> str:
        """What to write under one sample; arguments as of `words`."""
        true, said = self.words(output, target, data)
        return f"true {true}, said {said}"

    def drawn(self, images: np.ndarray, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Samples that are pictures, with what is true of each and what was said, where that can be drawn.

        Args:
            images: [n, C, H, W] in 0 to 1.
            output: of the same samples, as of `told`.
            target: of the same samples.
        """
        return images
