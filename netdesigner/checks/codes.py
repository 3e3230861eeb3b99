"""The stable codes of problems, each with a title and an explanation for the help.

ND1xx structure, ND2xx parameters and expressions, ND3xx shapes and element types, ND4xx data, task and loss, ND5xx
blocks, ND6xx training.
A code never changes its meaning; one that is given up is not used again.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from netdesigner.checks.report import ERROR, WARNING, Blame, Problem
from netdesigner.checks.wording import one_line
from netdesigner.document.design import Scope

__all__ = ["CODES", "Code", "found"]


class Code(NamedTuple):
    """What a code means.

    Attributes:
        title: a few words, as a heading.
        explanation: one paragraph: why it matters and what mends it.
        severity: how bad it is unless a problem says otherwise.
        section: which choice of the design is at fault, as `Problem.section`.
        malformed: as `Problem.malformed`.
    """

    title: str
    explanation: str
    severity: str = ERROR
    section: str = ""
    malformed: bool = False


_OTHERWISE = "Choose another, update the program, or turn on the plugin that has it."

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

_FIT = {
    "ND401": Code(
        "No data chosen",
        "The network can be looked at and exported, but training needs data. Choose some.",
        WARNING,
        "data",
    ),
    "ND402": Code(
        "No task chosen",
        "The task says what is to be learned (such as classification or regression) and how wrong an answer is. "
        "Training needs one.",
        WARNING,
        "task",
    ),
    "ND403": Code(
        "Unknown kind of data",
        f"There is no data set of that name. {_OTHERWISE}",
        section="data",
    ),
    "ND404": Code(
        "Unknown task",
        f"There is no task of that name. {_OTHERWISE}",
        section="task",
    ),
    "ND405": Code(
        "Data setting out of range",
        "A setting of the data has a name, type or value that is not allowed.",
        section="data",
    ),
    "ND406": Code(
        "Task setting out of range",
        "A setting of the task has a name, type or value that is not allowed.",
        section="task",
    ),
    "ND407": Code(
        "Nothing left to train on",
        "The shares for validation and for the test take all samples. Lower one of them, or take more samples.",
        section="data",
    ),
    "ND408": Code(
        "Nothing left that training could change",
        "All nodes with weights are frozen, so every step would leave the network as it is. Let training change some "
        "of them; mostly those are the last layers.",
        section="training",
    ),
    "ND409": Code(
        "Data that cannot be used",
        "The chosen data are not where the design looks for them, or are not what they are taken for. Choose the file "
        "again or mend it; the network itself is checked all the same.",
        section="data",
    ),
    "ND410": Code(
        "Input does not have the shape of the data",
        "What the network is given, a sample or what a task makes of it, has another shape than the Input declares. "
        "Set the Input to that shape, or choose other data.",
    ),
    "ND411": Code(
        "Input does not have the element type of the data",
        "What the network is given, a sample or what a task makes of it, holds another type of number than the Input "
        "declares. Set the Input to that type.",
    ),
    "ND412": Code(
        "More Inputs than the task gives tensors",
        "Each Input is given one tensor, in their order: mostly there is only one, the sample; diffusion gives a noisy "
        "sample, the time step and the class. What is of one element type, such as a text to read and one to write, "
        "can come in side by side through one Input and be parted by a Split.",
    ),
    "ND413": Code(
        "More Outputs than the task has",
        "The task compares one output with the target, or as many as it says, and the network has more Outputs. Only "
        "Outputs of one number without a batch axis may stand beside them; they are added to the loss. Remove the "
        "others.",
    ),
    "ND414": Code(
        "Networks do not play the task's roles",
        "A task trains networks by their role. With a single role the design's only network plays it, whatever its "
        "name; otherwise the networks must carry the names of the roles.",
    ),
    "ND415": Code(
        "Input does not take noise",
        "The task gives this network random numbers in place of samples. Their shape is that of the Input, so its "
        "lengths are numbers, and its element type is a floating-point one.",
    ),
    "ND416": Code(
        "Fewer Inputs than the task gives tensors",
        "The task gives the network several tensors, each to an Input of its own in their order: diffusion a noisy "
        "sample and the time step. Add an Input for what is missing and wire it to where the network needs it.",
    ),
    "ND417": Code(
        "Fewer Outputs than the task has",
        "The task compares several outputs with the target, such as a coarse and a fine grid of boxes, and the network "
        "has fewer. Add the Outputs that are missing, or set the task to as many as there are.",
    ),
    "ND418": Code(
        "A layer mixes samples that the task keeps apart",
        "Batch normalisation makes what it gives for a sample depend on all others of the batch. A penalty on the "
        "gradients of single samples, as that of the Wasserstein discriminator, then means something else. Take a "
        "normalisation that looks at one sample alone, such as GroupNorm with one group.",
        WARNING,
    ),
    "ND420": Code(
        "Output does not suit the target",
        "The network's output does not have the shape that the task compares with the target, such as one number for "
        "each class, at each place of a text or for each pixel of a picture where the task is about these. Set the "
        "size of the last layer, flatten before it, take out what flattens, or bring the output to the size of the "
        "masks.",
    ),
    "ND421": Code(
        "Target has the wrong type",
        "The task needs targets of another type: class numbers for classification, one for each pixel for "
        "segmentation, boxes with classes for detection, numbers for regression, the next token at each place for a "
        "language model, a text to write for sequence to sequence; to be given back, samples must be numbers "
        "themselves. Choose another task or another target column.",
    ),
    "ND422": Code(
        "Last activation does not suit the loss",
        "The loss takes the raw outputs, and an activation before it gets in the way: a softmax would be applied "
        "twice, a sigmoid keeps values out of reach. Remove the last activation, or choose a loss that takes what it "
        "gives.",
        WARNING,
    ),
    "ND423": Code(
        "Last layer does not give what the loss takes",
        "The loss takes numbers of one sort, such as probabilities or their logarithms, and the last layer gives "
        "others. Put the layer before the Output that gives them, or choose a loss that takes scores of any size.",
    ),
    "ND424": Code(
        "The loss cannot learn inputs that are scaled so",
        "A network that gives its own input back learns the numbers as they come out of the scaling of the data. Some "
        "losses take them for chances or counts and learn no others. Scale the data to 0 to 1, or choose a loss for "
        "any values.",
        section="data",
    ),
    "ND425": Code(
        "The loss cannot learn noise",
        "Diffusion learns the noise in a sample, which is any number, and the loss learns chances or counts only. "
        "Choose a loss for any values, such as MSELoss.",
    ),
    "ND431": Code(
        "Unknown loss",
        f"There is no loss of that name. {_OTHERWISE}",
        section="loss",
    ),
    "ND432": Code(
        "Loss setting out of range",
        "A setting of the loss has a name, type or value that is not allowed.",
        section="loss",
    ),
    "ND433": Code(
        "Loss of another task",
        "The loss compares other targets than the task learns: class numbers for classification, segmentation and "
        "language models, values for regression and reconstruction. Choose one that is for the task.",
        section="loss",
    ),
    "ND434": Code(
        "Loss setting does not suit the output",
        "A setting of the loss lists a number for each class or each number of the output, and there are more or "
        "fewer. Give as many as there are, or leave it empty.",
        section="loss",
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

_TRAINING = {
    "ND601": Code(
        "Unknown optimizer",
        f"There is no optimizer of that name. {_OTHERWISE}",
        section="optimizer",
    ),
    "ND602": Code(
        "Unknown schedule",
        f"There is no schedule of the learning rate of that name. {_OTHERWISE}",
        section="schedule",
    ),
    "ND603": Code(
        "Training setting out of range",
        "A setting of the training has a name, type or value that is not allowed, or an expression that cannot be "
        "computed. Its help names what is allowed.",
        section="training",
    ),
    "ND604": Code(
        "Optimizer setting out of range",
        "A setting of the optimizer has a name, type or value that is not allowed, alone or beside its other settings.",
        section="optimizer",
    ),
    "ND605": Code(
        "Schedule setting out of range",
        "A setting of the schedule has a name, type or value that is not allowed.",
        section="schedule",
    ),
    "ND606": Code(
        "Weight decay that the optimizer does not take",
        "A weight decay is set, and the chosen optimizer has none. Leave the weight decay empty or choose another "
        "optimizer.",
        section="training",
    ),
}

CODES: Mapping[str, Code] = MappingProxyType(
    {**_STRUCTURE, **_PARAMETERS, **_SHAPES, **_FIT, **_BLOCKS, **_TRAINING}
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
