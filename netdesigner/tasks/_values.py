"""What the tasks have in common that learn values; none is declared here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.figures import title_of
from netdesigner.parts.loss import VALUES, Loss
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import Preview, Signal, Table
from netdesigner.parts.span import Span
from netdesigner.parts.task import Curve, Task
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

__all__ = [
    "LikeSamples",
    "ValuesTask",
    "against",
    "beyond",
    "by_column",
    "errors_table",
    "is_like",
    "lengths_of",
    "listed",
    "measures_of",
    "most_wrong",
]

_DOTS = 2000
_PLOTS = 4
_WORDS = 2


class ValuesTask(Task):
    """Learns one row of values a sample."""

    curves: ClassVar[tuple[Curve, ...]] = (Curve("loss", "Loss"), Curve("mae", "Mean absolute error"))
    monitor: ClassVar[str] = "loss"
    learns: ClassVar[str] = VALUES
    usual_loss: ClassVar[str] = "MSELoss"

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Tells values."""
        from netdesigner.evaluation.usage import values

        del role, data
        return values.main

    def length(self, count: int) -> int:
        """How many numbers the loss takes for so many values; one number for two is for classes."""
        return self.chosen_loss.features(count)[-1]

    def measured(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """The mean absolute error over samples and values, "mae"."""
        said, wanted = self.paired(self.chosen_loss.said(output), target)
        return {"mae": (said - wanted).abs().mean()}

    def paired(self, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """All that is said of a sample as one row of numbers."""
        return output.flatten(1), target

    def said(self, output: np.ndarray) -> np.ndarray:
        """What the output says of the values, [N, k]."""
        import torch

        found: np.ndarray = self.chosen_loss.said(torch.from_numpy(output).flatten(1)).numpy()
        return found

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The mean absolute error of each sample over its targets, [N]."""
        import numpy as np

        found: np.ndarray = np.abs(self.said(output) - target).mean(axis=1, dtype=np.float64)
        return found


def lengths_of(data: DataSpec) -> tuple[int, ...]:
    """A sample's axes, as far as they have a fixed length."""
    return tuple(dim for dim in data.input.shape[1:] if isinstance(dim, int))


class LikeSamples(ValuesTask):
    """Learns what is as large as a sample, all its numbers at once.

    Attributes:
        does: what it does with values, and with a sample, such as "gives back" and "gives back the input".
    """

    does: ClassVar[tuple[str, str]] = ("learns", "learns what is like a sample")

    def learned(self, data: DataSpec) -> Span | None:
        """Between what the numbers lie that are learned; None where nobody knows."""
        raise NotImplementedError

    def out_of_reach(self) -> Misfit:
        """What is said where the loss cannot learn such numbers."""
        raise NotImplementedError

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why the output cannot be trained to look like a sample; empty where it can."""
        sample = lengths_of(data)
        if not data.input.is_float or not sample or len(sample) < data.input.rank - 1:
            message = f"{self.label()} {self.does[0]} values of a fixed shape, but samples are {data.input}"
            yield Misfit("ND421", f"{message}; choose another task or other data")
            return
        shape = (self.length(sample[0]), *sample[1:])
        if not output.is_float or not is_like(output, shape):
            wanted = TensorSpec((BATCH, *shape))
            takes = f", for which {self.chosen_loss.label()} takes {wanted}" if shape != sample else ""
            message = f"{self.label()} {self.does[1]} {data.input}{takes}, but the output is {output}"
            one = len(shape) == 1
            yield Misfit("ND420", message, features=shape[0] if one else None, shape=None if one else shape)
        span = self.learned(data)
        if span is not None and not self.chosen_loss.targets.holds(span):
            yield self.out_of_reach()
            return
        yield from self.chosen_loss.misfits(math.prod(shape), last_kind, span)


def beyond(loss: Loss) -> Misfit:
    """What is said where values are learned that are scaled as the inputs, and a loss cannot learn such numbers."""
    message = f"{loss.label()} learns values {loss.targets.text}"
    scaling = "the data are scaled to mean 0 and deviation 1; set normalize to minmax"
    return Misfit("ND424", f"{message}, and {scaling}", param="normalize")


def listed(names: tuple[str, ...], values: np.ndarray) -> str:
    """Values, each behind its name."""
    return ", ".join(f"{name} {value:.5g}".strip() for name, value in zip(names, values, strict=True))


def measures_of(output: np.ndarray, target: np.ndarray) -> dict[str, float]:
    """Errors in double precision; a single-precision sum of squares loses digits.

    The mean absolute percentage error is left out where a true value is 0, R² where nothing varies.
    """
    import numpy as np
    from sklearn import metrics

    said, true = output.astype(np.float64), target.astype(np.float64)
    mse = float(metrics.mean_squared_error(true, said))
    found = {"mae": float(metrics.mean_absolute_error(true, said)), "mse": mse, "rmse": float(np.sqrt(mse))}
    if len(true) > 1 and (true != true[0]).any(axis=0).all():
        found["r2"] = float(metrics.r2_score(true, said))
    if true.all():
        found["mape"] = float(metrics.mean_absolute_percentage_error(true, said))
    return found


def by_column(
    output: np.ndarray, target: np.ndarray, names: tuple[str, ...], what: str
) -> tuple[Preview, ...]:
    """Each column of values judged by itself where there are several, and the first few as plots.

    Args:
        output: [N, k].
        target: [N, k].
        names: of the columns.
        what: what a column is called.
    """
    plots = tuple(
        against(output[:, index], target[:, index], name) for index, name in enumerate(names[:_PLOTS])
    )
    if len(names) == 1:
        return plots
    rows = {name: measures_of(output[:, [at]], target[:, [at]]) for at, name in enumerate(names)}
    return errors_table(f"By {what}", what, rows), *plots


def errors_table(
    title: str,
    what: str,
    rows: Mapping[str, Mapping[str, float]],
    measures: tuple[str, ...] = ("mae", "mse", "rmse", "r2", "mape"),
) -> Table:
    """Some of the measures of each row; one that there is none of is left empty."""
    cells = (
        (name, *(_in_six_digits(key, found[key]) if key in found else "" for key in measures))
        for name, found in rows.items()
    )
    titles = (f"{title_of(key)}, %" if key == "mape" else title_of(key) for key in measures)
    return Table(title, (what, *titles), tuple(cells))


def _in_six_digits(measure: str, value: float) -> float:
    return float(f"{value * 100 if measure == 'mape' else value:.6g}")


def most_wrong(said: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
    """Of one sample the few numbers that are most wrong, as they are and as they were said.

    Args:
        said: [F].
        target: [F].
        data: the names of the columns.
    """
    import numpy as np

    worst = np.sort(np.abs(said - target).argsort(kind="stable")[::-1][:_WORDS])
    known = len(data.features) == len(target)
    names = tuple(data.features[index] if known else f"number {index + 1}" for index in worst)
    return listed(names, target[worst]), listed(names, said[worst])


def against(output: np.ndarray, target: np.ndarray, name: str) -> Signal:
    """Predicted against true values, of at most some evenly chosen samples."""
    stride = -(-len(target) // _DOTS)
    return Signal(
        f"{name}: predicted against true",
        "true",
        "predicted",
        tuple(float(value) for value in target[::stride]),
        tuple(float(value) for value in output[::stride]),
        dots=True,
        ideal=True,
    )


def is_like(output: TensorSpec, shape: tuple[int, ...]) -> bool:
    """Whether an output may have these axes behind the batch; what is free in it may have any length."""
    return (
        output.shape[:1] == (BATCH,)
        and output.rank == len(shape) + 1
        and all(
            mine == theirs or (isinstance(mine, str) and mine != BATCH)
            for mine, theirs in zip(output.shape[1:], shape, strict=True)
        )
    )
