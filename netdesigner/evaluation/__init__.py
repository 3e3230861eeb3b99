"""How good a network is on samples it was not trained on, and what its worst mistakes look like.

Takes plain tensors and arrays; knows no training. Torch and numpy are imported by what is called, not by this.
"""

from netdesigner.evaluation.evaluate import evaluate, outputs_of
from netdesigner.evaluation.evaluation import Evaluation
from netdesigner.evaluation.preview_json import preview_from_json, preview_to_json

__all__ = ["Evaluation", "evaluate", "outputs_of", "preview_from_json", "preview_to_json"]
