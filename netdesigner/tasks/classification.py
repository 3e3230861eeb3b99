"""Classification: which of several classes a sample belongs to."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.tasks._classes import ClassesTask

__all__ = ["Classification"]


class Classification(ClassesTask):
    """Learns which class a sample belongs to, by the loss that is chosen: as a rule the cross-entropy.

    Further Outputs of one number, without a batch axis, are added to the loss.

    Shape:
        output [N, K] as the loss takes it, of two classes with some losses [N, 1]; target [N] int64.

    Source:
        C. M. Bishop, Pattern recognition and machine learning, 2006, chapter 4.
    """

    kind: ClassVar[str] = "classification"
    title: ClassVar[str] = "Classification"
