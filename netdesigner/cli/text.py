"""What checks, summaries, layers and proofs look like as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from netdesigner.checks import Problem
from netdesigner.parts import Catalog, Layer, Proof
from netdesigner.parts.layer import CATEGORIES
from netdesigner.parts.part import Param
from netdesigner.session.gallery import Template

__all__ = [
    "counted",
    "in_palette_order",
    "layer_facts",
    "problem_facts",
    "problem_lines",
    "proof_facts",
    "proof_lines",
    "summary_lines",
]


def counted(amount: int, noun: str) -> str:
    """A number of things: `1 epoch`, `2 epochs`."""
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def problem_facts(problem: Problem) -> dict[str, Any]:
    """A problem as `check --json` prints it."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "network": problem.network,
        "node": problem.node,
        "port": problem.port,
        "fixes": [fix.text for fix in problem.fixes],
    }


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Problems for a terminal, each with its fixes below."""
    for problem in problems:
        where = "/".join(part for part in (problem.network, problem.node) if part)
        yield (
            f"{problem.severity} {problem.code} {where}: {problem.message}"
            if where
            else f"{problem.severity} {problem.code}: {problem.message}"
        )
        for fix in problem.fixes:
            yield f"  can be mended: {fix.text}"


def summary_lines(facts: Mapping[str, Any]) -> Iterator[str]:
    """A summary for a terminal."""
    for name, network in facts["networks"].items():
        rows = [("node", "kind", "output", "parameters", "multiply-adds")]
        rows += [
            (
                node["id"],
                node["kind"],
                " ".join("×".join(str(dim) for dim in shape) for shape in node["outputs"]) or "?",
                f"{node['parameters']:,}",
                f"{node['macs']:,}",
            )
            for node in network["nodes"]
        ]
        rows.append(("total", "", "", f"{network['parameters']:,}", f"{network['macs']:,}"))
        if network["trainable"] != network["parameters"]:
            rows.append(("trainable", "", "", f"{network['trainable']:,}", ""))
        yield f"network {name}"
        yield from _table(rows)


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        left = (cell.ljust(width) for cell, width in zip(row[:3], widths[:3], strict=True))
        right = (cell.rjust(width) for cell, width in zip(row[3:], widths[3:], strict=True))
        yield "  " + "  ".join([*left, *right])


def in_palette_order(catalog: Catalog) -> list[type[Layer]]:
    """All layers by category, then by kind."""
    unique = {layer.kind: layer for layer in catalog.layers.values()}
    return sorted(unique.values(), key=lambda layer: (CATEGORIES.index(layer.category), layer.kind))


def template_facts(template: Template) -> dict[str, Any]:
    """A sample as `templates --json` prints it."""
    facts: dict[str, Any] = {
        "name": template.name,
        "title": template.title,
        "description": template.description,
        "family": template.family,
        "small": template.small is not None,
    }
    for name in ("paper", "parameters", "macs"):
        if value := getattr(template, name):
            facts[name] = value
    return facts


def layer_facts(layer: type[Layer]) -> dict[str, Any]:
    """A layer as `layers --json` prints it."""
    return {
        "kind": layer.kind,
        "category": layer.category,
        "summary": layer.summary(),
        "inputs": [{"name": p.name, "optional": p.optional, "variadic": p.variadic} for p in layer.inputs],
        "outputs": [port.name for port in layer.outputs],
        "parameters": [_param_facts(declared) for declared in layer.params()],
    }


def _param_facts(declared: Param) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": declared.name, "type": declared.type, "default": declared.default}
    for name in ("min", "max", "above", "unit", "help"):
        if getattr(declared, name) not in (None, ""):
            facts[name] = getattr(declared, name)
    if declared.choices:
        facts["choices"] = list(declared.choices)
    return facts


def proof_facts(files: Sequence[Path], proof: Proof) -> dict[str, Any]:
    """A proof as `export --json` prints it; `files` is there where more than the output was written."""
    facts: dict[str, Any] = {
        "output": str(files[0]),
        "verified": proof.verified,
        "max_abs_error": proof.max_abs_error,
        "inputs_tried": [list(shape) for shape in proof.inputs_tried],
    }
    return facts | ({"files": [str(file) for file in files]} if len(files) > 1 else {})


def proof_lines(files: Mapping[Path, bool], proof: Proof) -> Iterator[str]:
    """A proof for a terminal.

    Args:
        files: what was written, the output first, and whether it was there before.
        proof: what was found.
    """
    output = next(iter(files))
    tried = ", ".join("×".join(str(dim) for dim in shape) for shape in proof.inputs_tried)
    verdict = "verified" if proof.verified else "NOT verified"
    yield f"{output}: {verdict}, largest difference {proof.max_abs_error:.3g} (allowed {proof.tolerance:g})"
    for file, was_there in files.items():
        yield f"  {'replaced' if was_there else 'wrote'} {file}"
    if tried:
        yield f"  inputs tried: {tried}"
    for note in proof.notes:
        yield f"  {note}"
