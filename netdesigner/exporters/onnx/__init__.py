"""The network as an ONNX file, which runs without PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.compiler.agreement import (
    TOLERANCE,
    Tensors,
    largest_difference,
    results_of,
    trials_of,
)
from netdesigner.compiler.checked import checked_trace
from netdesigner.compiler.passport import passport_of, program
from netdesigner.compiler.plan import needed_nodes
from netdesigner.document.atomic import refuse_if_unwritable, write_together
from netdesigner.errors import ExportError
from netdesigner.exporters.onnx.example import example_of, example_path, may_be_written
from netdesigner.exporters.onnx.quiet import quiet
from netdesigner.parts.dataset import Progress, no_progress
from netdesigner.parts.exporter import Exporter, Model, Proof
from netdesigner.parts.modes import evaluating
from netdesigner.parts.part import param
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import onnx
    from torch import Tensor, nn

    from netdesigner.checks.report import Trace

__all__ = ["Onnx"]

_SCALING = "scale_inputs"
_LARGEST_BYTES = 2**31 - 1
"""What a single ONNX file may hold: the format it is written in counts its bytes in 31 bits."""


class Onnx(Exporter):
    """One self-contained file for ONNX Runtime and whatever else reads ONNX, with an example of its use beside it.

    The batch may have any length and is called `batch`; other axes without a fixed length keep their names. Inputs and
    outputs are called as the nodes are. Under `netdesigner.…` the file's metadata say how inputs are scaled, what the
    classes are called, and which design the network comes from. The example is Python that needs ONNX Runtime and numpy
    only: from raw samples or a text to what is meant, such as names of classes, boxes, or samples drawn out of noise.

    Source: the ONNX specification, https://onnx.ai/onnx/; torch.onnx.export.
    """

    kind: ClassVar[str] = "onnx"
    title: ClassVar[str] = "ONNX"
    suffix: ClassVar[str] = ".onnx"

    opset: int = param(20, min=18, max=23, help="version of the operators; newer ones need newer readers")
    normalization: str = param(
        "graph",
        choices=("graph", "metadata"),
        help="graph: the file takes raw inputs and scales them itself; metadata: it takes scaled inputs and says how",
    )
    example: bool = param(True, help="writes Python beside the file that shows how it is used")

    def files(self, path: Path) -> tuple[Path, ...]:
        """The network, and the example beside it unless that was changed by hand."""
        example = example_path(path)
        return (path, example) if self.example and may_be_written(example) else (path,)

    def write(self, model: Model, path: Path, progress: Progress = no_progress) -> Proof:
        """Writes the file after ONNX Runtime has given the same numbers as PyTorch for batches of three sizes."""
        for file in self.files(path):
            refuse_if_unwritable(file)
        _, trace = checked_trace(model.design, model.catalog, model.network)
        _refuse_what_onnx_lacks(trace)
        names = tuple(sorted({name for _, spec in model.inputs for name in spec.symbols()} - {BATCH}))
        try:
            data, proof = self._proven(model, trace, (BATCH, *names), progress)
        except ExportError:
            if not names:
                raise
            data, proof = self._proven(model, trace, (BATCH,), lambda _, text: progress(0.7, f"{text} again"))
            notes = tuple(f"the axis {name} has the same length in every batch" for name in names)
            proof = proof._replace(notes=proof.notes + notes)
        progress(0.95, "writing the file")
        example = example_of(model, path) if self.example else None
        if example is not None:
            proof = proof._replace(notes=(*proof.notes, example.note))
        write_together({path: data} | (example.file if example is not None else {}))
        progress(1.0, "done")
        return proof

    def _proven(
        self, model: Model, trace: Trace, free: tuple[str, ...], progress: Progress
    ) -> tuple[bytes, Proof]:
        """The file's bytes and their proof.

        Args:
            model: what is exported.
            trace: what the checks found out about its graph.
            free: the named axes that may have any length; some layers are translated step by step and fix theirs.
            progress: called before each stage.

        Raises:
            ExportError: it cannot be translated, or gives other numbers.
        """
        inside = self.normalization == "graph" and bool(model.scaling) and model.takes_samples
        network = _kept_apart(_with_scaling(model) if inside else model.module)
        progress(0.05, "translating")
        proto = self._export(network, model, trials_of(trace, fixed_lengths=True)[1], free)
        progress(0.6, "checking")
        data = _checked(proto, network, model, inside)
        progress(0.7, "comparing")
        trials = trials_of(trace, fixed_lengths=free == (BATCH,))
        return data, _proof(data, model, trials, inside)

    def _export(
        self, network: nn.Module, model: Model, inputs: Tensors, free: tuple[str, ...]
    ) -> onnx.ModelProto:
        import torch

        axes = tuple(_free_axes(spec, free) for _, spec in model.inputs)
        try:
            with evaluating(network), torch.no_grad(), quiet():
                exported: Any = torch.onnx.export(
                    network,
                    inputs,
                    dynamo=True,
                    verbose=False,
                    external_data=False,
                    opset_version=self.opset,
                    input_names=[name for name, _ in model.inputs],
                    output_names=[name for name, _ in model.outputs],
                    dynamic_shapes=(axes,),
                    optimize=False,
                )
                _simplify(exported, network)
        except Exception as error:
            reason = str(error.__cause__ or error).strip().partition("\n")[0]
            raise ExportError(f"this network cannot be translated to ONNX: {reason}") from error
        proto: onnx.ModelProto = exported.model_proto
        return proto


def _simplify(exported: Any, network: nn.Module) -> None:
    """Leaves out of a translated network what can be computed before it is used, but for its weights.

    Those stay as they were learned and can be found by their names: no norm is folded into the layer before it, which
    ONNX Runtime does by itself when it opens the file. What may be given anew with each input is never folded, so they
    are inputs meanwhile.
    """
    learned = network.state_dict().keys()
    inputs = exported.model.graph.inputs
    count = len(inputs)
    inputs.extend(v for name, v in exported.model.graph.initializers.items() if name in learned and v.uses())
    exported.optimize()
    del exported.model.graph.inputs[count:]


def _refuse_what_onnx_lacks(trace: Trace, path: str = "") -> None:
    """Names the first node that ONNX cannot hold.

    Raises:
        ExportError: there is one.
    """
    for node_id in needed_nodes(trace):
        node = trace.nodes[node_id]
        if node.layer is not None and node.layer.not_in_onnx:
            raise ExportError(
                f"`{path}{node_id}`: ONNX cannot hold {node.layer.label()}: {node.layer.not_in_onnx}"
            )
        for inner in node.inner:
            _refuse_what_onnx_lacks(inner, f"{path}{node_id}.")


def _free_axes(spec: TensorSpec, free: tuple[str, ...]) -> dict[int, str]:
    """The axes that may have any length, by their place, with their names in the file."""
    names = {axis: dim for axis, dim in enumerate(spec.shape) if isinstance(dim, str) and dim in free}
    return {axis: "batch" if dim == BATCH else dim for axis, dim in names.items()}


def _with_scaling(model: Model) -> nn.Module:
    """The network with the scaling of raw inputs as its first step."""
    from netdesigner.compiler.network import CompiledNetwork
    from netdesigner.compiler.scaling import Scaling

    assert isinstance(model.module, CompiledNetwork), "what is exported was compiled"
    taken = dict(model.module.named_children())
    name = next(name for name in (_SCALING, f"{_SCALING}_", f"{_SCALING}__") if name not in taken)
    return model.module.preceded_by(name, Scaling.of(model.scaling, model.inputs[0][1].rank))


def _kept_apart(network: nn.Module) -> nn.Module:
    """The network, within another one where a node has a name that torch's own record of a network takes."""
    from torch import fx, nn

    class Outer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, *inputs: Tensor) -> Any:
            return self.network(*inputs)

    taken = dir(fx.GraphModule(nn.Module(), fx.Graph()))
    return Outer() if any(name in taken for name, _ in network.named_children()) else network


def _checked(proto: onnx.ModelProto, network: nn.Module, model: Model, inside: bool) -> bytes:
    """The bytes of the file, after the rules of ONNX have been applied to it."""
    import onnx as onnx_library

    from netdesigner.exporters.onnx.tidy import tidy

    about = passport_of(model)
    if model.scaling:
        about["netdesigner.normalization"] = "graph" if inside else "metadata"
    tidy(proto, model.network, dict(network.named_modules()), program(), about)
    if proto.ByteSize() > _LARGEST_BYTES:
        raise ExportError(
            "this network is larger than the 2 GB that a single ONNX file can hold; use safetensors"
        )
    try:
        onnx_library.checker.check_model(proto, full_check=True)
    except (onnx_library.checker.ValidationError, onnx_library.shape_inference.InferenceError) as error:
        raise ExportError(
            f"the translated network breaks a rule of ONNX: {str(error).partition(chr(10))[0]}"
        ) from None
    return bytes(proto.SerializeToString())


def _proof(data: bytes, model: Model, trials: tuple[Tensors, ...], inside: bool) -> Proof:
    """Runs the file and the network on the same inputs.

    Raises:
        ExportError: they differ.
    """
    from netdesigner.compiler.scaling import Scaling

    session = _session(data)
    worst = 0.0
    for inputs in trials:
        given = inputs
        if inside:
            given = (Scaling.of(model.scaling, inputs[0].ndim).undone(inputs[0]), *inputs[1:])
        expected = results_of(model.module, inputs)
        found = _run(session, model, given)
        worst = max(worst, largest_difference(expected, found))
    if not worst <= TOLERANCE:
        raise ExportError(
            f"not written: ONNX Runtime gives other numbers, by up to {worst:.2g} (at most {TOLERANCE:.2g} is allowed)"
        )
    notes = ("the file keeps the rules of ONNX", "ONNX Runtime ran it on the CPU")
    shapes = tuple(tuple(tensor.shape) for inputs in trials for tensor in inputs)
    return Proof(True, worst, shapes, TOLERANCE, notes)


def _session(data: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 its exceptions have no common base
        raise ExportError(
            f"ONNX Runtime cannot open the network: {str(error).partition(chr(10))[0]}"
        ) from None


def _run(session: Any, model: Model, inputs: Tensors) -> Tensors:
    import torch

    wanted = [entry.name for entry in session.get_inputs()]
    given = {
        name: tensor.numpy() for (name, _), tensor in zip(model.inputs, inputs, strict=True) if name in wanted
    }
    try:
        found = session.run([name for name, _ in model.outputs], given)
    except Exception as error:  # noqa: BLE001 its exceptions have no common base
        raise ExportError(
            f"ONNX Runtime cannot run the network: {str(error).partition(chr(10))[0]}"
        ) from None
    return tuple(torch.from_numpy(array) for array in found)
