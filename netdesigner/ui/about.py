"""About the program: versions, licences, and the rights that the licence of Qt gives."""

from __future__ import annotations

import platform
from importlib import metadata

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netdesigner.ui.labels import PlainLabel

__all__ = ["AboutDialog", "versions"]

_WIDTH_PX = 480
_LIBRARIES = {
    "torch": "PyTorch (BSD-3-Clause)",
    "PySide6-Essentials": "PySide6 and Qt (LGPL-3.0-only)",
    "pyqtgraph": "pyqtgraph (MIT)",
    "qtawesome": "QtAwesome (MIT), Phosphor icons (MIT)",
    "networkx": "NetworkX (BSD-3-Clause)",
    "numpy": "NumPy (BSD-3-Clause)",
    "onnx": "ONNX (Apache-2.0)",
    "onnxruntime": "ONNX Runtime (MIT)",
    "safetensors": "safetensors (Apache-2.0)",
    "scikit-learn": "scikit-learn (BSD-3-Clause)",
    "Pillow": "Pillow (MIT-CMU)",
}
_QT = (
    "netdesigner uses Qt and PySide6 under the GNU Lesser General Public License, version 3. Both are installed as "
    "separate, replaceable packages: you may use a version of your own in their place, and take the program apart to "
    "see that it works with it. Their source and the text of the licence are at https://code.qt.io and "
    "https://www.gnu.org/licenses/lgpl-3.0.html. The font Inter is under the SIL Open Font License 1.1."
)


def versions() -> dict[str, str]:
    """The versions of the program and of what it is made of, without importing any of it."""
    found = {
        "netdesigner (MIT)": _version("netdesigner"),
        "Python": platform.python_version(),
        "Qt": qVersion(),
    }
    found |= {title: _version(name) for name, title in _LIBRARIES.items()}
    return found | {
        "System": f"{platform.system()} {platform.release().partition('-')[0]} {platform.machine()}"
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


class AboutDialog(QDialog):
    """Versions and licences, to read and to copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle("About netdesigner")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        found = versions()
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(4)
        for title, version in found.items():
            form.addRow(PlainLabel(title, "muted"), PlainLabel(version))
        copy = QPushButton("Copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(_text(found)))
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(copy)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addWidget(PlainLabel("netdesigner", "title"))
        layout.addWidget(PlainLabel("Design, check, train and take away neural networks.", "muted"))
        layout.addLayout(form)
        licence = PlainLabel(_QT, "muted", wrap=True)
        licence.setFixedWidth(_WIDTH_PX)
        licence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(licence)
        layout.addLayout(buttons)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)


def _text(found: dict[str, str]) -> str:
    return "\n".join(f"{title}: {version}" for title, version in found.items())
