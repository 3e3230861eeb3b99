"""Runs a network over samples and lets the task judge what it says."""

from __future__ import annotations

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from netdesigner.errors import TrainingError
from netdesigner.evaluation.evaluation import Evaluation
from netdesigner.evaluation.pictures import is_image, picture, to_unit
from netdesigner.parts.dataset import DataSpec, Progress, no_progress
from netdesigner.parts.preview import ImageGrid, Preview, Table
from netdesigner.parts.task import Task, answer_of

if TYPE_CHECKING:
    import numpy as np
    import torch
    from torch import Tensor, nn

__all__ = ["evaluate", "outputs_of"]

_WORST = 24
_COLUMNS = 64

_Cell = str | float | int


def evaluate(
    module: nn.Module,
    input: Tensor | np.ndarray,
    target: Tensor | np.ndarray,
    task: Task,
    spec: DataSpec,
    *,
    part: str = "test",
    batch_size: int = 256,
    device: str | torch.device | None = None,
    raw_inputs: Tensor | np.ndarray | None = None,
    images: bool = False,
    progress: Progress = no_progress,
) -> Evaluation:
    """Judges a network on one part of the data.

    The module runs in evaluation mode without gradients; afterwards every submodule is in the mode it was in.

    Args:
        module: takes a batch of inputs and gives a tensor for them, alone or beside single numbers.
        input: scaled as in training, first axis the samples.
        target: as `spec.target`.
        task: what was learned.
        spec: names of classes, features and targets.
        part: which part of the data this is.
        batch_size: how many samples are run together.
        device: where to run; the module is moved there. None: where the module is.
        raw_inputs: the samples before scaling, to be shown; the scaled ones are shown where there are none.
        images: the samples are pictures [N, C, H, W].
        progress: called once a batch.

    Raises:
        TrainingError: there are no samples, or the network's output holds no usable numbers.
        CancelledError: raised by `progress`.
    """
    inputs, targets = _tensor(input), _tensor(target)
    if len(inputs) == 0:
        raise TrainingError(
            f"there are no samples in the {part} part", advice=(f"Give the data a larger {part} part.",)
        )
    wanted = task.wanted(_array(inputs), _array(targets))
    asked = functools.partial(_asked, task)
    output = outputs_of(
        module, inputs, targets, answer=asked, batch_size=batch_size, device=device, progress=progress
    )
    _refuse_unusable(output)
    measures, previews = task.judge(output, wanted, spec)
    worst = task.errors(output, wanted).argsort(kind="stable")[::-1][:_WORST]
    shown = _array(raw_inputs if raw_inputs is not None else inputs)
    view = _pictures if images and is_image(shown) else _rows
    return Evaluation(
        part=part,
        count=len(inputs),
        measures=measures,
        previews=(*_made(task, {task.roles[0]: module}, inputs[:batch_size], spec), *previews),
        worst=view(shown, output, wanted, task, spec, worst),
        worst_indices=tuple(int(index) for index in worst),
    )


def _asked(task: Task, module: nn.Module, input: Tensor, target: Tensor) -> Tensor:
    return task.answers({task.roles[0]: module}, input, target)


def _given(module: nn.Module, batch: Tensor) -> Tensor:
    found: Tensor = answer_of(module(batch))
    return found


def outputs_of(
    module: nn.Module,
    *samples: Tensor,
    answer: Callable[..., Tensor] = _given,
    batch_size: int = 256,
    device: str | torch.device | None = None,
    progress: Progress = no_progress,
) -> np.ndarray:
    """What a network gives for samples, [N, ...] float32.

    Args:
        module, batch_size, device, progress: as of `evaluate`.
        samples: what `answer` takes, each with the samples along its first axis; as a rule the inputs alone.
        answer: asks the network about a batch; a single pass where nothing else is said.
    """
    import numpy as np
    import torch

    if device is not None:
        module.to(device)
    place, count = _place_of(module, samples[0]), len(samples[0])
    found: list[np.ndarray] = []
    with _evaluating(module), torch.inference_mode():
        for start in range(0, count, batch_size):
            progress(start / count, f"sample {start + 1:,} of {count:,}")
            batch = (tensor[start : start + batch_size].to(place) for tensor in samples)
            found.append(answer(module, *batch).float().cpu().numpy())
    progress(1.0, "judging")
    return np.concatenate(found)


def _made(
    task: Task, networks: Mapping[str, nn.Module], inputs: Tensor, spec: DataSpec
) -> tuple[Preview, ...]:
    """What networks make by themselves."""
    import torch

    with contextlib.ExitStack() as stack:
        for module in networks.values():
            stack.enter_context(_evaluating(module))
        stack.enter_context(torch.inference_mode())
        return task.made(networks, inputs.to(_place_of(networks[task.roles[0]], inputs)), spec)


def _place_of(module: nn.Module, inputs: Tensor) -> torch.device:
    """Where a network computes; that of its inputs where it has no numbers of its own."""
    own = itertools.chain(module.parameters(), module.buffers())
    return next((tensor.device for tensor in own), inputs.device)


@contextlib.contextmanager
def _evaluating(module: nn.Module) -> Iterator[None]:
    """Evaluation mode, and afterwards for every submodule the mode it was in."""
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def _refuse_unusable(output: np.ndarray) -> None:
    import numpy as np

    bad = ~np.isfinite(output.reshape(len(output), -1)).all(axis=1)
    if bad.any():
        message = (
            f"the network's output holds NaN or infinity for {int(bad.sum()):,} of {len(output):,} samples"
        )
        raise TrainingError(message, advice=("Train again with a smaller learning rate.",))


def _tensor(values: Tensor | np.ndarray) -> Tensor:
    import torch

    return values if isinstance(values, torch.Tensor) else torch.from_numpy(values)


def _array(values: Tensor | np.ndarray) -> np.ndarray:
    import numpy as np

    return values if isinstance(values, np.ndarray) else values.detach().cpu().numpy()


def _pictures(
    inputs: np.ndarray, output: np.ndarray, target: np.ndarray, task: Task, spec: DataSpec, worst: np.ndarray
) -> Preview:
    """The worst samples as pictures with what is true and what was said."""
    captions = (task.caption(output[index], target[index], spec) for index in worst)
    drawn = task.drawn(to_unit(inputs[worst]), output[worst], target[worst])
    title = f"Most wrong: {task.draws}" if task.draws else "Most wrong"
    return ImageGrid(title, tuple(picture(*pair) for pair in zip(drawn, captions, strict=True)))


def _rows(
    inputs: np.ndarray, output: np.ndarray, target: np.ndarray, task: Task, spec: DataSpec, worst: np.ndarray
) -> Preview:
    """The worst samples as rows: what is true, what was said, and the inputs."""
    names, shown = _told(inputs[worst], task, spec)
    rows: list[tuple[_Cell, ...]] = []
    for index, cells in zip(worst, shown, strict=True):
        true, said = task.words(output[index], target[index], spec)
        rows.append((int(index), true, said, *cells))
    return Table("Most wrong", ("sample", "true", "said", *names), tuple(rows))


def _told(inputs: np.ndarray, task: Task, spec: DataSpec) -> tuple[tuple[str, ...], list[tuple[_Cell, ...]]]:
    """Names of columns, and of each sample what stands in them: its words, or else its numbers.

    Where a text is learned without words for the input, that text says by itself what came in.
    """
    words = [task.read(sample, spec) for sample in inputs]
    if any(words):
        return ("input",), [(text,) for text in words]
    is_text = spec.target.rank == 2 and not spec.target.is_float
    flat = inputs.reshape(len(inputs), -1)[:, : 0 if is_text else _COLUMNS]
    names = spec.features or tuple(f"input {index}" for index in range(flat.shape[1]))
    return names[: flat.shape[1]], [tuple(float(f"{value:.6g}") for value in values) for values in flat]
