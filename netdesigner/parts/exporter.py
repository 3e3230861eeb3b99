"""What an exporter is: it writes a trained network to a file and proves that the file computes the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from netdesigner.document.design import Design
from netdesigner.parts.dataset import DataSpec, Progress, no_progress
from netdesigner.parts.part import Part
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

    from netdesigner.parts.catalog import Catalog

__all__ = ["Exporter", "Model", "Proof"]


@dataclass(frozen=True, slots=True)
class Model:
    """A network ready to be taken away.

    Attributes:
        module: on the CPU, in evaluation mode; takes the inputs in order.
        design: the design it was made from.
        network: which network of it.
        catalog: where its layers are found.
        inputs, outputs: names and specs, with the batch as a symbol.
        data: what it was trained on, or None.
        scaling: how inputs were normalised: "shift" and "scale", lists by channel or column, so that
            input = (raw - shift) / scale, and "axis", the axis they run along; empty where raw inputs are used.
        takes_samples: whether its first input is a sample, so that the scaling may become part of what is exported.
        files: how a file becomes a sample, as of `Dataset.files_of_samples`.
        usage: what one has to know to use it, beside what it takes and gives.
        example: what an example of its use runs, a function of `evaluation.usage`; None where nothing special is done.
        trained: whether the weights come from a run (else they are as initialised).
    """

    module: nn.Module
    design: Design
    network: str
    catalog: Catalog
    inputs: tuple[tuple[str, TensorSpec], ...]
    outputs: tuple[tuple[str, TensorSpec], ...]
    data: DataSpec | None = None
    scaling: Mapping[str, Any] = field(default_factory=dict)
    takes_samples: bool = True
    files: Mapping[str, str | int] = field(default_factory=dict)
    usage: str = ""
    example: Callable[[list[str]], None] | None = None
    trained: bool = False


class Proof(NamedTuple):
    """What was found when the written file was run against the network.

    Attributes:
        verified: every output agreed within `tolerance`.
        max_abs_error: the largest difference seen.
        inputs_tried: the shapes of the inputs that were run.
        tolerance: the largest difference allowed.
        notes: what else was checked, one sentence each.
    """

    verified: bool
    max_abs_error: float
    inputs_tried: tuple[tuple[int, ...], ...]
    tolerance: float = 1e-4
    notes: tuple[str, ...] = ()


class Exporter(Part):
    """Writes a network to a file of one format.

    Attributes:
        suffix: of the files it writes, with the dot.
    """

    suffix: ClassVar[str] = ""

    def files(self, path: Path) -> tuple[Path, ...]:
        """All files that `write` makes or replaces, the named one first."""
        return (path,)

    def write(self, model: Model, path: Path, progress: Progress = no_progress) -> Proof:
        """Writes the file, runs it and compares.

        Nothing but `files` is written; where the export fails nothing is left and older files are unchanged.

        Raises:
            ExportError: it cannot be written.
            CancelledError: raised by `progress`.
        """
        raise NotImplementedError
