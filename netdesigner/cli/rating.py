"""What a range test of the learning rate found, at the command line."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netdesigner.training.range_test import RangeTest

__all__ = ["rate_lines"]


def rate_lines(found: RangeTest, as_json: bool) -> Iterator[str]:
    """What is printed: the suggestion with its reason and how to take it, or all points as JSON."""
    if as_json:
        yield json.dumps(dataclasses.asdict(found), ensure_ascii=False)
        return
    if len(found.networks) > 1:
        yield f"learning rate of {' and '.join(found.networks)} together; the curve is {found.loss}"
    yield f"{len(found.rates)} steps from {found.rates[0]:.2g} to {found.rates[-1]:.2g}"
    yield found.reason
    if found.rate is not None:
        yield f"suggested: --set training.learning_rate={found.rate:g}"
