"""Runs every benchmark in a process of its own, so that none warms up another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main() -> int:
    """Run them in the order of their names; 1 if one failed."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    chosen = [name for name in names if not sys.argv[1:] or any(word in name for word in sys.argv[1:])]
    status = 0
    for name in chosen:
        print(f"\n== {name}", flush=True)
        status |= subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode != 0
    return status


if __name__ == "__main__":
    sys.exit(main())
