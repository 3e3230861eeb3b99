"""Edits that may mend a problem, by its code, the most likely first.

Nothing here is promised to help: `fixes` tries each on a copy and keeps what does. Every remedy is a text, as a button
would say it, and a function that makes the edited design and may raise `EditError` where the edit does not fit.
"""

from collections.abc import Mapping
from types import MappingProxyType

from netdesigner.checks.remedies import choices, fit, joins, parameters, shapes, structure, ties
from netdesigner.checks.remedies.case import Case, Remedies, Remedy

__all__ = ["REMEDIES", "Case", "Remedies", "Remedy"]

REMEDIES: Mapping[str, Remedies] = MappingProxyType(
    {
        **structure.REMEDIES,
        **parameters.REMEDIES,
        **shapes.REMEDIES,
        **joins.REMEDIES,
        **fit.REMEDIES,
        **choices.REMEDIES,
        **ties.REMEDIES,
    }
)
"""What may help, by code."""
