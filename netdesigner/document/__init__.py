"""The design as values, its edits, its history and its file.

Everything here is frozen: an edit is a function that takes a `Design` and returns a new one, and undo keeps the
old one. The floor knows no layer, no torch and no Qt; a node's kind is a name and its parameters are plain JSON
values, so a kind that this version does not know survives opening and saving.
"""

from netdesigner.document.design import (
    BLOCK_PREFIX,
    Block,
    Choice,
    Design,
    Edge,
    Graph,
    Network,
    Node,
    Phase,
    Scope,
    Settings,
    Value,
    is_identifier,
    name_fault,
)
from netdesigner.document.file import SUFFIX, dumps, folder_of, load, load_with_digest, loads, save
from netdesigner.document.history import History

__all__ = [
    "BLOCK_PREFIX",
    "SUFFIX",
    "Block",
    "Choice",
    "Design",
    "Edge",
    "Graph",
    "History",
    "Network",
    "Node",
    "Phase",
    "Scope",
    "Settings",
    "Value",
    "dumps",
    "folder_of",
    "is_identifier",
    "load",
    "load_with_digest",
    "loads",
    "name_fault",
    "save",
]
