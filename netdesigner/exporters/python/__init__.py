"""The network as a file of ordinary PyTorch, as a person would have written it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netdesigner.compiler.agreement import TOLERANCE, largest_difference, results_of, trials_of
from netdesigner.compiler.checked import checked_trace
from netdesigner.compiler.passport import passport_of, program
from netdesigner.compiler.weights import weights_of
from netdesigner.document.atomic import refuse_if_unwritable, write_together
from netdesigner.errors import ExportError
from netdesigner.parts.dataset import Progress, no_progress
from netdesigner.parts.exporter import Exporter, Model, Proof

if TYPE_CHECKING:
    from netdesigner.compiler.agreement import Tensors

__all__ = ["Python"]


class Python(Exporter):
    """One file of PyTorch source that needs nothing of this program, with the weights in a second file beside it.

    Blocks become classes, repetitions loops, and what the author wrote in terms of a block's parameters stays so. A
    layer that torch.nn has no class for brings its own. The weights go into the file of the same name that ends in
    `.safetensors`; the names in it are those of the trained network. `load()` in the file gives the network with its
    weights.
    """

    kind: ClassVar[str] = "python"
    title: ClassVar[str] = "PyTorch source"
    suffix: ClassVar[str] = ".py"

    def files(self, path: Path) -> tuple[Path, ...]:
        """The source, and the weights beside it."""
        return path, path.with_suffix(".safetensors")

    def write(self, model: Model, path: Path, progress: Progress = no_progress) -> Proof:
        """Writes source and weights after the source has been run, in an interpreter of its own, with those weights."""
        from netdesigner.exporters.python.source import source_of
        from netdesigner.exporters.python.trial_run import results_of_source

        _, weights_path = self.files(path)
        if weights_path == path:
            raise ExportError(
                f"{path}: this name is needed for the weights; let the source's name end in .py"
            )
        for target in (path, weights_path):
            refuse_if_unwritable(target)
        progress(0.0, "writing the source")
        _, trace = checked_trace(model.design, model.catalog, model.network)
        source = source_of(model, trace, program())
        weights = weights_of(model.module, passport_of(model))
        trials = trials_of(trace)
        expected = [results_of(model.module, inputs) for inputs in trials]
        with tempfile.TemporaryDirectory(prefix="netdesigner-") as folder:
            found = results_of_source(source, weights, trials, Path(folder), progress)
        proof = _proof(expected, found, trials)
        progress(0.9, "writing the files")
        write_together({weights_path: weights, path: source.encode("utf-8")})
        progress(1.0, "done")
        return proof


def _proof(expected: list[Tensors], found: list[Tensors], trials: tuple[Tensors, ...]) -> Proof:
    worst = max(largest_difference(a, b) for a, b in zip(expected, found, strict=True))
    if not worst <= TOLERANCE:
        raise ExportError(
            f"not written: the source gives other numbers, by up to {worst:.2g} (at most {TOLERANCE:.2g} is allowed)"
        )
    shapes = tuple(tuple(tensor.shape) for inputs in trials for tensor in inputs)
    return Proof(
        True, worst, shapes, TOLERANCE, ("the source ran with its weights in an interpreter of its own",)
    )
