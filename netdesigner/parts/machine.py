"""What this machine has that a setting of the training needs; asked without torch."""

from __future__ import annotations

import os
import shutil
import sys

__all__ = ["why_not_compiled"]


def why_not_compiled() -> str:
    """Why networks cannot be compiled here, with what to do about it; "" where a C++ compiler was found."""
    windows = sys.platform == "win32"
    named = os.environ.get("CXX", "")
    names = ("cl",) if windows else ("g++", "clang++", "c++")
    if any(shutil.which(name) for name in (*names, named) if name):
        return ""
    wanted = "the C++ Build Tools of Visual Studio" if windows else "g++ or clang++"
    return f"no C++ compiler was found on this machine; install {wanted}"
