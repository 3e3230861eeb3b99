"""The panel in which data are chosen, looked at and accepted."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netdesigner.document import Choice, Design, Value
from netdesigner.document import edit as edits
from netdesigner.document.design import AUGMENTATIONS, number_in
from netdesigner.document.expression import evaluate
from netdesigner.errors import ExpressionError, ParameterError
from netdesigner.parts import Dataset, DataSpec, Preview, Progress, Samples, Task
from netdesigner.parts.inspection import TableInspection
from netdesigner.session import Job, State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.column_table import ColumnTable
from netdesigner.ui.job_row import JobRow
from netdesigner.ui.labels import PlainLabel, set_role
from netdesigner.ui.panels.augmenting import Augmenting
from netdesigner.ui.part_form import PartForm, told_in, without_defaults
from netdesigner.ui.preview import PreviewView
from netdesigner.ui.scroll import PanelScroll
from netdesigner.ui.theme import Theme

__all__ = ["Data", "with_input_of"]

_COLUMN_CHOICES = ("targets", "ignore")


@dataclass(frozen=True)
class _Loaded:
    """What a load brings back from its thread."""

    dataset: Dataset
    samples: Samples
    previews: tuple[Preview, ...]


class Data(PanelScroll):
    """Chooses the data set, loads it and shows what is in it."""

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data")
        self.setAccessibleName("Data")
        self._bridge = bridge
        self._theme = theme
        self._looked_at: object = None
        self._inspected: TableInspection | None = None
        self._unasked = ""
        self._previews: list[PreviewView] = []
        self._previewed: Dataset | None = None
        datasets = bridge.session.catalog.datasets
        marks = {kind: "  (built in)" for kind, part in datasets.items() if part.embedded}
        self.choice = PartForm(datasets, theme, none="No data chosen", marks=marks)
        self.choice.list.setObjectName("data_list")
        self._columns_title = PlainLabel("Columns", "heading")
        self.columns = ColumnTable()
        self.load_button = QPushButton("Load and Look at It")
        self.load_button.setObjectName("load_data")
        self._job = JobRow(bridge, theme)
        self._error = PlainLabel("", "error", wrap=True)
        self._facts = PlainLabel("", wrap=True)
        self._facts.setObjectName("data_facts")
        self.input_button = QPushButton("Set the Network's Input to This")
        self.input_button.setObjectName("set_input")
        self.augmenting = Augmenting(bridge, theme)
        self._shows = QVBoxLayout()
        self._build()
        self._connect()
        self._beware()
        self._show(bridge.state)

    # ---------------------------------------------------------------------------------------------- building

    def _build(self) -> None:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        layout.addWidget(PlainLabel("Data set", "heading"))
        layout.addWidget(self.choice)
        layout.addWidget(self._columns_title)
        layout.addWidget(self.columns)
        row = QHBoxLayout()
        row.addWidget(self.load_button)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addWidget(self._job)
        layout.addWidget(self._error)
        layout.addWidget(self._facts)
        layout.addWidget(self.input_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.augmenting)
        self._shows.setSpacing(20)
        layout.addLayout(self._shows)
        layout.addStretch(1)
        self.show_page(page)

    def _connect(self) -> None:
        self._bridge.changed.connect(self._on_changed)
        self.choice.picked.connect(self._pick)
        self.choice.edited.connect(self._edit)
        self.choice.left.connect(self._bridge.session.seal)
        self.columns.chosen.connect(self._choose_columns)
        self.load_button.clicked.connect(self.load)
        self._job.ended.connect(lambda: self._show(self._bridge.state))
        self.input_button.clicked.connect(self._set_input)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.choice.set_theme(theme)
        self._job.set_theme(theme)
        self.augmenting.set_theme(theme)
        for view in self._previews:
            view.set_theme(theme)

    def show_field(self, section: str, name: str) -> None:
        """Leads to the field of a parameter of the data or of one of the augmentations, or to what was chosen."""
        if section.startswith(AUGMENTATIONS):
            self.bring(self.augmenting.reveal(number_in(section), name))
        else:
            self.bring(self.choice.reveal(name))

    # ------------------------------------------------------------------------------------------------- edits

    def _pick(self, kind: str) -> None:
        part = self._bridge.session.catalog.datasets.get(kind)
        choice = Choice(kind, dict(part.initial)) if part else None
        label = f"choose the data set {part.label()}" if part else "choose no data"
        if self._bridge.edit(lambda design: edits.set_data(design, choice), label) and part and part.embedded:
            self.load()

    def _edit(self, name: str, value: Value) -> None:
        self._set_params({name: value}, f"set {name} of the data", f"data.{name}")

    def _choose_columns(self, targets: tuple[str, ...], ignored: tuple[str, ...]) -> None:
        self._set_params({"targets": targets, "ignore": ignored}, "choose the columns", "")

    def _set_params(self, changes: Mapping[str, Value], label: str, merge_key: str) -> None:
        choice = self._bridge.session.design.data
        if choice is None:
            return
        part = self._bridge.session.catalog.datasets.get(choice.kind)
        changed = Choice(choice.kind, without_defaults(part, {**choice.params, **changes}))
        self._bridge.edit(lambda design: edits.set_data(design, changed), label, merge_key)

    def _set_input(self) -> None:
        data = self._bridge.state.data
        if data is not None:
            task = self._bridge.session.catalog.task_of(self._bridge.session.design)
            self._bridge.edit(lambda design: with_input_of(design, data, task), "set the input to the data")

    # --------------------------------------------------------------------------------------------------- work

    def load(self) -> None:
        """Reads the chosen data on a thread, downloads them before where that is needed, and shows what is in them."""
        dataset = self._bridge.session.dataset()
        if dataset is None or self._job.job is not None:
            return
        self._say_error("")
        self._unasked = ""

        absent = dataset.absent
        doing = "Downloading" if absent else "Reading"

        def work(progress: Progress) -> _Loaded:
            if absent:
                dataset.fetch(progress)
            samples = dataset.read(progress)
            progress(0.95, "preparing a look at it")
            return _Loaded(dataset, samples, dataset.preview(samples))

        self._job.follow(
            self._bridge.start(Job(f"{doing} {dataset.label()}", work), self._take, self._say_error)
        )
        self.load_button.setEnabled(False)

    def _take(self, loaded: _Loaded) -> None:
        self._bridge.session.take_samples(loaded.dataset, loaded.samples)
        self._show_previews(loaded.dataset, loaded.previews)
        self._show(self._bridge.state)

    def _beware(self) -> None:
        """Notes the file that a design names which was just opened: nothing of it is read before it is to be loaded."""
        self._unasked = _file_of(self._bridge.session.dataset())

    def _inspect(self, dataset: Any) -> None:
        """Finds out what the columns of a table are, once for each file, state of it and way of reading."""
        if self._job.job is not None or _file_of(dataset) in ("", self._unasked):
            return
        reading = _reading_of(dataset)
        if reading == self._looked_at:
            return
        self._looked_at, self._inspected = reading, None

        def take(found: TableInspection) -> None:
            self._inspected = found
            self._show(self._bridge.state)

        job = Job("Looking at the columns", dataset.inspect)
        self._job.follow(self._bridge.start(job, take, self._say_error))

    def _say_error(self, message: str) -> None:
        self._error.setText(message)
        self._error.setVisible(bool(message))

    # ------------------------------------------------------------------------------------------------ showing

    def _on_changed(self, before: State, after: State) -> None:
        if after.is_another_than(before):
            self._beware()
        data, variables = before.design.data, before.design.variables
        same = data is after.design.data and variables is after.design.variables
        same = same and before.design.folder == after.design.folder
        same = same and before.design.augmentations is after.design.augmentations
        same = same and before.design.task is after.design.task
        if same and before.data == after.data and before.design.networks is after.design.networks:
            return
        if data is not after.design.data:
            self._say_error("")
        self._show(after)

    def _show(self, state: State) -> None:
        design = state.design
        self.choice.show_choice(design.data, design.variables, told_in(state.report, "data"), design.folder)
        dataset = self._bridge.session.dataset()
        if self._previewed is not None and self._previewed != dataset:
            self._show_previews(None, ())
        self.load_button.setVisible(state.design.data is not None)
        self.load_button.setEnabled(dataset is not None and self._job.job is None)
        loaded = self._bridge.session.samples() is not None
        absent = dataset.absent if dataset is not None else 0
        look = f"Download {absent / 1e6:,.1f} MB and Look at It" if absent else "Load and Look at It"
        self.load_button.setText("Load Again" if loaded and not absent else look)
        self._show_facts(state, dataset)
        self._show_columns(dataset)
        self._show_input(state)
        self.augmenting.setVisible(state.design.data is not None or bool(state.design.augmentations))
        self.augmenting.show_state(state)

    def _show_facts(self, state: State, dataset: Dataset | None) -> None:
        if state.design.data is None:
            self._facts.setText("Choose what the network is to learn from. The built-in sets need no file.")
        elif state.data is None or dataset is None:
            self._facts.setText("Load the data to see what is in them.")
        else:
            self._facts.setText(_facts(state.data, dataset))
        set_role(self._facts, "" if state.data else "muted")
        self._error.setVisible(bool(self._error.text()))

    def _show_columns(self, dataset: Dataset | None) -> None:
        inspects = dataset is not None and hasattr(dataset, "inspect")
        if dataset is not None and inspects:
            self._inspect(dataset)
        known = dataset is not None and inspects and self._looked_at == _reading_of(dataset)
        found = self._inspected if known else None
        self._columns_title.setVisible(found is not None)
        self.columns.setVisible(found is not None)
        if found is not None:
            self.columns.show_inspection(found, *(getattr(dataset, name, ()) for name in _COLUMN_CHOICES))
            names = tuple(column.name for column in found.columns)
            for field in _COLUMN_CHOICES:
                self.choice.set_choices(field, names)

    def _show_input(self, state: State) -> None:
        wanted = state.data
        task = self._bridge.session.catalog.task_of(state.design)
        fits = wanted is not None and with_input_of(state.design, wanted, task) is state.design
        self.input_button.setVisible(wanted is not None and not fits)

    def _show_previews(self, dataset: Dataset | None, previews: tuple[Preview, ...]) -> None:
        for view in self._previews:
            self._shows.removeWidget(view)
            view.hide()
            view.deleteLater()
        self._previewed = dataset
        self._previews = [PreviewView(preview, self._theme) for preview in previews]
        for view in self._previews:
            self._shows.addWidget(view)


def _file_of(dataset: Dataset | None) -> str:
    """The file that data are read from, whatever it is called from where; "" where there is none."""
    path = getattr(dataset, "path", "")
    return os.path.abspath(path) if path else ""  # noqa: PTH100 (resolving would look at the disk)


def _reading_of(dataset: Dataset) -> object:
    """What a table is read with; which columns are used does not change what they are."""
    others = {*_COLUMN_CHOICES, "validation", "test", "split_seed", "normalize", "target_type", "categories"}
    values = tuple((name, value) for name, value in dataset.values().items() if name not in others)
    return dataset.kind, values, tuple(dataset.fingerprint().items())


def _facts(data: DataSpec, dataset: Dataset) -> str:
    lines = [f"Input {data.input}" + (f", each one of {len(data.tokens):,} tokens" if data.tokens else "")]
    if data.classes:
        where, what = {3: "for each pixel "}.get(data.target.rank, ""), " classes"
        if data.boxes:
            where = f"up to {data.target.shape[1]} boxes, each "
        elif data.target.rank == 2:
            where, what = f"{data.target.shape[1]} tokens, each ", ""
        lines.append(f"Target: {where}one of {len(data.classes):,}{what}")
    else:
        names = ", ".join(data.targets[:3]) + ("…" if len(data.targets) > 3 else "")
        lines.append(f"Target {data.target}" + (f": {names}" if names else ""))
    if data.rows:
        lines.append(f"{data.rows:,} samples: {_parts(data, dataset)}")
    return "\n".join(lines)


def _parts(data: DataSpec, dataset: Dataset) -> str:
    try:
        shares = dataset.shares(data.rows, data.stretches)
    except ParameterError:
        return "none is left to train on"
    text = "{train:,} to train, {validation:,} for validation, {test:,} for the test".format(**shares)
    between = data.rows - sum(shares.values())
    return f"{text}, {between:,} between them that hold numbers of two parts" if between else text


def with_input_of(design: Design, data: DataSpec, task: Task | None = None) -> Design:
    """The design with a network that takes what the data give; the same object where it does already.

    It is the first that the task gives samples to, or the first of all. Without an Input it gets one. Expressions that
    come to the right shape are left alone.
    """
    takers = (name for name in design.networks if task and task.given_to(name, data)[0].is_sample)
    scope = next(takers, next(iter(design.networks)))
    network = design.networks[scope]
    wanted: dict[str, Value] = {"shape": tuple(data.input.shape[1:])}
    inputs = network.graph.ids_of("Input")
    params = network.graph.nodes[inputs[0]].params if inputs else {}
    if _worked_out(params.get("shape"), design) == wanted["shape"]:
        wanted["shape"] = params["shape"]
    if params.get("dtype", "float32") != data.input.dtype:
        wanted["dtype"] = data.input.dtype
    if not inputs:
        left = min((x for x, _ in network.layout.values()), default=0.0)
        return edits.add_node(design, scope, "Input", (left - 240.0, 0.0), wanted)[0]
    return edits.set_params(design, scope, inputs[0], wanted)


def _worked_out(shape: Value, design: Design) -> tuple[Value, ...]:
    """The numbers that a shape comes to; none where it is none or an expression has no value."""
    lengths = shape if isinstance(shape, tuple) else ()
    try:
        return tuple(evaluate(n, design.variables) if isinstance(n, str) else n for n in lengths)
    except ExpressionError:
        return ()
