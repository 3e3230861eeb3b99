"""Data sets of many files: how they tell that some of these changed, and which. Not a part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from netdesigner.errors import DataError
from netdesigner.parts.dataset import Dataset
from netdesigner.parts.paths import stamp

__all__ = ["FilesDataset"]


class FilesDataset(Dataset):
    """What data sets of many files have in common; each says in `_groups` which files there are."""

    def _groups(self) -> Mapping[str, Sequence[Path]]:
        """The files by what they are called together, such as their class or the parameter that leads to them.

        Raises:
            DataError: they cannot be listed.
        """
        raise NotImplementedError

    def fingerprint(self) -> Mapping[str, str | int]:
        """How many files each group has, their sizes together, and what tells a change of any of them."""
        try:
            groups = self._groups()
        except DataError:
            return super().fingerprint()
        return {key: state for name in groups for key, state in _state_of(name, groups[name]).items()}

    def changed_since(self, fingerprint: Mapping[str, str | int]) -> str:
        """The files that are newer than any was, the first of them by its name; without such, where they lie."""
        try:
            groups = self._groups()
        except DataError:
            return super().changed_since(fingerprint)
        newest = {
            name: fingerprint.get(f"{name}: newest") for name in groups
        }  # a fingerprint of before has none
        newer = [
            path
            for name, before in newest.items()
            for path in groups[name]
            if isinstance(before, int) and stamp(path)[1] > before
        ]
        more = f" and {len(newer) - 1:,} more" if len(newer) > 1 else ""
        return f"{newer[0]}{more}" if newer else super().changed_since(fingerprint)


def _state_of(name: str, paths: Iterable[Path]) -> dict[str, str | int]:
    import hashlib

    states = [(path.name, *stamp(path)) for path in paths]
    return {
        f"{name}: files": len(states),
        f"{name}: size": sum(size for _, size, _ in states),
        f"{name}: newest": max((changed for *_, changed in states), default=-1),
        f"{name}: changed": hashlib.sha256(repr(states).encode()).hexdigest(),
    }
