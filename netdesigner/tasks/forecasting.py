"""Forecasting: how a series goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import param
from netdesigner.parts.preview import Curves, Line, Preview, Table
from netdesigner.parts.task import Numbers
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.tasks._values import ValuesTask, beyond, errors_table, is_like, listed, measures_of

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

__all__ = ["Forecasting"]

_DRAWN = 400
_COLUMNS = 3
_EXAMPLES = 3
_TOLD = 4
_MEASURES = ("mae", "rmse", "mape")
_LAST, _SEASON = "last value repeated", "season repeated"


class Forecasting(ValuesTask):
    """Learns how a series goes on, by the loss that is chosen: as a rule the mean squared error.

    The steps to come are scaled as those that are seen. Curves are told in that scale, and everything else in the
    series' own unit. A forecast is worth something where it is better than those that cost nothing: the last value
    repeated, and the last season repeated. Its skill over one of them is 1 less the quotient of the mean squared
    errors: 1 is a forecast without error, 0 one that is as good, and below 0 one that is worse.

    Shape:
        output [N, H, C], or [N, H] of a single column, with a loss of means and variances 2H in place of H; target
        [N, H, C] float32.

    Source:
        R. J. Hyndman, G. Athanasopoulos, Forecasting: principles and practice, 3rd edition 2021, chapter 5;
        A. H. Murphy, Skill scores based on the mean square error, Monthly Weather Review 116, 1988.
    """

    kind: ClassVar[str] = "forecasting"
    title: ClassVar[str] = "Forecasting"

    season: int = param(
        0,
        min=0,
        max=65536,
        unit="steps",
        help="after how many steps the series repeats itself, for the season that a forecast is compared with; "
        "0: found out from the windows that are judged",
    )

    # --------------------------------------------------------------------------------------------------- what fits

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why the output cannot be trained to go on with a series; empty where it can."""
        if not data.ahead:
            given = f"{len(data.classes)} classes" if data.classes else f"values {data.target}"
            message = f"Forecasting learns how a series goes on, but the targets are {given}"
            yield Misfit("ND421", f"{message}; choose a series as data, or another task")
            return
        steps, columns = (int(length) for length in data.target.shape[1:])
        shape = (self.length(steps), columns)
        shapes = (shape[:1], shape) if columns == 1 else (shape,)
        if not output.is_float or not any(is_like(output, fitting) for fitting in shapes):
            wanted = " or ".join(str(TensorSpec((BATCH, *fitting))) for fitting in shapes)
            names = ", ".join(data.targets)
            message = f"Forecasting gives {steps} steps of {names}, {wanted}, but the output is {output}"
            one = columns == 1
            yield Misfit("ND420", message, features=shape[0] if one else None, shape=None if one else shape)
        if data.span is not None and not self.chosen_loss.targets.holds(data.span):
            yield beyond(self.chosen_loss)
            return
        yield from self.chosen_loss.misfits(shape[0] * columns, last_kind, data.span)

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Goes on with a series."""
        from netdesigner.evaluation.usage import series

        del role, data
        return series.main

    def usage(self) -> str:
        """In what unit a forecast is told."""
        text = (
            "It gives the steps that follow those it is given, scaled as these: raw = given * scale + shift, with a "
            "number of each for every column that is foretold (netdesigner.target_scaling, where the data were scaled)."
        )
        return text if self.length(1) == 1 else f"{text} Variances, its second half, become raw by scale²."

    # ---------------------------------------------------------------------------------------------------- learning

    def wanted(self, input: Numbers, target: Numbers) -> Numbers:
        """The steps that are seen of the columns that are foretold, and behind them those to come, [N, T + H, C]."""
        import numpy as np
        import torch

        past = input[:, :, : target.shape[2]]
        if isinstance(target, np.ndarray):
            return np.concatenate([past, target], axis=1)
        return torch.cat([past, target], dim=1)

    def paired(self, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """All that is said of a sample, and the steps to come, each as one row of numbers."""
        said = output.flatten(1)
        steps = said.shape[1] // (self.length(1) * target.shape[2])
        return said, target[:, -steps:].flatten(1)

    def measured(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """The mean absolute error over samples, steps and columns as they are scaled, "mae"."""
        raw, wanted = self.paired(output, target)
        return {"mae": (self.chosen_loss.said(raw) - wanted).abs().mean()}

    # ----------------------------------------------------------------------------------------------------- judging

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The mean absolute error of each sample over steps and columns, as they are scaled, [N]."""
        import numpy as np

        said, (_, true) = self._said(output, target.shape[2]), self._parted(output, target)
        found: np.ndarray = np.abs(said - true).mean(axis=(1, 2), dtype=np.float64)
        return found

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """Errors in the series' own unit and the skill over what costs nothing; beside these, by step, and drawn.

        The mean absolute percentage error is left out where a true value is 0.

        Args:
            output: [N, H, C] or [N, H], or as the loss takes it.
            target: [N, T + H, C], as of `wanted`.
            data: the names of the columns, and the unit of what was scaled.
        """
        past, true, said = self._in_own_unit(output, target, data)
        steps = true.shape[1]
        free = {_LAST: past[:, -1:].repeat(steps, axis=1)}
        season = self.season or _season_of(past)
        if 0 < season <= past.shape[1]:
            places = [past.shape[1] - season + step % season for step in range(steps)]
            free[f"{_SEASON} ({season} steps)"] = past[:, places]
        measures = _errors(said, true)
        for name, other in free.items():
            mse = float(((other - true) ** 2).mean())
            if mse > 0:
                measures[f"skill_over_{name.partition(' ')[0]}"] = 1 - measures["rmse"] ** 2 / mse
        all_told = {"forecast": said, **free}
        names = data.targets if len(data.targets) == true.shape[2] else tuple(map(str, range(true.shape[2])))
        previews: list[Preview] = [_compared(all_told, true)]
        if steps > 1:
            previews.append(_by_step(all_told, true))
        if len(names) > 1:
            previews.append(_by_column(said, true, names))
        for column, name in enumerate(names[:_COLUMNS]):
            previews += [*_courses(said[..., column], true[..., column], name)]
        chosen = range(0, len(true), max(1, len(true) // _EXAMPLES))[:_EXAMPLES]
        previews += [_example(index, past, true, said, names[0]) for index in chosen if steps > 1]
        return measures, tuple(previews)

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The first steps to come of one sample, as they were and as they were foretold.

        Args:
            output: without the batch axis.
            target: [T + H, C].
            data: the names of the columns, told where there are several, and the unit of what was scaled.
        """
        _, true, said = self._in_own_unit(output[None], target[None], data)
        names = data.targets if len(data.targets) > 1 else ("",)
        told = [
            listed(names * len(values), values.reshape(-1)) for values in (true[0, :_TOLD], said[0, :_TOLD])
        ]
        more = ", …" if true.shape[1] > _TOLD else ""
        return told[0] + more, told[1] + more

    def read(self, input: np.ndarray, data: DataSpec) -> str:
        """The last steps that are seen of the first column that is foretold.

        Args:
            input: [T, F] in the series' own unit.
            data: what samples look like.
        """
        more = "…, " if len(input) > _TOLD else ""
        return more + listed(("",) * len(input[-_TOLD:]), input[-_TOLD:, 0])

    def _in_own_unit(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What was seen [N, T, C], what came and what was foretold [N, H, C], float64 in the series' own unit."""
        import numpy as np

        three = (*self._parted(output, target), self._said(output, target.shape[2]))
        wide = (values.astype(np.float64) for values in three)
        past, true, said = (data.unit.restored(values) if data.unit else values for values in wide)
        return past, true, said

    def _said(self, output: np.ndarray, columns: int) -> np.ndarray:
        """What the output says of the steps to come, [N, H, C]."""
        return self.said(output).reshape(len(output), -1, columns)

    def _parted(self, output: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The steps that were seen, and those that came."""
        steps = self._said(output, target.shape[2]).shape[1]
        return target[:, :-steps], target[:, -steps:]


def _errors(said: np.ndarray, true: np.ndarray) -> dict[str, float]:
    """The mean errors over all samples, steps and columns."""
    found = measures_of(said.reshape(-1, 1), true.reshape(-1, 1))
    return {key: found[key] for key in _MEASURES if key in found}


def _season_of(past: np.ndarray) -> int:
    """After how many steps windows repeat themselves best, 0 where they do not.

    It is the place of the highest peak of the autocorrelation, which is looked for up to half of a window.

    Args:
        past: [N, T, C].
    """
    import numpy as np

    off = past - past.mean(axis=(0, 1))
    lags = range(1, past.shape[1] // 2 + 2)
    alike = [float((off[:, lag:] * off[:, :-lag]).mean()) for lag in lags if lag < past.shape[1]]
    peaks = [
        (here, lag)
        for lag, (before, here, after) in enumerate(zip(alike, alike[1:], alike[2:], strict=False), 2)
        if before < here >= after and here > 0
    ]
    return max(peaks, default=(0.0, 0))[1] if np.ptp(off) > 0 else 0


def _compared(told: Mapping[str, np.ndarray], true: np.ndarray) -> Table:
    """The errors of the forecast beside those of what costs nothing."""
    rows = {name: _errors(values, true) for name, values in told.items()}
    return errors_table("Beside what costs nothing", "forecast", rows, _MEASURES)


def _by_step(told: Mapping[str, np.ndarray], true: np.ndarray) -> Curves:
    """The mean absolute error of each step to come; the forecast is the second line, as in the other plots."""
    import numpy as np

    steps = tuple(float(step) for step in range(1, true.shape[1] + 1))
    lines = tuple(
        Line(name, steps, tuple(map(float, np.abs(values - true).mean(axis=(0, 2)))))
        for name, values in sorted(told.items(), key=lambda item: item[0] != _LAST)
    )
    return Curves("Mean absolute error by step to come", "step", "mean absolute error", lines)


def _by_column(said: np.ndarray, true: np.ndarray, names: tuple[str, ...]) -> Table:
    """Each column judged by itself."""
    rows = {name: _errors(said[..., index], true[..., index]) for index, name in enumerate(names)}
    return errors_table("By column", "column", rows, _MEASURES)


def _courses(said: np.ndarray, true: np.ndarray, name: str) -> Iterator[Curves]:
    """One column over all samples: what came, and what was foretold of it just before and, if so, long before.

    Args:
        said, true: [N, H].
        name: of the column.
    """
    for step in dict.fromkeys((0, true.shape[1] - 1)):
        shown = [values[-_DRAWN:, step] for values in (true, said)]
        first = len(true) - len(shown[0])
        places = tuple(float(first + place) for place in range(len(shown[0])))
        ahead = f"{step + 1} {'step' if step == 0 else 'steps'} ahead"
        lines = (
            Line(what, places, tuple(map(float, values)))
            for what, values in zip(("truth", "forecast"), shown, strict=True)
        )
        yield Curves(f"{name}: forecast {ahead} against truth", "sample", name, tuple(lines))


def _example(index: int, past: np.ndarray, true: np.ndarray, said: np.ndarray, name: str) -> Curves:
    """One sample's first column: what was seen, up to step 0, and what came; and what was foretold from there on."""
    seen, came, foretold = (values[index, :, 0].tolist() for values in (past, true, said))
    lines = []
    for what, numbers, first in (
        ("truth", seen + came, 1 - len(seen)),
        ("forecast", seen[-1:] + foretold, 0),
    ):
        steps = tuple(float(first + step) for step in range(len(numbers)))
        lines.append(Line(what, steps, tuple(numbers)))
    return Curves(f"Sample {index}: {name}, foretold from step 0", "step", name, tuple(lines))
