"""Weights that training starts from, out of a file: named tensors, and nothing that could run."""

from __future__ import annotations

from netdesigner.training.weight_files.convert import convert
from netdesigner.training.weight_files.opened import open_weights
from netdesigner.training.weight_files.start import start_from
from netdesigner.training.weight_files.weight_file import WeightFile

__all__ = ["WeightFile", "convert", "open_weights", "start_from"]
