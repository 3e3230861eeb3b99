"""Writes `constraints.txt` from the environment it runs in: `make pins`, after trying newer libraries.

Local build labels (`2.13.0+cpu`) are left out, so that each platform takes its own build of the same version.
"""

from __future__ import annotations

import re
from importlib.metadata import distributions
from pathlib import Path

CONSTRAINTS = Path(__file__).with_name("constraints.txt")
NOT_PINNED = {"netdesigner", "pip"}
HEADER = """\
# The exact version of every library the program was tested with; `make run` and `make test` install these.
# The ranges a user's own environment may use stand in pyproject.toml. Written by `make pins`.
# A line for a library that a platform does not use changes nothing there.
"""


def main() -> None:
    """Write one line for each library of this environment."""
    pins: dict[str, str] = {}
    for distribution in distributions():
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
        if name not in NOT_PINNED:
            pins[name] = f"{name}=={distribution.version.partition('+')[0]}"
    CONSTRAINTS.write_text(HEADER + "\n".join(pins[name] for name in sorted(pins)) + "\n", encoding="utf-8")
    print(f"{len(pins)} libraries pinned in {CONSTRAINTS}")


if __name__ == "__main__":
    main()
