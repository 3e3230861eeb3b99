"""Training: the loop and its events, checkpoints, and the runs they leave.

Data, network and task come in as arguments; the floor knows neither the compiler nor the evaluation. Torch is needed by
`loop` and what it is made of, which are imported where training begins; everything named here works without.
"""

from netdesigner.training.control import Control
from netdesigner.training.events import Event
from netdesigner.training.host import ThreadHost
from netdesigner.training.runs import (
    Curves,
    RunInfo,
    TrainedRun,
    curves_of,
    list_runs,
    load_run,
    new_run,
    read_events,
)

__all__ = [
    "Control",
    "Curves",
    "Event",
    "RunInfo",
    "ThreadHost",
    "TrainedRun",
    "curves_of",
    "list_runs",
    "load_run",
    "new_run",
    "read_events",
]
