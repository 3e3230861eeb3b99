"""A small world to train in: a data set, a task and a network that take milliseconds and need no other floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from netdesigner.document import Choice, Design, Settings
from netdesigner.parts import (
    Catalog,
    Curve,
    Dataset,
    DataSpec,
    Progress,
    Samples,
    Task,
    TensorSpec,
    no_progress,
)
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.part import param
from netdesigner.training.control import Control
from netdesigner.training.events import Event
from netdesigner.training.loop import train

REAL = Catalog.discover()


class Blobs(Dataset):
    """Pictures of 6x6 of three classes, each around a picture of its own."""

    kind: ClassVar[str] = "blobs"
    images: ClassVar[bool] = True

    rows: int = param(120, min=1)

    def load(self, progress: Progress = no_progress) -> Samples:
        progress(1.0, "reading")
        random = np.random.default_rng(3)
        target = np.arange(self.rows) % 3
        middle = random.normal(size=(3, 1, 6, 6))
        source = (middle[target] + 0.7 * random.normal(size=(self.rows, 1, 6, 6))).astype(np.float32)
        spec = DataSpec(TensorSpec(("N", 1, 6, 6)), TensorSpec(("N",), "int64"), ("a", "b", "c"), self.rows)
        return Samples(source, target.astype(np.int64), spec)


class Guess(Task):
    """Tells classes apart."""

    kind: ClassVar[str] = "guess"
    curves: ClassVar[tuple[Curve, ...]] = (Curve("loss", "Loss"), Curve("accuracy", "Accuracy", "higher"))
    monitor: ClassVar[str] = "accuracy"

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        scores = networks["network"](batch.input)
        values = {"loss": F.cross_entropy(scores, batch.target)}
        return (
            {**values, "accuracy": (scores.argmax(1) == batch.target).float().mean()} if measure else values
        )


def network(seed: int = 0) -> nn.Module:
    """Everything that makes resuming hard: batch norm and dropout."""
    state = torch.get_rng_state()
    torch.manual_seed(seed)
    made = nn.Sequential()
    made.add_module("conv", nn.Conv2d(1, 4, 3))
    made.add_module("norm", nn.BatchNorm2d(4))
    made.add_module("relu", nn.ReLU())
    made.add_module("flat", nn.Flatten())
    made.add_module("drop", nn.Dropout(0.3))
    made.add_module("fc", nn.Linear(64, 3))
    torch.set_rng_state(state)
    return made


@dataclass
class World:
    """What a test trains, and how.

    Attributes:
        folder: for runs.
        make: makes the network; the last one made is kept in `module`.
    """

    folder: Path
    make: Callable[[], nn.Module] = network
    catalog: Catalog = field(
        default_factory=lambda: replace(REAL, datasets={"blobs": Blobs}, tasks={"guess": Guess})
    )
    data: Mapping[str, Any] = field(default_factory=dict)
    task: str = "guess"
    augmentations: tuple[Choice, ...] = ()
    optimizer: Choice = field(default_factory=lambda: Choice("AdamW"))
    schedule: Choice = field(default_factory=lambda: Choice("cosine"))
    values: dict[str, Any] = field(
        default_factory=lambda: {"epochs": 3, "batch_size": 16, "learning_rate": 0.01}
    )
    module: nn.Module | None = None

    @property
    def design(self) -> Design:
        settings = Settings(self.optimizer, self.schedule, dict(self.values))
        return Design(
            data=Choice("blobs", dict(self.data)),
            augmentations=self.augmentations,
            task=Choice(self.task),
            training=settings,
        )

    def build(self, name: str, spec: DataSpec) -> nn.Module:
        self.module = self.make()
        return self.module

    def events(
        self, name: str = "run", resume: str = "", control: Control | None = None, **given: Any
    ) -> Iterator[Event]:
        """The generator of a run in a folder of this name; none keeps nothing."""
        return train(
            self.design,
            self.catalog,
            self.build,
            run=self.folder / name if name else None,
            resume=self.folder / resume if resume else None,
            control=control,
            **given,
        )

    def run(self, name: str = "run", **given: Any) -> list[Event]:
        """All events of a run."""
        return list(self.events(name, **given))

    def stopped(self, batches: int, name: str = "run", resume: str = "") -> list[Event]:
        """All events of a run that is stopped in its batch of this number."""
        control = Control()
        whole = self.make
        self.make = stopping_after(batches, control, whole)
        try:
            return self.run(name, resume=resume, control=control)
        finally:
            self.make = whole

    def weights(self) -> dict[str, Tensor]:
        """A copy of what the network holds now."""
        assert self.module is not None
        return {key: tensor.clone() for key, tensor in self.module.state_dict().items()}


def stopping_after(
    batches: int, control: Control, make: Callable[[], nn.Module] = network
) -> Callable[[], nn.Module]:
    """Makes networks that stop their run while they compute the batch of this number."""

    def stopping() -> nn.Module:
        made, count = make(), [0]

        def look(module: nn.Module, inputs: object) -> None:
            count[0] += module.training
            if count[0] == batches and module.training:
                control.stop()

        made.register_forward_pre_hook(look)
        return made

    return stopping
