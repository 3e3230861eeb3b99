"""Runs a generated file in an interpreter of its own and writes down what its network gives.

    python -I run.py NETWORK.py INPUTS.safetensors OUTPUTS.safetensors

It is started as a script and so imports nothing of this program. Inputs are named `0.0`, `0.1`, ...: the number of the
trial, then that of the input; outputs are named the same way.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

__all__ = ["run"]


def run(source: Path, inputs: Path, outputs: Path) -> None:
    """Loads the network that a file defines and feeds it every trial.

    Args:
        source: the generated file; its weights lie beside it.
        inputs: where the inputs are read from.
        outputs: where the outputs are written to.
    """
    spec = importlib.util.spec_from_file_location("generated", source)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # What is compiled is not kept: source that is written again in the same second would be taken for what it was.
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = kept
    network = module.load()
    trials: dict[str, list[tuple[int, torch.Tensor]]] = {}
    for name, tensor in load_file(inputs).items():
        trial, _, number = name.partition(".")
        trials.setdefault(trial, []).append((int(number), tensor))
    found = {}
    with torch.no_grad():
        for trial, tensors in trials.items():
            given = network(*(tensor for _, tensor in sorted(tensors, key=lambda item: item[0])))
            for at, tensor in enumerate(given if isinstance(given, tuple) else (given,)):
                found[f"{trial}.{at}"] = tensor.clone(memory_format=torch.contiguous_format)
    save_file(found, outputs)


if __name__ == "__main__":
    run(*(Path(name) for name in sys.argv[1:]))
