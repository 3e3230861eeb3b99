"""The whole file: what it is, what it imports, its classes, and how it loads its weights."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from netdesigner.checks.report import Trace
from netdesigner.compiler.copied import Import, copied, import_lines
from netdesigner.compiler.trial import index_limits, lengths_of
from netdesigner.exporters.python.allowed import refuse_unless_plain
from netdesigner.exporters.python.classes import ClassSource, classes_of
from netdesigner.exporters.python.instances import own_classes
from netdesigner.exporters.python.text import WIDTH, docstring, literal, wrapped
from netdesigner.parts.dataset import Unit
from netdesigner.parts.exporter import Model
from netdesigner.parts.tensor import BATCH

__all__ = ["source_of"]

_STEP = "    "

_USUAL: dict[str, Import] = {
    "Path": ("pathlib", "Path"),
    "Tensor": ("torch", "Tensor"),
    "load_file": ("safetensors.torch", "load_file"),
    "nn": ("torch", "nn"),
    "torch": ("torch", ""),
}
"""What every file imports, by the name that it has there."""
_FUNCTIONS: Import = ("torch.nn.functional", "")
"""What `F` is, which a file imports where it is used."""


def source_of(model: Model, trace: Trace, program: str) -> str:
    """The source of a network, which loads its weights from the file of the same name that ends in `.safetensors`.

    Args:
        model: the network.
        trace: what the checks found out about its graph.
        program: the name and version of this program.

    Raises:
        ExportError: a layer cannot be written as source.
    """
    ours = copied(own_classes(trace))
    classes = classes_of(model.design, model.network, trace, ours.texts.keys() | ours.imports.keys())
    main, unit = classes[-1], model.data.unit if model.data is not None else None
    parts = [
        _code(*_constants(model)),
        *([text] for text in ours.texts.values()),
        *(_class(part) for part in classes[:-1]),
        _class(main, _flow(model)),
        *([_scaling(model)] if model.scaling else []),
        *([_own_unit(unit)] if unit is not None and model.takes_samples else []),
        _load(main.name),
        _code(*_main(trace, bool(model.scaling) and model.takes_samples)),
        ['if __name__ == "__main__":', f"{_STEP}main()"],
    ]
    body = "\n\n\n".join("\n".join(part) for part in parts)
    head = "\n".join([*docstring(_title(model, program), ""), *_imports(body, ours.imports)])
    source = f"{head}\n\n{body}\n"
    refuse_unless_plain(source, ours)
    return source


def _code(*lines: str) -> list[str]:
    """Statements, each in as many lines as it takes."""
    return [part for line in lines for part in wrapped(line)]


def _title(model: Model, program: str) -> str:
    """What the file is; the user's own words never stand in its first two lines, where Python looks for an encoding."""
    said = [
        f"A neural network made with {program}.",
        model.design.title,
        model.design.description,
        model.usage,
    ]
    weights = "as trained" if model.trained else "as initialised; it was not trained"
    said.append(
        f"The weights lie beside this file, in the one of the same name that ends in .safetensors, {weights}."
    )
    return "\n\n".join(text.strip() for text in said if text.strip())


def _imports(body: str, more: Mapping[str, Import]) -> Iterator[str]:
    """The lines that import what a body uses, in the usual order: Python's own library, then the others."""
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    found = {**more, **_USUAL} | ({"F": _FUNCTIONS} if "F" in used else {})
    return import_lines(found)


def _constants(model: Model) -> Iterator[str]:
    yield 'WEIGHTS = Path(__file__).with_suffix(".safetensors")'
    if model.data is not None and model.data.classes:
        yield f"CLASSES = {literal(model.data.classes)}"


def _flow(model: Model) -> str:
    """What the network takes and gives."""
    takes = [f"{name} {spec}" for name, spec in model.inputs]
    gives = [f"{name} {spec}" for name, spec in model.outputs]
    short = f"Takes {', '.join(takes)}; gives {', '.join(gives)}. {BATCH} is the number of samples."
    if len(short) <= WIDTH - 10:
        return short
    lines = [*(f"Takes {text}" for text in takes), *(f"Gives {text}" for text in gives)]
    return "\n".join([f"The whole network; {BATCH} is the number of samples.", "", *lines])


def _class(part: ClassSource, flow: str = "") -> list[str]:
    arguments = "".join(f", {name}: {kind}" for name, kind in part.arguments)
    inputs = "".join(f", {name}: Tensor" for name in part.forward.inputs)
    gives = (
        "Tensor" if part.forward.outputs == 1 else f"tuple[{', '.join(['Tensor'] * part.forward.outputs)}]"
    )
    lines = [f"class {part.name}(nn.Module):", *docstring(flow or part.text, _STEP)]
    if part.members:
        lines += [
            "",
            *_code(f"{_STEP}def __init__(self{arguments}) -> None:"),
            f"{_STEP * 2}super().__init__()",
        ]
        lines += _code(*(_STEP * 2 + line for line in part.members))
    lines += ["", *_code(f"{_STEP}def forward(self{inputs}) -> {gives}:")]
    return lines + _code(*(_STEP * 2 + line for line in part.forward.lines))


def _scaling(model: Model) -> list[str]:
    """How raw samples become what the network takes; of a network that takes none, how what it makes becomes raw."""
    scaling = model.scaling
    shape = [1] * (model.inputs if model.takes_samples else model.outputs)[0][1].rank
    if len(scaling["shift"]) > 1:
        shape[int(scaling["axis"])] = len(scaling["shift"])
    name, text, gives = (
        ("prepare(raw", "Scales raw inputs as the network saw them in training.", "(raw - shift) / scale")
        if model.takes_samples
        else (
            "restore(scaled",
            "Gives samples the scale that they had before training.",
            "scaled * scale + shift",
        )
    )
    return _code(
        f"def {name}: Tensor) -> Tensor:",
        f'{_STEP}"""{text}"""',
        f"{_STEP}shift = torch.tensor({_numbers(scaling['shift'])}).reshape({literal(tuple(shape))})",
        f"{_STEP}scale = torch.tensor({_numbers(scaling['scale'])}).reshape({literal(tuple(shape))})",
        f"{_STEP}return {gives}",
    )


def _own_unit(unit: Unit) -> list[str]:
    """How what was learned of scaled targets becomes raw."""
    return _code(
        "def restore(given: Tensor) -> Tensor:",
        f'{_STEP}"""Gives what the network says, [..., {len(unit.scale)}], the unit that it had before training."""',
        f"{_STEP}return given * torch.tensor({_numbers(unit.scale)}) + torch.tensor({_numbers(unit.shift)})",
    )


def _numbers(values: Sequence[float]) -> str:
    return f"[{', '.join(literal(float(value)) for value in values)}]"


def _load(name: str) -> list[str]:
    return [
        f"def load(path: str | Path = WEIGHTS) -> {name}:",
        f'{_STEP}"""The network with the weights of a file, ready to be used."""',
        f"{_STEP}network = {name}()",
        f"{_STEP}network.load_state_dict(load_file(path))",
        f"{_STEP}return network.eval()",
    ]


def _main(trace: Trace, prepared: bool) -> list[str]:
    sizes, limits = {**lengths_of(trace), BATCH: 2}, index_limits(trace)
    made = [_random(trace, number, sizes, limits.get(number, 10)) for number in range(len(trace.inputs))]
    if prepared:
        made[0] = f"prepare({made[0]})"
    lines = ["def main() -> None:", f'{_STEP}"""Runs random numbers through the network."""']
    if len(made) == 1:
        lines.append(f"{_STEP}batch = {made[0]}")
    else:
        lines.append(f"{_STEP}batch = ({', '.join(made)})")
    call = "load()(batch)" if len(made) == 1 else "load()(*batch)"
    lines += [f"{_STEP}with torch.no_grad():"]
    if len(trace.outputs) == 1:
        return [*lines, f"{_STEP * 2}output = {call}", f"{_STEP}print(tuple(output.shape))"]
    lines.append(f"{_STEP * 2}outputs = {call}")
    return [*lines, f"{_STEP}for output in outputs:", f"{_STEP * 2}print(tuple(output.shape))"]


def _random(trace: Trace, number: int, sizes: dict[str, int], limit: int) -> str:
    """Source of a random tensor for one input."""
    specs = trace.nodes[trace.inputs[number]].outputs
    assert specs is not None, "an Input always knows what it gives"
    spec = specs[0].bind(**sizes)
    shape = ", ".join(str(dim) for dim in spec.shape)
    if spec.dtype == "float32":
        return f"torch.randn({shape})"
    if spec.is_float:
        return f"torch.randn({shape}, dtype=torch.{spec.dtype})"
    if spec.dtype == "bool":
        return f"torch.zeros({shape}, dtype=torch.bool)"
    kind = "" if spec.dtype == "int64" else f", dtype=torch.{spec.dtype}"
    return f"torch.randint({limit}, {literal(tuple(spec.shape))}{kind})"
