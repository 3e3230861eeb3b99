"""netdesigner: design, check, train and export neural networks.

The floors, each of which knows only those below it:

    __main__ / app | cli            compose the window; the same verbs without it
    ui                              PySide6 and pyqtgraph, nowhere else
    session                         the open design, its history, problems and runs; no Qt
    layers datasets tasks losses    the shelf: one part a file, found by walking
    optimizers schedules exporters
    compiler | training | evaluation   the machine
    checks                          what is wrong with a design
    parts                           what a part is
    document                        values: designs, edits, history, the file
    errors                          the exceptions

From Python, the same flow in five verbs:

    import netdesigner as nd

    design = nd.load("digits.netdesign")
    report = nd.check(design)
    module = nd.compile(design).module
    for event in nd.train(design, run="digits.runs/first"):
        print(event)
    proof = nd.export("digits.runs/first", "digits.onnx")

and `nd.Builder` writes a design in a few lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netdesigner.api import Phase, check, compile, evaluate, export, fetch, find_rate, load, save, train
    from netdesigner.session.builder import Builder

__version__ = "0.1.0"
__all__ = [
    "Builder",
    "Phase",
    "check",
    "compile",
    "evaluate",
    "export",
    "fetch",
    "find_rate",
    "load",
    "save",
    "train",
]


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that `import netdesigner` costs nothing."""
    if name == "Builder":
        from netdesigner.session.builder import Builder

        return Builder
    if name in __all__:
        from netdesigner import api

        return getattr(api, name)
    raise AttributeError(f"module 'netdesigner' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
