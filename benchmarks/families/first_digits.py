"""Makes the weights from which the template finetune-digits starts, of the digits 0 to 4 alone.

`python -m benchmarks.families.first_digits` trains them and writes them to where they come with the program.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import torch

import netdesigner as nd
from benchmarks.families.lab import Lab
from netdesigner.document import Choice, Design, edit
from netdesigner.parts import resources

HEAD = ("new_scores", "scores")
"""The last layer has another name where it begins anew."""


def before(whole: Design) -> Design:
    """The network of the template as it learns the digits 0 to 4, with all its parts at one rate."""
    first = edit.rename_node(alike(whole), "main", *HEAD)
    first = edit.set_data(first, Choice("digits", {"only": (0, 1, 2, 3, 4), "validation": 0.1, "test": 0.1}))
    first = edit.set_loss(first, None)  # smoothed labels give features that are of less use for other classes
    title, told = "Digits 0 to 4", "The weights gallery:digits-0-to-4 come from this network."
    first = replace(first, title=title, description=told)
    return edit.set_training(first, first.training.with_values({"epochs": 50}))


def alike(whole: Design) -> Design:
    """The template without the weights, and without what is there for their sake: phases and rates of its parts."""
    design = edit.set_phases(whole, ())
    design = edit.set_rate(design, "main", whole.networks["main"].graph.nodes, 1.0)
    return edit.set_training(design, design.training.with_values({"start_from": ""}))


def main() -> None:
    """Train and write."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder), seed=1, quick=False)
        run = lab.train(before(lab.template("finetune-digits")), "digits 0 to 4")
        print(lab.judged(run, "last"))
        proof = nd.export(run, resources.folder() / "gallery" / "digits-0-to-4.safetensors")
        print(proof)


if __name__ == "__main__":
    main()
