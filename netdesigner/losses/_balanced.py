"""What the losses have in common that can weigh classes by how rare they are. Not a part."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from netdesigner.errors import ParameterError
from netdesigner.parts.dataset import NO_CLASS
from netdesigner.parts.loss import Loss
from netdesigner.parts.part import param

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Balanced"]


class Balanced(Loss):
    """A loss whose weights can be taken from the training part, so that rare classes count as much as frequent ones.

    Source: G. King and L. Zeng, Logistic regression in rare events data, Political Analysis 9, 2001; as
    sklearn.utils.class_weight.compute_class_weight.

    Attributes:
        balances: the parameter that holds the weights.
    """

    own: ClassVar[tuple[str, ...]] = ("class_weights",)
    balances: ClassVar[str] = "weight"

    class_weights: str = param(
        "none",
        choices=("none", "balanced"),
        help="balanced: classes count the more, the rarer they are in the training part, so that all count alike "
        "together",
    )

    def check_together(self) -> None:
        """Holds weights that are taken from the data against those that were set.

        Raises:
            ParameterError: there are both.
        """
        if self.class_weights != "none" and getattr(self, self.balances) is not None:
            raise ParameterError(
                "class_weights", f"expected none beside {self.balances}; leave one of the two empty"
            )

    def fitted(self, target: np.ndarray, count: int) -> Self:
        """The loss with weights from the targets of the training part, where it balances."""
        if self.class_weights == "none":
            return self
        weights = tuple(float(weight) for weight in self.balanced(target, count))
        return self.with_fields(class_weights="none", **{self.balances: weights})

    def balanced(self, target: np.ndarray, count: int) -> np.ndarray:
        """A weight for each class, [K]: n / (classes that occur · n of the class); 1 where a class never occurs.

        Args:
            target: class numbers of the training part, of any shape.
            count: how many classes there are.
        """
        import numpy as np

        counts = class_counts(target, count, getattr(self, "ignore_index", NO_CLASS))
        occurs = counts > 0
        found: np.ndarray = np.ones(count)
        found[occurs] = counts.sum() / (occurs.sum() * counts[occurs])
        return found


def class_counts(target: np.ndarray, count: int, ignored: int = NO_CLASS) -> np.ndarray:
    """How often each of so many classes is true, [K]; what has no class and one that is to be ignored count nowhere."""
    import numpy as np

    known = (target != NO_CLASS) & (target != ignored)
    found: np.ndarray = np.bincount(target[known], minlength=count)
    return found
