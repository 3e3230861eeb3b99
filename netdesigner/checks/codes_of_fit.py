"""The codes of whether data, augmentations, task and loss are allowed and suit the networks and each other, ND4xx."""

from __future__ import annotations

from netdesigner.checks.code import OTHERWISE, Code
from netdesigner.checks.report import WARNING
from netdesigner.document.design import AUGMENTATIONS

__all__ = ["AUGMENTING", "FIT"]

FIT: dict[str, Code] = {
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
        f"There is no data set of that name. {OTHERWISE}",
        section="data",
    ),
    "ND404": Code(
        "Unknown task",
        f"There is no task of that name. {OTHERWISE}",
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
        f"There is no loss of that name. {OTHERWISE}",
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

AUGMENTING: dict[str, Code] = {
    "ND441": Code(
        "Unknown augmentation",
        f"There is no augmentation of that name. {OTHERWISE}",
        section=AUGMENTATIONS,
    ),
    "ND442": Code(
        "Augmentation setting out of range",
        "A setting of an augmentation has a name, type or value that is not allowed, or one that does not suit the "
        "samples, such as more pixels around a picture than it has itself.",
        section=AUGMENTATIONS,
    ),
    "ND443": Code(
        "Augmentation of other samples",
        "An augmentation is for samples of one sort: pictures, series, rows of numbers or texts. Remove it, or choose "
        "one for the samples that the data have.",
        section=AUGMENTATIONS,
    ),
    "ND444": Code(
        "Augmentation that the targets cannot follow",
        "What is done to a sample must leave true what is to be learned of it. Some targets cannot move along, such as "
        "the next token at each place where tokens change places, and a sample that is made out of two has two "
        "targets, which only tasks with one loss of a sample can learn. Pixels that come in from outside have no "
        "class, which some losses cannot pass over. Remove it, or choose another one.",
        section=AUGMENTATIONS,
    ),
    "ND445": Code(
        "Augmentation that never acts",
        "A batch is mixed once: one that mixes samples leaves alone what another one has mixed. Give the first of them "
        "a chance below 1, so that one or the other is done, or remove one of them.",
        WARNING,
        section=AUGMENTATIONS,
    ),
    "ND446": Code(
        "Mirrored samples that are something else",
        "What is done to a sample must leave true what is to be learned of it. Digits, letters and spectrograms that "
        "are mirrored are no longer what they were, and the network learns what never comes. Remove it, unless that "
        "is wanted.",
        WARNING,
        section=AUGMENTATIONS,
    ),
}
