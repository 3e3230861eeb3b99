"""The panels around the canvas, most of which are made when they are first seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.docks import Place
from netdesigner.ui.inspector import Inspector
from netdesigner.ui.problems import Problems
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.settings import Settings
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.panels.curves import Curves
    from netdesigner.ui.panels.data import Data
    from netdesigner.ui.panels.evaluation import EvaluationPanel
    from netdesigner.ui.panels.previews import Previews
    from netdesigner.ui.panels.runs import Runs
    from netdesigner.ui.panels.training import Training

__all__ = ["Deck"]


class Deck(QObject):
    """Holds the panels and passes on what they ask for.

    Signals:
        evaluate, curves_of, previews_of, export, resume, start_from: (run folder).
        go_on: (way on) what the user wants to do about a failed run.
        jump: (node, with the blocks around it before it) the user wants to see where training failed.

    Args:
        bridge: to the session.
        watch: knows where the run in progress stands.
        settings: what is remembered.
        actions: of which panels show some.
        theme: the panels' colours at first.
    """

    evaluate = Signal(object)
    export = Signal(object)
    curves_of = Signal(object)
    previews_of = Signal(object)
    resume = Signal(object)
    start_from = Signal(object)
    go_on = Signal(object)
    jump = Signal(str)

    def __init__(
        self,
        bridge: Bridge,
        watch: RunWatch,
        settings: Settings,
        actions: ActionList,
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._watch = watch
        self._settings = settings
        self._actions = actions
        self._theme = theme
        self.inspector = Inspector(bridge, theme)
        self.problems = Problems(bridge, theme)
        self._data = Place(self._make_data)
        self._training = Place(self._make_training)
        self._curves = Place(self._make_curves)
        self._previews = Place(self._make_previews)
        self._runs = Place(self._make_runs)
        self._evaluation = Place(self._make_evaluation)
        self._made_late = (
            self._data,
            self._training,
            self._curves,
            self._previews,
            self._runs,
            self._evaluation,
        )

    def side(self) -> Mapping[str, QWidget]:
        """What belongs to the right of the canvas, by title."""
        return {"Inspector": self.inspector, "Data": self._data, "Training": self._training}

    def below(self) -> Mapping[str, QWidget]:
        """What belongs below the canvas, by title."""
        return {
            "Problems": self.problems,
            "Curves": self._curves,
            "Previews": self._previews,
            "Runs": self._runs,
            "Evaluation": self._evaluation,
        }

    @property
    def data(self) -> Data:
        """What the network learns from."""
        return self._data.panel()

    @property
    def training(self) -> Training:
        """What is learned and how."""
        return self._training.panel()

    @property
    def curves(self) -> Curves:
        """How training goes."""
        return self._curves.panel()

    @property
    def previews(self) -> Previews:
        """What the networks say while they learn."""
        return self._previews.panel()

    @property
    def runs(self) -> Runs:
        """What was trained before."""
        return self._runs.panel()

    @property
    def evaluation(self) -> EvaluationPanel:
        """How good a run is."""
        return self._evaluation.panel()

    def set_theme(self, theme: Theme) -> None:
        """Gives all panels other colours."""
        self._theme = theme
        for place in self._made_late:
            place.set_theme(theme)
        self.inspector.set_theme(theme)
        self.problems.set_theme(theme)

    def _make_data(self) -> Data:
        from netdesigner.ui.panels.data import Data

        return Data(self._bridge, self._theme)

    def _make_training(self) -> Training:
        from netdesigner.ui.panels.training import Training

        return Training(self._bridge, self._actions["run.detached"], self._theme)

    def _make_curves(self) -> Curves:
        from netdesigner.ui.panels.curves import Curves

        curves = Curves(self._bridge, self._watch, self._theme, self._settings.value.smoothing)
        curves.evaluate.connect(self.evaluate)
        curves.export.connect(self.export)
        curves.jump.connect(self.jump)
        curves.go_on.connect(self.go_on)
        curves.resume.connect(self.resume)
        curves.smoothing_changed.connect(lambda weight: self._settings.change(smoothing=weight))
        return curves

    def _make_previews(self) -> Previews:
        from netdesigner.ui.panels.previews import Previews

        return Previews(self._bridge, self._watch, self._theme)

    def _make_runs(self) -> Runs:
        from netdesigner.ui.panels.runs import Runs

        runs = Runs(self._bridge, self._watch, self._theme)
        runs.evaluate.connect(self.evaluate)
        runs.export.connect(self.export)
        runs.curves.connect(self.curves_of)
        runs.previews.connect(self.previews_of)
        runs.resume.connect(self.resume)
        runs.start_from.connect(self.start_from)
        runs.compare.connect(lambda series: self.curves.compare(series))  # noqa: PLW0108 (curves are made late)
        return runs

    def _make_evaluation(self) -> EvaluationPanel:
        from netdesigner.ui.panels.evaluation import EvaluationPanel

        evaluation = EvaluationPanel(self._bridge, self._theme)
        evaluation.export.connect(self.export)
        return evaluation
