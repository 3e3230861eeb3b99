"""The stable codes of problems, each with a title and an explanation for the help.

ND1xx structure, ND2xx parameters and expressions, ND3xx shapes and element types, ND4xx data, augmentations, task and
loss, ND5xx blocks, ND6xx training.
A code never changes its meaning; one that is given up is not used again.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from netdesigner.checks.code import Code
from netdesigner.checks.codes_of_fit import AUGMENTING, FIT
from netdesigner.checks.codes_of_training import TRAINING
from netdesigner.checks.report import WARNING, Blame, Problem
from netdesigner.checks.wording import one_line
from netdesigner.document.design import Scope

__all__ = ["CODES", "Code", "found"]


_STRUCTURE = {
    "ND101": Code(
        "Loop",
        "The wires run in a circle, so no node of the circle can be computed first. Take one of its wires away or let "
        "it begin at an earlier node. For a loop over time use a recurrent layer; to apply a node several times, set "
        "how often it repeats.",
    ),
    "ND102": Code(
        "Nothing wired to an input",
        "The layer needs a tensor at this port and no wire ends there. Draw a wire from the node that should feed it, "
        "or remove the layer.",
    ),
    "ND103": Code(
        "Several wires into one input",
        "The port takes one wire and more end at it; only the first is looked at until the others are removed. To "
        "bring tensors together, put an Add or a Concat in front.",
    ),
    "ND104": Code(
        "No such port",
        "A wire begins or ends at a port that the node does not have, mostly because the node's kind or parameters or "
        "the block's inputs and outputs changed after the wire was drawn. Draw it to a port that is there, give the "
        "port back, or remove the wire.",
    ),
    "ND105": Code(
        "The same wire twice",
        "Two wires join the same two ports. At a port that takes several wires this doubles what arrives, which is "
        "allowed but seldom meant; at any other port one of them has to go.",
    ),
    "ND106": Code(
        "Too few wires into an input",
        "The port takes several wires and has fewer than it needs, such as an Add with a single one. Wire the others "
        "or take the node out.",
    ),
    "ND107": Code(
        "Output that nobody reads",
        "What the node computes goes nowhere. Wire it to a node that should read it, to an Output, or remove it.",
        WARNING,
    ),
    "ND108": Code(
        "Nodes that lead to no Output",
        "The nodes are computed and what comes out never reaches an Output, so they learn nothing and only take time. "
        "Wire the end of the branch or remove the branch.",
        WARNING,
    ),
    "ND109": Code(
        "Nodes that get nothing from an Input",
        "No wire leads from an Input to these nodes, so the data never reaches them. Wire the beginning of the branch "
        "or remove the branch.",
        WARNING,
    ),
    "ND110": Code(
        "No Input",
        "The data enters a network through an Input node, and this network has none. Add one and wire it to the first "
        "layer.",
    ),
    "ND111": Code(
        "No Output",
        "What a network gives is what arrives at its Output node, and this network has none. Add one after the last "
        "layer.",
    ),
    "ND112": Code(
        "Several Outputs",
        "The network has more than one Output. It can be exported, but a task that compares one output with the target "
        "cannot train it.",
        WARNING,
    ),
    "ND113": Code(
        "Empty network",
        "There are no nodes yet. Add an Input, some layers and an Output, or start from a template.",
    ),
    "ND114": Code(
        "Unknown kind of layer",
        "There is no layer of that name: it is misspelt, the design is of a newer version, or the layer comes from a "
        "plugin that is not installed or is off. The node is kept as it is and saved unchanged; change its kind, "
        "update the program, or turn on plugins (Edit > Use Plugins, netdesigner --plugins).",
        malformed=True,
    ),
    "ND115": Code(
        "Wire to a node that is not there",
        "One end of the wire names a node that does not exist. Remove the wire.",
    ),
    "ND116": Code(
        "Weights of a node that is not there",
        "The node is to use the weights of another one, and the graph has no node of that name. Choose another node, "
        "or let it have weights of its own.",
    ),
    "ND117": Code(
        "Weights used in a circle",
        "Each of the nodes is to use the weights of the next, and none has any of its own. Let one of them have its "
        "own.",
    ),
    "ND118": Code(
        "Weights that cannot be shared",
        "Nodes of one kind can share all their weights; a Linear and an Embedding can share their weight. Other kinds "
        "have no weights in common.",
    ),
    "ND119": Code(
        "Frozen node with weights that are trained",
        "The node is frozen, and the weights it uses belong to a node that is not, so training changes them all the "
        "same. Freeze that node too, or let this one have weights of its own.",
        WARNING,
    ),
    "ND120": Code(
        "Bypassed node without input",
        "A bypassed node hands on what is wired to the first of its inputs that has a wire, and this one has none. "
        "Wire something to it, remove it, or switch its bypass off.",
    ),
    "ND121": Code(
        "Bypassed Input or Output",
        "An Input is where the data enters and an Output what a network gives, so neither can be left out. Switch its "
        "bypass off, or remove the node.",
    ),
    "ND122": Code(
        "Weights of a bypassed node",
        "The node is to use the weights of another one, which is bypassed: it is left out of the network and has no "
        "weights. Switch its bypass off, or let this node have weights of its own.",
    ),
}

_PARAMETERS = {
    "ND201": Code(
        "Parameter out of range",
        "A parameter has a value of the wrong type or outside its limits. Its help names what is allowed.",
    ),
    "ND202": Code(
        "Unknown parameter",
        "The layer has no parameter of that name: it is misspelt or belongs to another kind of layer.",
    ),
    "ND203": Code(
        "Not an expression",
        "The text in a number field cannot be computed. It may hold numbers, names of variables, + - * / // % and "
        "brackets, and it must not divide by zero.",
        malformed=True,
    ),
    "ND204": Code(
        "Unknown variable",
        "An expression uses a name that is neither a variable of the design nor a parameter of the block it stands in. "
        "Declare the variable or correct the name.",
    ),
    "ND205": Code(
        "Number of repetitions out of range",
        "A node is applied 1 to 1,000 times in a row. Input and Output are not repeated.",
    ),
    "ND206": Code(
        "Too many layers",
        "With all repetitions and all blocks written out, the design has more layers than any machine could hold. "
        "Repeat less often.",
    ),
    "ND207": Code(
        "Variable without a value",
        "A variable of the design is not a finite number, so expressions cannot use it.",
    ),
    "ND208": Code(
        "Ports that differ between uses of a block",
        "How many ports a layer has follows from an expression over the block's parameters, and a use of the block "
        "gives them other values. A wire of the block is there in all of its uses, so the ports must be the same. "
        "Write a number instead of the expression, or make another block.",
    ),
}

_SHAPES = {
    "ND301": Code(
        "Shape does not fit",
        "A layer cannot take the shape that its wire carries: the wrong number of axes, or lengths that its parameters "
        "do not allow. The message names both sides and the node that made the shape.",
    ),
    "ND302": Code(
        "Joined shapes differ",
        "A node brings several tensors together and their shapes do not suit each other. The message names both sides "
        "and where their paths part; make the sides alike there, or adapt one of them just before the join.",
    ),
    "ND303": Code(
        "Element type does not fit",
        "A layer cannot take the type of number that its wire carries, such as whole numbers where it computes with "
        "real ones. Change the Input's type or put a layer such as Embedding in between.",
    ),
    "ND304": Code(
        "Cannot be repeated",
        "A repeated node takes again what it gave, and this node gives something it cannot take. Make its output like "
        "its input, or apply it once.",
    ),
    "ND305": Code(
        "Nothing is left",
        "The layer's output has an axis without elements, mostly because pooling or convolutions without padding used "
        "up a small picture. Take out a pooling layer or add padding.",
    ),
    "ND306": Code(
        "Shared weights differ",
        "A node is to use the weights of another one, and they do not have the same shapes. Make the two nodes alike, "
        "or let it have weights of its own.",
    ),
    "ND309": Code(
        "The layer's rule failed",
        "The rule that works out the layer's output stopped with an error of the program itself. Please report it with "
        "the design; other parameters or inputs may avoid it.",
    ),
}

_BLOCKS = {
    "ND501": Code(
        "Unknown block",
        "The node is an instance of a block that the design does not have. Choose another block or remove the node.",
    ),
    "ND502": Code(
        "Block contains itself",
        "A block is used inside itself, directly or through other blocks, so it could never be written out.",
    ),
    "ND503": Code(
        "Block without Input", "An instance of the block has no port to wire. Add an Input node to the block."
    ),
    "ND504": Code(
        "Block without Output", "An instance of the block gives nothing. Add an Output node to the block."
    ),
    "ND505": Code(
        "Blocks nested too deep",
        "Blocks stand inside blocks more than 32 deep. Put the inner ones side by side.",
    ),
}

CODES: Mapping[str, Code] = MappingProxyType(
    {**_STRUCTURE, **_PARAMETERS, **_SHAPES, **FIT, **AUGMENTING, **_BLOCKS, **TRAINING}
)
"""Every code that checks use, in order. A task may bring codes of its own."""


def found(
    code: str,
    message: str,
    scope: Scope = "",
    node: str = "",
    *,
    port: str = "",
    param: str = "",
    path: tuple[str, ...] = (),
    blame: Blame | None = None,
    malformed: bool = False,
) -> Problem:
    """A problem with the severity and the section that its code has."""
    entry = CODES[code]
    place = (scope, node, port, param, path, entry.section)
    malformed = malformed or entry.malformed
    return Problem(code, entry.severity, one_line(message), *place, malformed=malformed, blame=blame)
