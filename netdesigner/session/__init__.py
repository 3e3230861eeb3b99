"""The open design with its history, problems, data and runs; what the window and the command line both drive.

The session holds state and calls the verbs of the floors below; it computes nothing itself and knows no Qt.
"""

from netdesigner.session.job import Job
from netdesigner.session.session import Session, State

__all__ = ["Job", "Session", "State"]
