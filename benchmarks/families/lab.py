"""Where families are measured: designs are trained in a folder that is gone afterwards, with a seed, on one CPU."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from torch import Tensor

import netdesigner as nd
from netdesigner.document import Choice, Design, edit
from netdesigner.evaluation import Evaluation
from netdesigner.parts import Catalog, Model
from netdesigner.session.exporting import load_model
from netdesigner.session.gallery import open_template
from netdesigner.session.training import evaluate_run
from netdesigner.training.events import Finished
from netdesigner.training.runs import load_run

CATALOG = Catalog.discover()


def few_of(data: Choice, **few: int) -> Choice:
    """Data of which no more is made up, or read, than some of their parameters say, as far as they have these.

    Args:
        data: as a design has them.
        few: how many samples are made up ("count"), or tokens read ("most").
    """
    declared = {param.name: param for param in CATALOG.datasets[data.kind].params()}
    return data.with_params({n: v for n, v in few.items() if n in declared and v <= (declared[n].max or v)})


@dataclass(frozen=True)
class Lab:
    """A place to train in.

    Attributes:
        folder: where runs are kept.
        seed: of everything random.
        quick: train for one epoch only.
    """

    folder: Path
    seed: int
    quick: bool

    def train(self, design: Design, name: str, *, seed: int | None = None) -> Path:
        """Trains a design, or takes the run of that name where it was trained before; the run's folder."""
        run = self.folder / name
        if run.exists():
            return run
        epochs = {"epochs": 1} if self.quick else {}
        *_, last = nd.train(design, run, device="cpu", seed=self.seed if seed is None else seed, **epochs)
        assert isinstance(last, Finished), last
        return run

    def template(self, name: str, **training: float | str) -> Design:
        """A template in the form that trains at once; of data that are made up a few where it is to be quick."""
        design = open_template(name, small=True)
        assert design.data is not None
        if self.quick:
            design = edit.set_data(design, few_of(design.data, count=300, most=20_000))
        return edit.set_training(design, design.training.with_values(training)) if training else design

    def judged(self, run: Path, which: str = "best") -> dict[str, float]:
        """The measures of a run on what was held out."""
        return dict(self.evaluation(run, which).measures)

    def evaluation(self, run: Path, which: str = "best") -> Evaluation:
        """All that is told of a run on what was held out."""
        return evaluate_run(run, CATALOG, which=which)


class Family(NamedTuple):
    """A figure that a family is held against.

    Attributes:
        family: what is learned.
        template: the name in the gallery.
        figure: what is measured, in words that leave no choice.
        goal: the figure to be reached.
        measure: trains and judges; the figure, and what else is worth telling.
        lower: whether less is better.
    """

    family: str
    template: str
    figure: str
    goal: float
    measure: Callable[[Lab], tuple[float, str]]
    lower: bool = False

    def reached(self, value: float) -> bool:
        """Whether a figure is as good as the goal."""
        return value <= self.goal if self.lower else value >= self.goal


def measure_of(name: str, template: str) -> Callable[[Lab], tuple[float, str]]:
    """The measure of a template by its own evaluation."""

    def measured(lab: Lab) -> tuple[float, str]:
        found = lab.evaluation(lab.train(lab.template(template), template))
        return found.measures[name], f"{found.count:,} held out"

    return measured


def parts_of(run: Path) -> dict[str, tuple[Tensor, Tensor]]:
    """Inputs and targets of each part of a run's data, as the network gets them."""
    _, prepared = load_run(run, CATALOG).read_data()
    pairs = {name: getattr(prepared, name) for name in ("train", "validation", "test")}
    return {name: (pair.input, pair.target) for name, pair in pairs.items()}


def model_of(run: Path, network: str = "", which: str = "best") -> Model:
    """A network of a run, ready for use."""
    return load_model(run, CATALOG, network, which)
