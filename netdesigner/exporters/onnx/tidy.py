"""What an exported graph says beside its numbers: the nodes' ids stay, and where things lay on this machine goes.

Torch writes the lines of source that each node comes from into the file, with the full paths of the program and of
the user's folders.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import onnx

__all__ = ["tidy"]

_SCOPES = "pkg.torch.onnx.name_scopes"


def tidy(
    proto: onnx.ModelProto, name: str, layers: Collection[str], program: str, about: Mapping[str, str]
) -> None:
    """Renames nodes after the layers they come from, takes out what torch noted, and puts in what the user may read.

    Args:
        proto: the model; changed in place.
        name: what to call the graph.
        layers: the paths of the network's submodules.
        program: the name and version of this program.
        about: texts for the model's metadata.
    """
    _rename(proto.graph, layers)
    for message in _messages(proto):
        fields = message.DESCRIPTOR.fields_by_name
        for field in ("metadata_props", "doc_string"):
            if field in fields:
                message.ClearField(field)
    proto.graph.name = name
    proto.producer_name, _, proto.producer_version = program.partition(" ")
    onnx.helper.set_model_props(proto, dict(about))


def _messages(message: Any) -> Iterator[Any]:
    """A message of the file and all inside it: graphs within graphs, functions, nodes, values, tensors."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is None or field.name == "metadata_props":
            continue
        parts: Iterable[Any] = value if isinstance(value, Iterable) else [value]
        for part in parts:
            yield from _messages(part)


def _rename(graph: onnx.GraphProto, layers: Collection[str]) -> None:
    taken: set[str] = set()
    for node in graph.node:
        layer = _layer_of(node, layers)
        name = f"{layer}/{node.op_type}" if layer else node.name
        number = 2
        unique = name
        while unique in taken:
            unique, number = f"{name}_{number}", number + 1
        taken.add(unique)
        node.name = unique


def _layer_of(node: onnx.NodeProto, layers: Collection[str]) -> str:
    """The path of the layer that a node computes, or ""; torch notes it as a list of scopes, outer ones first."""
    said = next((entry.value for entry in node.metadata_props if entry.key == _SCOPES), "[]")
    try:
        scopes = ast.literal_eval(said)
    except (SyntaxError, ValueError):
        return ""
    return next((scope for scope in reversed(scopes) if scope and scope in layers), "")
