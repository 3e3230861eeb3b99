from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netdesigner.document import Choice, Design, Graph, Network, Node, Phase
from netdesigner.errors import TrainingError
from netdesigner.training.events import EpochEnd, Event, PhaseBegan, Steps, from_json, to_json
from netdesigner.training.log import read_events
from netdesigner.training.owners import owners_of
from netdesigner.training.phases import Phases
from tests.training.test_owners import DESIGN as BLOCKS
from tests.training.test_owners import module
from tests.training.test_turns import Duel
from tests.training.world import World

NODES = ("conv", "norm", "relu", "flat", "drop", "fc")


class Phased(World):
    """A world whose design knows the nodes of its network, and whose training has phases."""

    phases: tuple[Phase, ...] = ()

    @property
    def design(self) -> Design:
        """The design with its phases."""
        plain = super().design
        main = Network(Graph({node_id: Node("Linear") for node_id in NODES}))
        training = replace(plain.training, phases=self.phases)
        return replace(plain, networks={"main": main}, training=training)


@pytest.fixture
def phased(tmp_path: Path) -> Phased:
    return Phased(tmp_path, schedule=Choice("constant"))


def began(events: list[Event]) -> list[PhaseBegan]:
    return [event for event in events if isinstance(event, PhaseBegan)]


def changed(before: dict[str, Tensor], after: dict[str, Tensor]) -> set[str]:
    return {name.partition(".")[0] for name, tensor in after.items() if not torch.equal(tensor, before[name])}


def test_what_waits_stays_as_it_is_with_its_running_means_and_learns_in_its_phase(phased: Phased) -> None:
    phased.values |= {"keep": "last", "epochs": 2}
    phased.phases = (Phase(1, ("main.fc",)), Phase(1, ("main.conv", "main.norm"), 0.5))
    first: dict[str, Tensor] = {}
    start: dict[str, Tensor] = {}
    for event in phased.events():
        if isinstance(event, PhaseBegan) and event.number == 1:
            start = phased.weights()
        if isinstance(event, PhaseBegan) and event.number == 2:
            first = phased.weights()
    assert changed(start, first) == {"fc"}
    assert changed(first, phased.weights()) == {"conv", "norm"}
    assert any(not torch.equal(phased.weights()[name], first[name]) for name in ("norm.running_mean",))


def test_a_phase_has_its_learning_rate_and_is_told_and_recorded(phased: Phased) -> None:
    phased.phases = (Phase(2, ("main.fc",), 0.5), Phase(1))
    events = phased.run()
    rates = [event.learning_rate for event in events if isinstance(event, EpochEnd)]
    assert rates == [0.005, 0.005, 0.01]
    assert began(events) == [PhaseBegan(1, 2, 1, 0, ("main.fc",), 0.5), PhaseBegan(2, 2, 3, 12)]
    assert began([*read_events(phased.folder / "run")]) == began(events)
    assert "epoch 3" in began(events)[1].words
    assert all(from_json(to_json(event)) == event for event in began(events))


def test_the_schedule_runs_over_the_whole_training(phased: Phased) -> None:
    def rates() -> list[float]:
        steps = (event for event in phased.run(name="") if isinstance(event, Steps))
        return [rate for event in steps for rate in event.learning_rate]

    phased.schedule = Choice("cosine")
    plain = rates()
    phased.phases = (Phase(1, ("main.fc",)), Phase(2, rate=0.5))
    assert rates() == pytest.approx([*plain[:6], *(rate / 2 for rate in plain[6:])])


def test_the_last_phase_goes_on_until_training_is_over(phased: Phased) -> None:
    phased.phases = (Phase(1, ("main.fc",)),)
    assert began(phased.run()) == []  # there is nothing to be told apart
    phased.values["epochs"] = 1
    phased.phases = (Phase(1, ("main.fc",)), Phase(1), Phase(1))
    assert [event.number for event in began(phased.run("short"))] == [1]


@pytest.mark.parametrize("cut", [3, 6, 7, 13])
def test_a_resumed_run_ends_with_the_very_weights_of_one_that_never_stopped(phased: Phased, cut: int) -> None:
    phased.values |= {"accumulate": 4, "ema_decay": 0.9}
    phased.phases = (Phase(1, ("main.fc",)), Phase(1, ("main.conv",), 0.3), Phase(1))
    straight = phased.run("straight")
    weights = phased.weights()
    first = phased.stopped(cut, "cut")
    rest = phased.run("cut", resume="cut")
    assert changed(weights, phased.weights()) == set()
    assert began(first) + began(rest) == began(straight)


def test_stopping_early_waits_for_the_last_phase(phased: Phased) -> None:
    phased.values |= {"epochs": 9, "early_stopping": 2, "learning_rate": 1e-9}
    phased.phases = (Phase(5, ("main.fc",)), Phase(4))
    finished: Any = phased.run()[-1]
    assert (finished.reason, finished.epochs) == ("early", 7)


def test_nodes_without_weights_go_on_and_those_that_wait_compute_as_in_evaluation() -> None:
    whole = nn.Sequential()
    whole.add_module("norm", nn.BatchNorm1d(2))
    whole.add_module("drop", nn.Dropout())
    whole.add_module("fc", nn.Linear(2, 2))
    design = Design(
        networks={"main": Network(Graph({name: Node("Linear") for name in ("norm", "drop", "fc")}))}
    )
    owners = owners_of(design, {"network": "main"}, {"network": whole})
    phases = Phases((Phase(1, ("main.fc",)), Phase(1)), {"main": whole}, owners)
    phases.enter(0)
    assert [module.training for module in whole.children()] == [False, True, True]
    assert [parameter.requires_grad for parameter in whole.parameters()] == [False, False, True, True]
    phases.enter(1)
    assert all(module.training for module in whole.modules())
    assert all(parameter.requires_grad for parameter in whole.parameters())


def test_within_a_block_the_nodes_that_are_named_learn_in_each_repetition_and_the_others_wait() -> None:
    whole = module()
    phases = Phases(
        (Phase(1, ("main.body.one",)), Phase(1, ("main.body", "main.stem"))),
        {"main": whole},
        owners_of(BLOCKS, {"network": "main"}, {"network": whole}),
    )

    def learning() -> set[str]:
        return {name for name, parameter in whole.named_parameters() if parameter.requires_grad}

    phases.enter(0)
    assert learning() == {"body.0.one.weight", "body.1.one.weight"}
    waiting = {name for name, part in whole.named_modules() if not part.training}
    assert waiting == {"head", "stem", "body.0.other", "body.1.other"}
    phases.enter(1)
    assert learning() == {
        "stem.weight",
        *(f"body.{n}.{name}.weight" for n in (0, 1) for name in ("one", "other")),
    }
    assert {name for name, part in whole.named_modules() if not part.training} == {"head"}


def test_frozen_weights_stay_frozen_in_every_phase_and_a_phase_of_them_alone_is_refused() -> None:
    whole = nn.Sequential()
    whole.add_module("one", nn.Linear(1, 1))
    whole.add_module("other", nn.Linear(1, 1))
    whole.get_submodule("one").requires_grad_(False)
    design = Design(networks={"main": Network(Graph({name: Node("Linear") for name in ("one", "other")}))})
    owners = owners_of(design, {"network": "main"}, {"network": whole})
    Phases((Phase(1, ("main",)),), {"main": whole}, owners).enter(0)
    assert not whole.get_parameter("one.weight").requires_grad
    with pytest.raises(TrainingError, match=r"nothing learns in phase 2: main\.one has no weights"):
        Phases((Phase(1), Phase(1, ("main.one",))), {"main": whole}, owners)


class PhasedDuel(Duel):
    """Networks that learn against each other in phases."""

    phases: tuple[Phase, ...] = ()

    def settings(self) -> Any:
        """The settings with the phases."""
        return replace(super().settings(), phases=self.phases)


def test_a_turn_of_which_nothing_learns_in_a_phase_is_left_out(tmp_path: Path) -> None:
    duel = PhasedDuel(tmp_path)
    duel.values |= {"epochs": 2, "keep": "last", "precision": "float16"}
    duel.phases = (Phase(1, ("judge",)), Phase(1, ("maker",)))
    marks: list[dict[str, Tensor]] = []
    for event in duel.events():
        if isinstance(event, PhaseBegan):
            marks.append(duel.weights())
        if isinstance(event, Steps):
            assert event.values.keys() == ({"judge_loss"} if len(marks) == 1 else {"loss"})
    assert changed(marks[0], marks[1]) == {"judge"}
    assert changed(marks[1], duel.weights()) == {"maker"}
