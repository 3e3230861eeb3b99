"""What a part is: the contracts of everything that can be picked from a list.

A part is a frozen dataclass, alone in its file or with its close family. Its fields are at once its parameters, its
form, what is saved and its documentation. The floor knows the contracts and how parts are found, never a part;
only the settings of a training, which every design has, are declared here whole.
It uses the standard library only; what needs torch or numpy is imported inside the parts' own methods.
"""

from netdesigner.parts.augmentation import Augmentation, Augmented, Ground, Mix, Pair
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import NO_CLASS, Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.exporter import Exporter, Model, Proof
from netdesigner.parts.given import Given
from netdesigner.parts.inspection import ColumnInfo, TableInspection
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.loss import Loss
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.optimizer import Optimizer
from netdesigner.parts.part import Part
from netdesigner.parts.preview import Bars, Curves, ImageGrid, Line, Matrix, Preview, Signal, Table, Text
from netdesigner.parts.schedule import Schedule
from netdesigner.parts.task import Curve, Task, Turn
from netdesigner.parts.tensor import BATCH, Dim, TensorSpec
from netdesigner.parts.training_settings import TrainingSettings

__all__ = [
    "BATCH",
    "NO_CLASS",
    "Augmentation",
    "Augmented",
    "Bars",
    "Catalog",
    "ColumnInfo",
    "Cost",
    "Curve",
    "Curves",
    "DataSpec",
    "Dataset",
    "Dim",
    "Example",
    "Exporter",
    "Given",
    "Ground",
    "ImageGrid",
    "Layer",
    "Line",
    "Loss",
    "Matrix",
    "Misfit",
    "Mix",
    "Model",
    "Optimizer",
    "Pair",
    "Part",
    "Port",
    "Preview",
    "Progress",
    "Proof",
    "Samples",
    "Schedule",
    "Signal",
    "Table",
    "TableInspection",
    "Task",
    "TensorSpec",
    "Text",
    "TrainingSettings",
    "Turn",
    "no_progress",
]
