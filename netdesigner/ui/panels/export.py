"""The dialog in which a network is taken away, with the proof that the file computes what was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from netdesigner.compiler.part import WHOLE, Ends
from netdesigner.document import Choice, Design, Value
from netdesigner.errors import NetDesignerError
from netdesigner.parts import Progress, Proof
from netdesigner.session import Job
from netdesigner.session.exporting import export_model
from netdesigner.session.training import kept_weights, leave_a_core
from netdesigner.training.runs import RunInfo, can_go_on, has_weights
from netdesigner.ui import formats
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.dialogs import confirm
from netdesigner.ui.icons import icon
from netdesigner.ui.job_row import JobRow
from netdesigner.ui.labels import ElidedLabel, PlainLabel, set_role
from netdesigner.ui.part_form import PartForm, without_defaults
from netdesigner.ui.theme import Theme

__all__ = ["ExportDialog", "ProofView"]

Source = tuple[Design | Path, str]
"""A design with untrained weights, or a run, and which of its weights ("best", "last")."""


class ExportDialog(QDialog):
    """Chooses format, weights and file, writes it on a thread, and shows the proof.

    Args:
        bridge: the session and its jobs.
        theme: its colours.
        runs: of the design, the latest first.
        run: the run to begin with, or None for the latest.
        folder: where to write at first.
    """

    def __init__(
        self,
        bridge: Bridge,
        theme: Theme,
        runs: Sequence[RunInfo],
        run: Path | None = None,
        folder: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bridge = bridge
        self._theme = theme
        self._params: dict[str, dict[str, Value]] = {}
        exporters = bridge.session.catalog.exporters
        self._format = PartForm(exporters, theme)
        self._format.list.setObjectName("export_format")
        self._weights = QComboBox()
        self._weights.setObjectName("export_weights")
        self._sources: list[Source] = []
        self._own: set[Path] = set()
        self._network = QComboBox(self)
        self._network.hide()
        self._path = QLineEdit(str((folder or Path.home()) / bridge.state.name))
        self._path.setObjectName("export_path")
        self._job = JobRow(bridge, theme)
        self._error = PlainLabel("", "error", wrap=True)
        self.proof = ProofView(theme)
        self._write = QPushButton("Export")
        self._write.setObjectName("export_write")
        self._reveal = QPushButton("Show Folder")
        self._close = QPushButton("Close")
        self._offer_sources(runs, run)
        self._offer_networks(bridge.session.design)
        self._build()
        self._pick("onnx" if "onnx" in exporters else next(iter(exporters), ""))

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        for view in (self._format, self._job, self.proof):
            view.set_theme(theme)

    # ---------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        self.setMinimumWidth(560)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        form.addRow(PlainLabel("Format"), self._format)
        form.addRow(PlainLabel("Weights"), self._weights)
        if self._network.count() > 1:
            form.addRow(PlainLabel("Network"), self._network)
            self._network.show()
        browse = QPushButton("Browse…")
        browse.clicked.connect(self._browse)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self._path, 1)
        place.addWidget(browse)
        form.addRow(PlainLabel("File"), place)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._reveal)
        buttons.addStretch(1)
        buttons.addWidget(self._close)
        buttons.addWidget(self._write)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(self._job)
        layout.addWidget(self._error)
        layout.addWidget(self.proof)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self._write.setProperty("main", True)
        self._write.setDefault(True)
        self._write.clicked.connect(self.write)
        self._close.clicked.connect(self.reject)
        self._reveal.clicked.connect(self._show_folder)
        self._job.ended.connect(lambda: self._write.setEnabled(True))
        self._format.picked.connect(self._pick)
        self._format.edited.connect(self._edit)
        self._weights.activated.connect(self._forget_proof)
        self._network.activated.connect(self._forget_proof)
        for widget in (self._error, self.proof, self._reveal):
            widget.hide()

    def _offer_sources(self, runs: Sequence[RunInfo], run: Path | None) -> None:
        for info in runs:
            title = f"Run {formats.run_title(info.name)}"
            if info.best_epoch and has_weights(info.path):
                self._offer(f"{title}: best, epoch {info.best_epoch}", (info.path, "best"))
            if info.steps and can_go_on(info.path):
                self._offer(f"{title}: last, step {info.steps:,}", (info.path, "last"))
        self._offer("Not trained: weights as they begin", (self._bridge.session.design, "best"))
        first = run or next((info.path for info in runs), None)
        of_first = [number for number, (source, _) in enumerate(self._sources) if source == first]
        which = kept_weights(first) if first is not None else ""
        kept = [number for number in of_first if self._sources[number][1] == which]
        self._weights.setCurrentIndex((*kept, *of_first, 0)[0])

    def _offer_networks(self, design: Design) -> None:
        """All networks, and of those that draw in a narrow place what lies behind it, which makes new samples."""
        for name, network in design.networks.items():
            self._network.addItem(name, (name, WHOLE))
            for node_id, node in network.graph.nodes.items():
                if node.kind == "ReparameterizedSample" and not node.bypassed:
                    self._network.addItem(f"{name}: behind {node_id}", (name, Ends(node_id)))

    def _offer(self, title: str, source: Source) -> None:
        self._sources.append(source)
        self._weights.addItem(title)

    # ------------------------------------------------------------------------------------------------ choices

    def _choice(self) -> Choice:
        kind = str(self._format.list.currentData() or "")
        part = self._bridge.session.catalog.exporters.get(kind)
        return Choice(kind, without_defaults(part, self._params.get(kind, {})))

    def _pick(self, kind: str) -> None:
        self._format.show_choice(
            Choice(kind, self._params.get(kind, {})), self._bridge.session.design.variables
        )
        part = self._bridge.session.catalog.exporters.get(kind)
        path = Path(self._path.text().strip() or self._bridge.state.name)
        suffixes = {other.suffix for other in self._bridge.session.catalog.exporters.values()}
        stem = path.name.removesuffix(path.suffix) if path.suffix in suffixes else path.name
        self._path.setText(str(path.with_name(stem + part.suffix)) if part and stem else str(path))
        self._forget_proof()

    def _edit(self, name: str, value: Value) -> None:
        kind = str(self._format.list.currentData())
        self._params.setdefault(kind, {})[name] = value
        self._format.show_choice(Choice(kind, self._params[kind]), self._bridge.session.design.variables)
        self._forget_proof()

    def _forget_proof(self) -> None:
        """The proof is of what was chosen before."""
        self.proof.hide()
        self._reveal.hide()
        self._write.setText("Export")
        self.adjustSize()

    def _browse(self) -> None:
        kind = str(self._format.list.currentData())
        part = self._bridge.session.catalog.exporters[kind]
        kinds = f"{part.label()} (*{part.suffix})" if part.suffix else "All files (*)"
        later = QFileDialog.Option.DontConfirmOverwrite  # asked for all files together when they are written
        chosen, _ = QFileDialog.getSaveFileName(self, "Export to", self._path.text(), kinds, options=later)
        if chosen:
            self._path.setText(chosen)

    # --------------------------------------------------------------------------------------------------- work

    def write(self) -> None:
        """Writes the file on a thread, once the user agrees to what it replaces; the proof follows."""
        text = self._path.text().strip()
        if not text or self._job.job is not None:
            self._say_error("" if text else "Choose where to write the file.")
            return
        path, choice = Path(text).expanduser(), self._choice()
        source, which = self._sources[self._weights.currentIndex()]
        network, ends = self._network.currentData() or ("", WHOLE)
        catalog = self._bridge.session.catalog
        self._say_error("")
        try:
            files = catalog.exporter(choice).files(path)
        except NetDesignerError as error:
            self._say_error(str(error))
            return
        if not self._may_replace([file for file in files if file.exists() and file not in self._own]):
            return
        self.proof.hide()
        self._write.setEnabled(False)

        def work(progress: Progress) -> tuple[Proof, dict[Path, int]]:
            leave_a_core()
            proof = export_model(source, catalog, choice, path, progress, network, which, ends)
            return proof, {file: _size_of(file) for file in files}

        self._job.follow(self._bridge.start(Job("Exporting", work), self._take, self._say_error))

    def _may_replace(self, files: Sequence[Path]) -> bool:
        """Whether the user agrees to lose what some files hold now."""
        names = " and ".join(file.name for file in files)
        held = "What is in it now is lost." if len(files) == 1 else "What is in them now is lost."
        return not files or confirm(self, f"Replace {names} in {files[0].parent}?", held, "Replace")

    def _take(self, found: tuple[Proof, dict[Path, int]]) -> None:
        self._own.update(found[1])
        self.proof.show_proof(*found)
        self._reveal.show()
        self._write.setText("Export Again")
        self.adjustSize()

    def _say_error(self, message: str) -> None:
        self._error.setText(message)
        self._error.setVisible(bool(message))
        self.adjustSize()

    def _show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(self._path.text()).expanduser().parent)))

    def reject(self) -> None:
        if self._job.job is not None:
            self._job.job.cancel()
        super().reject()


class ProofView(QFrame):
    """What was found when the written file was run against the network.

    Attributes:
        proof: what is shown, or None.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("proof")
        self.proof: Proof | None = None
        self._theme = theme
        self._icon = PlainLabel()
        self._title = PlainLabel("", "heading")
        self._title.setObjectName("proof_title")
        self._facts = QFormLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._icon)
        head.addWidget(self._title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addLayout(self._facts)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        color = "success" if self.proof is None or self.proof.verified else "error"
        glyph = icon("check" if color == "success" else "error", theme, color)
        self._icon.setPixmap(glyph.pixmap(QSize(24, 24), self.devicePixelRatioF()))
        self.setStyleSheet(
            f"#proof {{ background: {theme.window}; border: 1px solid {theme.border};"
            f" border-left: 3px solid {getattr(theme, color)}; border-radius: 4px; }}"
        )

    def show_proof(self, proof: Proof, sizes: Mapping[Path, int]) -> None:
        """Shows a proof of some files, whose sizes are in bytes."""
        self.proof = proof
        self.set_theme(self._theme)
        verified = "Verified: the file computes what the network computes"
        self._title.setText(verified if proof.verified else "Not verified: the file gives other numbers")
        set_role(self._title, "" if proof.verified else "error")
        self._title.setStyleSheet("font-size: 15px; font-weight: 600;")
        while self._facts.rowCount():
            self._facts.removeRow(0)
        shapes = ", ".join("×".join(str(dim) for dim in shape) for shape in proof.inputs_tried) or "none"
        tolerance = formats.number(proof.tolerance)
        for index, (file, size) in enumerate(sizes.items()):
            place = ElidedLabel(f"{file} ({formats.size(size)})", mode=Qt.TextElideMode.ElideMiddle)
            self._facts.addRow(
                PlainLabel("" if index else "File" if len(sizes) == 1 else "Files", "muted"), place
            )
        self._add(
            "Largest difference", f"{formats.number(proof.max_abs_error)} (at most {tolerance} is allowed)"
        )
        self._add("Inputs tried", shapes)
        for index, note in enumerate(proof.notes):
            self._add("" if index else "Found as well", formats.sentence(note))
        self.show()

    def _add(self, name: str, text: str) -> None:
        fact = PlainLabel(text, wrap=True)
        policy = fact.sizePolicy()
        policy.setVerticalPolicy(
            QSizePolicy.Policy.Preferred
        )  # else the dialog has room for it at its narrowest
        fact.setSizePolicy(policy)
        self._facts.addRow(PlainLabel(name, "muted"), fact)


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise NetDesignerError(f"{path} was written but cannot be read: {error.strerror or error}") from None
