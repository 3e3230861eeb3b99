"""The entry: a verb goes to the command line, anything else opens the window."""

from __future__ import annotations

import os
import sys

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Runs the program.

    Args:
        arguments: the words after the program's name; those of the process if None.

    Returns:
        The exit code.
    """
    # Torch's threads wait for each other by spinning, which on a busy machine (busy with our own window, say) makes a
    # step of a small network ten times slower. They shall spin for a moment and then sleep: GNU's runtime is told by
    # the first name, others by the second. Read when torch is imported.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if sys.platform == "win32":
        import torch  # noqa: F401  (on Windows torch must be imported before Qt, or its libraries do not load)
    words = sys.argv[1:] if arguments is None else arguments
    if words[:1] == ["--plugins"]:
        from netdesigner.parts import plugins

        os.environ[plugins.VARIABLE] = "1"
        words = words[1:]
    if _is_for_the_window(words):
        from netdesigner.app import main as open_window

        return open_window(words)
    from netdesigner.cli.verbs import main as run_verb

    return run_verb(words)


def _is_for_the_window(words: list[str]) -> bool:
    """No words, a design file, or `--demo`; a first word that looks like a file is never taken for a verb."""
    if not words or words[0] == "--demo":
        return True
    return words[0].endswith(".netdesign")


if __name__ == "__main__":
    sys.exit(main())
