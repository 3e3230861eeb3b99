"""Runs a network over samples and lets the task judge what it says."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from netdesigner.errors import TrainingError
from netdesigner.evaluation.evaluation import Evaluation
from netdesigner.evaluation.pictures import is_image, picture, to_unit
from netdesigner.parts.dataset import DataSpec, Progress, no_progress
from netdesigner.parts.modes import evaluating
from netdesigner.parts.preview import ImageGrid, Preview, Table, Text
from netdesigner.parts.rows import Rows, read_ahead
from netdesigner.parts.task import Task, answer_of

if TYPE_CHECKING:
    import numpy as np
    import torch
    from torch import Tensor, nn

__all__ = ["evaluate", "outputs_of"]

_WORST = 24
_TOGETHER = 1024
_MOST_HELD = 10_000
_COLUMNS = 64
_STAGES = (0.0, 0.35, 0.7, 0.9)
"""How far the work is once samples are judged, others made up and these judged too; some are made to be seen then."""
_LIKE = 256
"""So many samples show a task that makes some up what they are like."""

_Cell = str | float | int


def evaluate(
    networks: nn.Module | Mapping[str, nn.Module],
    input: Tensor | np.ndarray | Rows,
    target: Tensor | np.ndarray,
    task: Task,
    spec: DataSpec,
    *,
    part: str = "test",
    batch_size: int = 256,
    device: str | torch.device | None = None,
    raw_inputs: Tensor | np.ndarray | Rows | None = None,
    images: bool = False,
    learned: tuple[Tensor | np.ndarray, Tensor | np.ndarray] | None = None,
    most: int = _WORST,
    progress: Progress = no_progress,
) -> Evaluation:
    """Judges the networks of a task on one part of the data.

    They run in evaluation mode without gradients; afterwards every submodule is in the mode it was in. What the task
    draws at random is the same each time.

    Args:
        networks: the modules by role, or that of a task with a single one, which gives what is compared for a batch.
        input, target: scaled as in training and as `spec.target`, first axis the samples.
        task: what was learned.
        spec: names of classes, features and targets.
        part: which part of the data this is.
        batch_size: how many samples are run together.
        device: where to run; the modules are moved there. None: where they are.
        raw_inputs: the samples before scaling, to be shown; the scaled ones are shown where there are none.
        images: the samples are pictures [N, C, H, W].
        learned: inputs and targets of the training part, for features to judge by what networks make up.
        most: so many of the worst samples are shown at most, and half as many of the least sure and of the best.
        progress: called once a batch, and whenever a network is asked.

    Raises:
        TrainingError: there are no samples, or the network's output holds no usable numbers.
        CancelledError: raised by `progress`.
    """
    inputs, targets = input if isinstance(input, Rows) else _tensor(input), _tensor(target)
    _refuse_empty(inputs, part)
    wanted = _wanted(task, inputs, _array(targets))
    players = _by_role(networks, task)
    with _heard(players.values(), progress) as told:
        stages = _stages(told, learned is not None and type(task).made_up is not Task.made_up)
        with _same_each_time():
            output = _outputs(players, (inputs, targets), task.answers, batch_size, device, stages[0])
        _refuse_unusable(output)
        measures, previews = task.judge(output, wanted, spec)
        further = _further(task, players, inputs, batch_size)
        scores, of_made = _of_made_up(task, players, learned, (inputs, targets), spec, stages[1:])
        made = _made(task, players, _tensor(inputs[:batch_size]), spec)
    shown = _array_or_rows(inputs if raw_inputs is None else raw_inputs)
    return Evaluation(
        part,
        len(inputs),
        {**further, **measures, **scores},
        (*made, *previews, *of_made),
        **_chosen(shown, output, wanted, task, spec, images, most),
    )


@contextlib.contextmanager
def _heard(networks: Iterable[nn.Module], progress: Progress) -> Iterator[Progress]:
    """Progress that says again what it said last whenever a network is asked.

    So who cancels waits for a single pass, however many of them a task makes to draw a sample.
    """
    last = [(0.0, "judging")]

    def told(fraction: float, text: str) -> None:
        last[0] = fraction, text
        progress(fraction, text)

    hooks = [network.register_forward_pre_hook(lambda *_: progress(*last[0])) for network in networks]
    try:
        yield told
    finally:
        for hook in hooks:
            hook.remove()


def _further(
    task: Task, networks: Mapping[str, nn.Module], inputs: Tensor | Rows, batch_size: int
) -> Mapping[str, float]:
    """What a task asks networks about all samples together."""
    import torch

    modules = networks.values()
    place = _place_of(modules, inputs)
    starts = range(0, len(inputs), batch_size)
    with (
        _same_each_time(),
        evaluating(*modules),
        torch.no_grad(),
        contextlib.closing(_batches((inputs,), starts, batch_size)) as batches,
    ):
        return task.further(networks, (batch.to(place) for (batch,) in batches))


def _refuse_empty(inputs: Tensor | Rows, part: str) -> None:
    if len(inputs) == 0:
        raise TrainingError(
            f"there are no samples in the {part} part", advice=(f"Give the data a larger {part} part.",)
        )


def _wanted(task: Task, inputs: Tensor | Rows, targets: np.ndarray) -> np.ndarray:
    """What is wanted of all samples; inputs that are read when they are needed are so only if it depends on them."""
    import numpy as np

    if not isinstance(inputs, Rows):
        return task.wanted(_array(inputs), targets)
    first = targets[:1]
    if task.wanted(inputs[:1], first) is first:
        return targets

    def wanted(start: int) -> np.ndarray:
        part = slice(start, start + _TOGETHER)
        return task.wanted(inputs[part], targets[part])

    return np.concatenate(list(read_ahead(wanted, range(0, len(inputs), _TOGETHER))))


def _in_memory(inputs: Tensor | Rows, targets: Tensor) -> tuple[Tensor, Tensor]:
    """The samples, the first ones only where they are read when they are needed."""
    if isinstance(inputs, Rows):
        return _tensor(inputs[:_MOST_HELD]), targets[:_MOST_HELD]
    return inputs, targets


def _stages(progress: Progress, makes_up: bool) -> list[Progress]:
    """Progress of each stretch of the work."""

    def stretch(start: float, end: float) -> Progress:
        return lambda fraction, text: progress(start + (end - start) * fraction, text)

    return [stretch(*ends) for ends in itertools.pairwise(_STAGES if makes_up else (0.0, 1.0))]


def _of_made_up(
    task: Task,
    networks: Mapping[str, nn.Module],
    learned: tuple[Tensor | np.ndarray, Tensor | np.ndarray] | None,
    judged: tuple[Tensor | Rows, Tensor],
    spec: DataSpec,
    progress: Sequence[Progress],
) -> tuple[Mapping[str, float], tuple[Preview, ...]]:
    """What features that are learned here say of what networks make up; nothing where they make up nothing.

    Args:
        task, networks, spec, learned: as of `evaluate`.
        judged: the samples that are judged.
        progress: of making samples up, and of judging them; none where no features are to be learned.
    """
    import torch

    from netdesigner.evaluation.own_features import draw, judge_drawn

    if learned is None or not progress:
        return {}, ()
    held_out = _in_memory(*judged)
    modules, inputs = networks.values(), held_out[0][:_LIKE]
    with _same_each_time():
        with evaluating(*modules), torch.inference_mode():
            drawn = draw(task.made_up(networks, inputs.to(_place_of(modules, inputs)), spec), progress[0])
        known = _tensor(learned[0]), _tensor(learned[1])
        found = judge_drawn(drawn, known, held_out, spec, progress[1]) if drawn is not None else ({}, ())
    progress[1](1.0, "making some to look at")
    return found


def _by_role(networks: nn.Module | Mapping[str, nn.Module], task: Task) -> Mapping[str, nn.Module]:
    from torch import nn

    return {task.roles[0]: networks} if isinstance(networks, nn.Module) else networks


def _given(networks: Mapping[str, nn.Module], batch: Tensor) -> Tensor:
    found: Tensor = answer_of(networks[""](batch))
    return found


@contextlib.contextmanager
def _same_each_time() -> Iterator[None]:
    """Random numbers that start anew, and afterwards go on as if none had been drawn."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def outputs_of(
    module: nn.Module,
    inputs: Tensor,
    *,
    batch_size: int = 256,
    device: str | torch.device | None = None,
    progress: Progress = no_progress,
) -> np.ndarray:
    """What a network gives for samples in a single pass, [N, ...] float32.

    Args:
        module: takes a batch of inputs and gives a tensor for them, alone or beside single numbers.
        inputs, batch_size, device, progress: as of `evaluate`.
    """
    return _outputs({"": module}, (inputs,), _given, batch_size, device, progress)


def _outputs(
    networks: Mapping[str, nn.Module],
    samples: tuple[Tensor | Rows, ...],
    answers: Callable[..., Tensor],
    batch_size: int,
    device: str | torch.device | None,
    progress: Progress,
) -> np.ndarray:
    """What networks answer, [N, ...] float32.

    Args:
        networks, batch_size, device, progress: as of `evaluate`.
        samples: what they are asked about, first axis the samples.
        answers: asks the networks about a batch of each of those.
    """
    import numpy as np
    import torch

    modules = tuple(networks.values())
    if device is not None:
        for module in modules:
            module.to(device)
    place, count = _place_of(modules, samples[0]), len(samples[0])
    found: np.ndarray | None = None
    starts = range(0, count, batch_size)
    with (
        evaluating(*modules),
        torch.no_grad(),
        contextlib.closing(_batches(samples, starts, batch_size)) as batches,
    ):
        for start, batch in zip(starts, batches, strict=True):
            progress(start / count, f"sample {start + 1:,} of {count:,}")
            answer = answers(networks, *(values.to(place) for values in batch)).float().cpu().numpy()
            if found is None:
                found = np.empty((count, *answer.shape[1:]), np.float32)
            found[start : start + batch_size] = answer
    progress(1.0, "judging")
    assert found is not None, "there are samples"
    return found


def _batches(
    samples: tuple[Tensor | Rows, ...], starts: Iterable[int], size: int
) -> Generator[tuple[Tensor, ...], None, None]:
    """So many samples from each of these on; such as are read when they are needed are read ahead."""
    reads = any(isinstance(values, Rows) for values in samples)
    return read_ahead(
        lambda start: tuple(_tensor(values[start : start + size]) for values in samples), starts, 2 * reads
    )


def _made(
    task: Task, networks: Mapping[str, nn.Module], inputs: Tensor, spec: DataSpec
) -> tuple[Preview, ...]:
    """What networks make by themselves."""
    import torch

    modules = networks.values()
    with _same_each_time(), evaluating(*modules), torch.no_grad():
        return task.made(networks, inputs.to(_place_of(modules, inputs)), spec)


def _place_of(modules: Iterable[nn.Module], inputs: Tensor | Rows) -> torch.device:
    """Where networks compute; that of their inputs where they have no numbers of their own."""
    import torch

    own = (itertools.chain(module.parameters(), module.buffers()) for module in modules)
    theirs = inputs.device if isinstance(inputs, torch.Tensor) else torch.device("cpu")
    return next((tensor.device for tensor in itertools.chain(*own)), theirs)


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


def _array_or_rows(values: Tensor | np.ndarray | Rows) -> np.ndarray | Rows:
    return values if isinstance(values, Rows) else _array(values)


def _chosen(
    inputs: np.ndarray | Rows,
    output: np.ndarray,
    target: np.ndarray,
    task: Task,
    spec: DataSpec,
    images: bool,
    most: int,
) -> dict[str, Any]:
    """Of an `Evaluation` what shows samples one by one: the worst with their places, the least sure, the best.

    Where a task tells right from wrong, the worst are wrong, and where there are few of them, right ones that the
    networks were least sure of are shown beside them.
    """
    told = task.told(output, target)
    view = partial(_pictures if images and is_image(inputs[:1]) else _rows, inputs, told, target, task, spec)
    order = task.errors(output, target).argsort(kind="stable")[::-1]
    right = task.right(output, target)
    wrong, others = (order, order[most:]) if right is None else (order[~right[order]], order[right[order]])
    worst = wrong[:most]
    unsure = others[: 0 if right is None else min(most - len(worst), most // 2)]
    best = others[len(unsure) :][::-1][: most // 2]
    none = Text("Most wrong", f"None of these {len(order):,} samples was said wrong.")
    return {
        "worst": view("Most wrong", worst) if len(worst) else none,
        "worst_indices": tuple(map(int, worst)),
        "unsure": view("Right, but least sure", unsure) if len(unsure) else None,
        "best": view("Most right", best) if len(best) else None,
    }


def _pictures(
    inputs: np.ndarray | Rows,
    output: np.ndarray,
    target: np.ndarray,
    task: Task,
    spec: DataSpec,
    title: str,
    chosen: np.ndarray,
) -> Preview:
    """Some samples as pictures with what is true and what was said."""
    captions = (task.caption(output[index], target[index], spec) for index in chosen)
    drawn = task.drawn(to_unit(inputs[chosen]), output[chosen], target[chosen])
    title = f"{title}: {task.draws}" if task.draws else title
    return ImageGrid(title, tuple(picture(*pair) for pair in zip(drawn, captions, strict=True)))


def _rows(
    inputs: np.ndarray | Rows,
    output: np.ndarray,
    target: np.ndarray,
    task: Task,
    spec: DataSpec,
    title: str,
    chosen: np.ndarray,
) -> Preview:
    """Some samples as rows: what is true, what was said, and the inputs."""
    names, shown = _told(inputs[chosen], task, spec)
    rows: list[tuple[_Cell, ...]] = []
    for index, cells in zip(chosen, shown, strict=True):
        true, said = task.words(output[index], target[index], spec)
        rows.append((int(index), true, said, *cells))
    return Table(title, ("sample", "true", "said", *names), tuple(rows))


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
