"""What an exported network says about itself: texts under names, the same in every format that can carry them.

Nothing in it tells where a file lay or who made it.
"""

from __future__ import annotations

import hashlib
import json
import sys

from netdesigner.document.file import dumps
from netdesigner.parts.exporter import Model
from netdesigner.parts.tensor import TensorSpec

__all__ = ["passport_of", "program"]


def program() -> str:
    """The name and version of this program."""
    name = __name__.partition(".")[0]
    return f"{name} {sys.modules[name].__version__}"


def passport_of(model: Model) -> dict[str, str]:
    """The texts; those that are not plain words are JSON.

    `netdesigner.design` is the SHA-256 of the design's text, which tells whether two files come from the same design.
    `netdesigner.task` is what was learned with all its settings, such as the anchors by which a grid becomes boxes, and
    `netdesigner.usage` says in words what is to be done with them. `netdesigner.target_scaling` brings what is told in
    the scale of training back into its own unit: raw = given * scale + shift, a number of each for every target.
    `netdesigner.files` is how a picture or a sound becomes a sample, as of `Dataset.files_of_samples`.
    `netdesigner.says` is what the numbers of an output are, as of `Loss.says`.
    """
    about: dict[str, object] = {
        "program": program(),
        "title": model.design.title,
        "design": hashlib.sha256(dumps(model.design).encode("utf-8")).hexdigest(),
        "network": model.network,
        "trained": model.trained,
        "inputs": [_spec(name, spec) for name, spec in model.inputs],
        "outputs": [_spec(name, spec) for name, spec in model.outputs],
        "scaling": dict(model.scaling),
        "files": dict(model.files),
        "usage": model.usage,
    }
    if model.data is not None:
        about |= {
            "classes": model.data.classes,
            "features": model.data.features,
            "targets": model.data.targets,
            "tokens": model.data.tokens,
        }
        if model.data.unit is not None:
            about["target_scaling"] = model.data.unit._asdict()
        task = model.design.task
        if task is not None:
            made = model.catalog.task(task, model.design.variables, model.design.loss)
            files = {declared.name for declared in made.params() if declared.path}
            values = {name: value for name, value in made.values().items() if name not in files}
            about["task"] = {"kind": made.kind, **values}
            if made.loss is not None:
                about |= {"loss": {"kind": made.loss.kind, **made.loss.values()}, "says": made.loss.says}
    return {f"netdesigner.{key}": _text(value) for key, value in about.items() if value not in ("", (), {})}


def _spec(name: str, spec: TensorSpec) -> dict[str, object]:
    return {"name": name, "shape": spec.shape, "dtype": spec.dtype}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, allow_nan=False)
