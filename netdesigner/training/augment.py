"""What is done to the samples of a batch before a step: a design's augmentations, with what they know of its data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from netdesigner.document.design import Design
from netdesigner.errors import TrainingError
from netdesigner.parts.augmentation import Augmented, Ground
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.task import Task
from netdesigner.training.data import Prepared

__all__ = ["augmented", "ground_of"]

_LOOKED_AT = 10_000
"""So many samples tell what black, white and the deviations are where they do not fit into memory."""


def augmented(
    design: Design, catalog: Catalog, task: Task, prepared: Prepared, device: torch.device
) -> Augmented | None:
    """The augmentations of a design for its training part; None where there are none, unless the task asks for them.

    Raises:
        ParameterError: a parameter is unknown or not allowed.
        TrainingError: an augmentation cannot be done to these samples, or not while this is learned.
        UnknownPartError: there is no such augmentation.
    """
    parts = [catalog.augmentation(choice, design.variables) for choice in design.augmentations]
    if not parts and not task.augments:
        return None
    for part in parts:
        for misfit in part.misfits(prepared.spec, task):
            raise TrainingError(misfit.message, advice=("Change or remove the augmentation.",))
    some = prepared.train.some(_LOOKED_AT).input
    return Augmented(parts, ground_of(prepared.spec, some, prepared.scaling, device))


def ground_of(
    data: DataSpec, inputs: Tensor, scaling: Mapping[str, Any], device: torch.device | str = "cpu"
) -> Ground:
    """What augmentations know of the data.

    Args:
        data: what samples look like.
        inputs: of the training part, as the network gets them, first axis the samples.
        scaling: as `Prepared.scaling`: how they came from raw ones, among which black and white are looked for.
        device: where batches are.
    """
    if not inputs.is_floating_point():
        return Ground(data, *torch.zeros(3, device=device))
    axis = 2 if inputs.ndim == 3 and not data.waves else 1
    others = [other for other in range(inputs.ndim) if other != axis]
    shape = [inputs.shape[axis] if other == axis else 1 for other in range(inputs.ndim)]
    shift, width = (
        torch.tensor(scaling.get(name, [default])) for name, default in (("shift", 0.0), ("scale", 1.0))
    )
    low, high = ((values * width + shift) for values in (inputs.amin(others), inputs.amax(others)))
    channels = (
        ((low.min() - shift) / width).expand_as(low),
        ((high.max() - shift) / width).expand_as(high),
        inputs.std(others, correction=0),
    )
    return Ground(data, *(values.reshape(shape).to(device) for values in channels))
