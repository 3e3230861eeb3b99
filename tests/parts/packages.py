"""Packages with parts, as pip leaves them: modules, and beside them what says that they are installed."""

from __future__ import annotations

import importlib
from pathlib import Path

from netdesigner.parts.plugins import GROUP

GAIN = '''
from __future__ import annotations

from typing import ClassVar

from torch import Tensor, nn, tensor

from netdesigner.parts import Cost, Example, Layer, TensorSpec
from netdesigner.parts.part import param


class GainModule(nn.Module):
    """One learned factor."""

    def __init__(self, start: float = 1.0) -> None:
        super().__init__()
        self.gain = nn.Parameter(tensor(start))

    def forward(self, input: Tensor) -> Tensor:
        return input * self.gain


class Gain(Layer):
    """Multiplies everything by one learned factor."""

    kind: ClassVar[str] = "Gain"
    category: ClassVar[str] = "Linear"
    examples: ClassVar[tuple[Example, ...]] = (Example((TensorSpec(("N", 3)),)),)

    start: float = param(1.0, help="the factor at first")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        return self.need(specs[0])

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        return GainModule(self.start)

    def cost(self, *specs: TensorSpec | None) -> Cost:
        return Cost(1)
'''
"""A module with a layer."""

ALL_FAMILIES = (
    GAIN
    + '''

from pathlib import Path

import numpy
import torch

from netdesigner.parts import Augmentation, DataSpec, Dataset, Exporter, Loss, Optimizer, Proof, Samples, Schedule
from netdesigner.tasks.classification import Classification


class Signs(Dataset):
    """Numbers above and below 0."""

    kind: ClassVar[str] = "signs"
    embedded: ClassVar[bool] = True

    def describe(self):
        return DataSpec(TensorSpec(("N", 3)), TensorSpec(("N",), "int64"), ("below", "above"), 40)

    def load(self, progress=None):
        values = numpy.random.default_rng(0).normal(size=(40, 3)).astype("float32")
        return Samples(values, (values.sum(1) > 0).astype("int64"), self.describe())

    def preview(self, samples):
        return ()


class Mirrored(Augmentation):
    """Everything below 0 that was above, and the other way round."""

    kind: ClassVar[str] = "mirrored"
    takes: ClassVar[tuple[str, ...]] = ("rows",)

    def change(self, batch, ground):
        return batch._replace(input=-batch.input, target=1 - batch.target)


class Sides(Classification):
    """Classification by another name."""

    kind: ClassVar[str] = "sides"
    usual_loss: ClassVar[str] = "TwiceTheEntropy"


class TwiceTheEntropy(Loss):
    """Twice the cross-entropy."""

    kind: ClassVar[str] = "TwiceTheEntropy"
    learns: ClassVar[tuple[str, ...]] = ("classes",)

    def build(self):
        return nn.CrossEntropyLoss()

    def of(self, criterion, output, target):
        return 2 * criterion(output, target)


class Downhill(Optimizer):
    """Plain steps."""

    kind: ClassVar[str] = "Downhill"

    def build(self, parameters, learning_rate, weight_decay=None):
        return torch.optim.SGD(parameters, lr=learning_rate)


class Fading(Schedule):
    """Ever smaller steps."""

    kind: ClassVar[str] = "fading"

    def factor(self, step, total_steps, steps_per_epoch, memory):
        return 1 / (1 + step)


class Names(Exporter):
    """The names of the weights, a line each."""

    kind: ClassVar[str] = "names"
    suffix: ClassVar[str] = ".txt"

    def write(self, model, path: Path, progress=None):
        path.write_text("\\n".join(model.module.state_dict()), encoding="utf-8")
        return Proof(True, 0.0, ())
'''
)
"""A module with a part of each family."""


def install(site: Path, name: str, source: str, value: str = "") -> None:
    """Installs a package of one module.

    Args:
        site: a folder on the path of modules.
        name: of the package, its module and its entry point; the version is 1.2.
        source: of the module.
        value: what the entry point names; the module if empty.
    """
    (site / f"{name}.py").write_text(source, encoding="utf-8")
    about = site / f"{name}-1.2.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n{name} = {value or name}\n", encoding="utf-8")
    importlib.invalidate_caches()
