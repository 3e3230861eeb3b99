"""The codes of what is wrong with how a design is trained."""

from __future__ import annotations

from collections.abc import Mapping

from netdesigner.checks.code import OTHERWISE, Code
from netdesigner.checks.report import WARNING

__all__ = ["TRAINING"]

TRAINING: Mapping[str, Code] = {
    "ND601": Code(
        "Unknown optimizer",
        f"There is no optimizer of that name. {OTHERWISE}",
        section="optimizer",
    ),
    "ND602": Code(
        "Unknown schedule",
        f"There is no schedule of the learning rate of that name. {OTHERWISE}",
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
    "ND611": Code(
        "Phase that names what is not there",
        "A phase of the training names networks, or nodes as NETWORK.NODE, and the design has none of that name. Only "
        "nodes of networks can be named; a block learns as a whole.",
        section="training",
    ),
    "ND612": Code(
        "Phase in which nothing learns",
        "What the phase names has no weights, or they are frozen, or the task leaves them as they are, as it does with "
        "those of a teacher that are given. The epochs of the phase would change nothing. Let something with weights "
        "learn in it, or everything, or leave it out.",
        section="training",
    ),
    "ND613": Code(
        "Phases that are not as long as the training",
        "The epochs of the phases together are not those of the training. The last phase goes on until the training is "
        "over, and a phase that would begin later never does.",
        WARNING,
        "training",
    ),
    "ND614": Code(
        "Nothing to recompute",
        "The training is to compute repetitions and blocks a second time instead of remembering them, and the design "
        "has none, so that no memory is saved. Put what is large into a block, or switch recompute off.",
        WARNING,
        "training",
    ),
    "ND615": Code(
        "Nothing to compile with",
        "The network is to be compiled, and this machine has no C++ compiler, so that it is trained as it stands. "
        "Install a compiler, or switch compile off.",
        WARNING,
        "training",
    ),
    "ND620": Code(
        "Balanced sampling without classes",
        "Samples are to be drawn so that every class comes equally often, and they do not have one class each. Leave "
        "the sampling shuffled; where rare classes should count more, see the class_weights of the loss.",
        section="training",
    ),
}
