"""What is made of samples that have noise in them."""

from __future__ import annotations

from netdesigner.evaluation.usage.given_back import show

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Takes the noise out of samples: those in files that are named, else random numbers."""
    show(arguments, "changed")
