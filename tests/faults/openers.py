"""What is done with a stranger's file in the tests of `tests.faults`: all that the program does where it is opened.

An opener is made in the process that watches, with a folder of its own, and warms up on files that are good, so that
what is imported late is there before the watch begins.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import pkgutil
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path

from netdesigner.document import Value
from netdesigner.errors import MemoryRefusedError, NetDesignerError

__all__ = ["OPENERS", "Opener"]

ROOT = Path(__file__).parents[2]
GALLERY = ROOT / "resources" / "gallery"
_COMPILED_BYTES = 1_000_000


class Opener:
    """Opens files of one sort.

    Args:
        own: where it may write.
    """

    def __init__(self, own: Path) -> None:
        self.own = own

    @abstractmethod
    def warm_up(self) -> None:
        """Imports all that opening may need."""

    @abstractmethod
    def open(self, path: Path) -> None:
        """Does with a file what the program would; raises one of the program's errors where it refuses."""


def load_all(package: str) -> None:
    """Import all modules of a package of the program, some of which wait until they are first needed."""
    for info in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        importlib.import_module(info.name)


def warm_up_checks() -> None:
    """What the checks load late, and what they use of networkx, which compiles functions when they are first called."""
    import difflib

    import networkx as nx

    load_all("netdesigner.checks")
    difflib.get_close_matches("a", ["b"])
    nx.shortest_path(nx.path_graph(3), 0, 2)
    "\0".encode("unicode_escape")


def tangled(own: Path) -> Path:
    """A design with circles of wires, of blocks and of weights."""
    blocks = {f"b{i}": {"nodes": {"x": {"kind": f"block:b{1 - i}"}}} for i in range(2)}
    nodes = {f"n{i}": {"kind": "Linear", "tied": f"n{1 - i}"} for i in range(2)}
    network = {"nodes": nodes | {"b": {"kind": "block:b0"}}, "edges": [["n0", "n1"], ["n1", "n0"]]}
    path = own / "tangled.netdesign"
    path.write_text(
        json.dumps({"format": 3, "networks": {"main": network}, "blocks": blocks}), encoding="utf-8"
    )
    return path


class Unsafe(Opener):
    """Opens files as nobody should, to see that the watch catches it."""

    def warm_up(self) -> None:
        import pickle

        pickle.loads(pickle.dumps(1))

    def open(self, path: Path) -> None:
        import pickle

        words = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            exec(words)  # that is what is to be caught
        elif path.suffix == ".pickle":
            pickle.loads(words.encode())
        elif path.suffix == ".slow":
            held = bytearray(2**20 * int(words))
            held[:: 2**12] = b"x" * len(held[:: 2**12])
        else:
            Path(words).read_bytes()


class Designs(Opener):
    """Opens, checks, forecasts, compiles where that is small, and writes designs."""

    def warm_up(self) -> None:
        import torch

        from netdesigner.parts import Catalog
        from netdesigner.session import Session

        warm_up_checks()
        torch.set_num_threads(1)
        self.session = Session(Catalog.discover(with_plugins=False))
        for family in vars(self.session.catalog).values():
            len(family)  # walks all of its modules
        for name in ("cnn-digits", "gru-digits", "seq2seq", "dcgan", "moe-transformer", "siamese", "vae"):
            with contextlib.suppress(MemoryRefusedError):
                self.open(GALLERY / f"{name}.netdesign")
        self.open(tangled(self.own))
        self.open_all_layers()

    def open_all_layers(self) -> None:
        """Every layer, so that what it imports where it is built is there."""
        import torch

        for kind, layer in self.session.catalog.layers.items():
            if kind in ("Input", "Output"):  # which are no modules
                continue
            for example in layer.examples:
                made = self.session.catalog.layer(layer.kind, example.params, {})
                with torch.device("meta"):
                    made.build(*example.inputs)

    def open(self, path: Path) -> None:
        from netdesigner.checks import summary, with_fixes
        from netdesigner.document import dumps, loads

        self.session.open(path)
        design, report = self.session.design, self.session.report
        summary(design, report)
        with_fixes(design, report, self.session.catalog)
        if not report.network_errors:
            for network in design.networks:
                self._compile(network)
        text = dumps(design)
        assert dumps(loads(text)) == text, "what is written is not what was read"

    def _compile(self, network: str) -> None:
        from netdesigner.compiler import compile_design, forecast, refuse_if_too_large

        design, report, catalog = self.session.design, self.session.report, self.session.catalog
        found = forecast(design, catalog, network, report=report)
        refuse_if_too_large(found, "cpu")
        if found.total_bytes < _COMPILED_BYTES:
            compile_design(design, catalog, network, report, seed=0)


class Window(Opener):
    """Opens designs in the window, with every panel shown, every node selected and every tool tip asked for."""

    def warm_up(self) -> None:
        from netdesigner.parts import Catalog
        from netdesigner.session import Session
        from netdesigner.session.library import Library
        from netdesigner.ui.application import make_application
        from netdesigner.ui.bridge import Bridge
        from netdesigner.ui.main_window import MainWindow
        from netdesigner.ui.settings import Settings
        from netdesigner.ui.theme import LIGHT

        self.application = make_application(offscreen=True, theme=LIGHT)
        catalog = Catalog.discover(with_plugins=False)
        for family in vars(catalog).values():
            len(family)
        session = Session(catalog, library=Library(self.own / "blocks"))
        self.window = MainWindow(Bridge(session), LIGHT, Settings(self.own / "settings.json"))
        self.window._warm = True  # what begins a moment after the start would fall into the watch
        self.window.resize(1280, 800)
        self.window.show()
        load_all("netdesigner.ui")
        warm_up_checks()
        for path in (GALLERY / "seq2seq.netdesign", tangled(self.own)):
            self.open(path)

    def open(self, path: Path) -> None:
        self.window.bridge.session.open(path)
        self.show_all()
        labels = [*self.read_as_html()]
        assert not labels, f"shown as HTML: {labels}"

    def show_all(self) -> None:
        """Brings up each panel and scope, selects each node, and moves over the canvas."""
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QHelpEvent

        window, design = self.window, self.window.bridge.session.design
        for title in window.panels:
            window.bring(title)
        for scope in [*design.scopes()][:2]:
            nodes = [*design.graph(scope).nodes]
            window.canvas.open_scope(scope)
            window.canvas.pick(scope, tuple(nodes[:20]))
            self.application.processEvents()
            for node_id in nodes[1:3]:
                window.canvas.reveal(scope, node_id)
                self.application.processEvents()
                view = window.canvas.view
                middle = view.viewport().rect().center()
                tip = QHelpEvent(QEvent.Type.ToolTip, middle, view.viewport().mapToGlobal(middle))
                self.application.sendEvent(view.viewport(), tip)
                self.application.processEvents()

    def read_as_html(self) -> Iterator[str]:
        """What holds text that Qt would take for HTML, other than a tool tip that the program wrote itself."""
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QLabel, QWidget

        for widget in self.application.allWidgets():
            name = f"{type(widget).__name__} {widget.objectName()}"
            if (
                isinstance(widget, QLabel)
                and widget.textFormat() != Qt.TextFormat.PlainText
                and _tagged(widget.text())
            ):
                yield f"{name}: {widget.text()}"
            if isinstance(widget, QWidget) and _tagged(widget.toolTip()):
                yield f"{name}, its tool tip: {widget.toolTip()}"
            for action in widget.actions():
                if _tagged(action.toolTip()):
                    yield f"an action, its tool tip: {action.toolTip()}"


def _tagged(text: str) -> bool:
    """Whether Qt may read a text as HTML that does not come from the program, whose own is in `<qt>` and escaped."""
    from PySide6.QtGui import Qt

    inner = text.removeprefix("<qt>").removesuffix("</qt>").replace("<br>", "")
    return Qt.mightBeRichText(text) and "<" in inner


class Weights(Opener):
    """Starts a network from a file of weights."""

    def warm_up(self) -> None:
        import torch

        from tests.faults.hostile_files import onnx_models, safetensors_files

        torch.set_num_threads(1)
        for path in (*safetensors_files(self.own / "st", 1), *onnx_models(self.own / "onnx", 1)):
            self.open(path)

    def open(self, path: Path) -> None:
        from torch import nn

        from netdesigner.training.weight_files import start_from

        network = nn.Sequential()
        network.add_module("hidden", nn.Linear(8, 4))
        start_from({"network": network}, path)


class Data(Opener):
    """Describes, reads and previews data of the sort that a file or folder is."""

    def warm_up(self) -> None:
        from netdesigner.parts import Catalog
        from tests.faults.hostile_files import arrays, images, sounds, tables

        self.catalog = Catalog.discover(with_plugins=False)
        len(self.catalog.datasets)
        secret = self.own / "empty" / "nothing"
        secret.parent.mkdir(exist_ok=True)
        good = [tables(self.own / "t", 10)[0], *arrays(self.own / "n", 9), *images(self.own / "i", 6, secret)]
        good += sounds(self.own / "s", 5, secret)[1:]
        for path in (*good, *tables(self.own / "p", 5)[-1:], *self._each_form()):
            with contextlib.suppress(NetDesignerError):
                self.open(path)

    def _each_form(self) -> Iterator[Path]:
        """A folder of images in each form, so that Pillow has imported what reads it."""
        from tests.faults.hostile_files import FORMS, picture

        for suffix, form in FORMS.items():
            place = self.own / f"form-{suffix}"
            for kind in ("a", "b"):
                (place / kind).mkdir(parents=True)
                (place / kind / f"x.{suffix}").write_bytes(picture(form))
            yield place

    def open(self, path: Path) -> None:
        from netdesigner.document import Choice

        dataset = self.catalog.dataset(Choice(*_data_in(path)))
        dataset.fingerprint()
        dataset.describe()
        dataset.preview(dataset.read())


def _data_in(path: Path) -> tuple[str, dict[str, Value]]:
    """The kind of data set that reads a file or folder, and its parameters."""
    if path.is_file():
        kinds = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl"}
        return kinds.get(path.suffix, "arrays"), {"path": str(path)}
    if (path / "x.npy").is_file():
        return "arrays", {"path": str(path / "x.npy"), "targets_path": str(path / "y.npy")}
    if (path / "labels").is_file():
        return "idx", {"path": str(path / "images"), "labels": str(path / "labels")}
    if any(path.glob("a/*.wav")):
        return "wav_spectrograms", {
            "path": str(path),
            "rate": 8000,
            "seconds": 0.1,
            "n_fft": 128,
            "hop": 64,
            "mels": 8,
        }
    return "image_folder", {"path": str(path), "height": 8, "width": 8}


class Runs(Opener):
    """Lists, reads and judges what is kept of a run, all but training on."""

    def warm_up(self) -> None:
        from netdesigner.parts import Catalog

        load_all("netdesigner.checks")
        self.catalog = Catalog.discover(with_plugins=False)
        for family in vars(self.catalog).values():
            len(family)
        self.open(self.own / "files" / "case-0")  # which nothing is wrong with

    def open(self, path: Path) -> None:
        from netdesigner.evaluation.evaluation import Evaluation
        from netdesigner.session.exporting import load_model
        from netdesigner.training import checkpoint
        from netdesigner.training.runs import curves_of, list_runs, read_events

        run = path / "design.runs" / "run"
        list_runs(path / "design.netdesign")
        curves_of(read_events(run))
        load_model(run, self.catalog)
        checkpoint.read(run / "checkpoint-last")
        Evaluation.from_json((run / "evaluation.json").read_text("utf-8", "replace"))


OPENERS: dict[str, type[Opener]] = {
    "data": Data,
    "designs": Designs,
    "runs": Runs,
    "unsafe": Unsafe,
    "weights": Weights,
    "window": Window,
}
