"""From a checked graph to a module that computes it.

The floor knows `parts.Layer` and never one layer in particular. Torch is imported when something is compiled, not when
this package is.
"""

from netdesigner.compiler.compile import Compiled, compile_design
from netdesigner.compiler.device_memory import available_memory
from netdesigner.compiler.memory import Forecast, forecast, refuse_if_too_large
from netdesigner.compiler.probe import probe
from netdesigner.compiler.trial import trial_inputs

__all__ = [
    "Compiled",
    "Forecast",
    "available_memory",
    "compile_design",
    "forecast",
    "probe",
    "refuse_if_too_large",
    "trial_inputs",
]
