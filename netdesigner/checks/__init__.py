"""What is wrong with a design: problems, many at once, with what flows through every wire.

`check` looks at a design and never raises for what a user can mend; `with_fixes` adds edits that have been tried and
do help. The floor knows the contracts of parts, never a part, and uses the standard library and networkx only.
"""

from netdesigner.checks.blame import blame_at
from netdesigner.checks.check import check
from netdesigner.checks.codes import CODES, Code
from netdesigner.checks.fixes import with_fixes
from netdesigner.checks.refusal import explain_refusal
from netdesigner.checks.report import ERROR, WARNING, Blame, Fix, Problem, Report, Trace, TracedNode
from netdesigner.checks.summary import summary

__all__ = [
    "CODES",
    "ERROR",
    "WARNING",
    "Blame",
    "Code",
    "Fix",
    "Problem",
    "Report",
    "Trace",
    "TracedNode",
    "blame_at",
    "check",
    "explain_refusal",
    "summary",
    "with_fixes",
]
