"""What a task gives a network, one tensor for each of its Inputs."""

from __future__ import annotations

from typing import NamedTuple

from netdesigner.parts.tensor import TensorSpec

__all__ = ["Given"]


class Given(NamedTuple):
    """One tensor that a network is given, which its Input has to take.

    Attributes:
        what: in the user's words, such as "a sample of the data".
        spec: with the batch axis first; None while nobody knows what the data look like.
        is_sample: it is a sample as the data were scaled, so that who uses the network has raw ones to scale alike.
        noise: random numbers, whose shape is what the Input states; nothing else is known of them.
        optional: a network without an Input for it is not given it; such a tensor stands behind those that are needed.
    """

    what: str
    spec: TensorSpec | None
    is_sample: bool = False
    noise: bool = False
    optional: bool = False
