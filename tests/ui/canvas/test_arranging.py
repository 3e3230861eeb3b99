"""The automatic layout on the canvas: on a thread, cancelled, refused, seen on its way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from netdesigner.document import Design, Edge, Graph, Network, Node, edit
from netdesigner.document.annotate import add_mark
from netdesigner.document.design import Frame
from netdesigner.session import Job
from netdesigner.session.arrange import USUAL_AREA, arrange, effort, in_rows
from tests.ui.canvas.test_marks import framed
from tests.ui.hand import Hand, chain

MakeHand = Callable[[Design], Hand]


def long_chain(count: int) -> Design:
    """Nodes in a row, each 10 px right of the one before."""
    nodes = {f"n{index}": Node("ReLU") for index in range(count)}
    edges = tuple(Edge(f"n{index}", "output", f"n{index + 1}", "input") for index in range(count - 1))
    layout = {node_id: (10.0 * index, 0.0) for index, node_id in enumerate(nodes)}
    return Design(networks={"main": Network(Graph(nodes, edges), layout)})


@pytest.fixture
def large(make_hand: MakeHand) -> Hand:
    """A network that is arranged on a thread."""
    return make_hand(long_chain(320))


def _jobs(hand: Hand) -> list[Job]:
    return hand.canvas.bridge.jobs()


def test_a_large_network_is_arranged_beside_the_windows_work_in_one_step(large: Hand, qtbot: QtBot) -> None:
    large.canvas.arrange()
    (job,) = _jobs(large)
    assert job.title == "Arranging 320 nodes"
    assert large.steps == 0
    qtbot.waitUntil(lambda: large.steps == 1, timeout=20_000)
    boxes = [item.body() for item in large.canvas.scene.nodes.values()]
    assert not any(a.intersects(b) for index, a in enumerate(boxes) for b in boxes[index + 1 :])
    large.canvas.undo()
    assert large.design.place("main").layout["n7"] == (70.0, 0.0)


def test_a_cancelled_arrangement_changes_nothing(
    large: Hand, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(_graph, _groups, _sizes, _ends, _area, pulse):
        while True:
            pulse(0.5)
            time.sleep(0.001)

    monkeypatch.setattr("netdesigner.ui.canvas.arranging.arrange_framed", endless)
    design = large.design
    large.canvas.arrange()
    (job,) = _jobs(large)
    job.cancel()
    qtbot.waitUntil(lambda: not _jobs(large), timeout=20_000)
    assert large.design is design
    assert large.said == []


def test_an_arrangement_of_a_network_that_was_changed_meanwhile_is_told_and_left(
    large: Hand, qtbot: QtBot
) -> None:
    large.canvas.arrange()
    large.canvas.bridge.edit(lambda d: edit.remove_nodes(d, "main", ["n5"]), "delete n5")
    qtbot.waitUntil(lambda: not _jobs(large), timeout=20_000)
    assert large.steps == 1
    assert large.said[0][1].startswith("The network was changed while it was being arranged")


def test_asking_again_takes_the_place_of_what_is_under_way(large: Hand, qtbot: QtBot) -> None:
    large.canvas.arrange()
    large.canvas.arrange()
    qtbot.waitUntil(lambda: not _jobs(large), timeout=20_000)
    assert large.steps == 1


def tangled(count: int) -> Design:
    """Nodes that were never placed, each wired to the next and to one far behind it."""
    graph = long_chain(count).graph("main")
    far = tuple(
        Edge(f"n{index}", "output", f"n{count - 1 - index // 4}", "input") for index in range(count // 2)
    )
    return Design(networks={"main": Network(Graph(graph.nodes, graph.edges + far))})


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """What the arrangement on the thread waits for."""
    found = threading.Event()

    def held(*args, **named):
        assert found.wait(20)
        return arrange(*args, **named)

    monkeypatch.setattr("netdesigner.ui.canvas.arranging.arrange", held)
    return found


def test_a_tangle_that_was_never_placed_opens_in_rows_and_is_arranged_beside_the_windows_work(
    make_hand: MakeHand, qtbot: QtBot, go: threading.Event
) -> None:
    design = tangled(90)
    hand = make_hand(design)
    graph = design.graph("main")
    assert effort(graph) > 2000
    assert [job.title for job in _jobs(hand)] == ["Arranging 90 nodes"]
    assert hand.canvas.scene.positions() == in_rows(graph)
    go.set()
    qtbot.waitUntil(lambda: not _jobs(hand), timeout=20_000)
    assert hand.canvas.scene.positions() == arrange(graph, area=USUAL_AREA)
    assert hand.design is design
    assert hand.canvas.view.is_fitted
    hand.canvas.refresh()
    assert not _jobs(hand)


def test_an_edit_before_a_tangle_was_arranged_keeps_the_rows(
    make_hand: MakeHand, qtbot: QtBot, go: threading.Event
) -> None:
    hand = make_hand(tangled(90))
    rows = hand.canvas.scene.positions()
    hand.canvas.select(["n3"])
    hand.canvas.delete()
    go.set()
    qtbot.waitUntil(lambda: not _jobs(hand), timeout=20_000)
    assert hand.canvas.scene.positions() == {key: at for key, at in rows.items() if key != "n3"}


def test_a_long_plain_network_that_was_never_placed_is_arranged_at_once(make_hand: MakeHand) -> None:
    graph = long_chain(120).graph("main")
    hand = make_hand(Design(networks={"main": Network(graph)}))
    assert not _jobs(hand)
    assert hand.canvas.scene.positions() == arrange(graph, area=USUAL_AREA)


def test_frames_go_around_the_same_nodes_again(make_hand: MakeHand) -> None:
    hand = make_hand(framed())
    hand.canvas.bridge.edit(lambda d: edit.move_nodes(d, "main", {"flatten": (816.0, 400.0)}), "move")
    hand.canvas.arrange()
    hand.canvas.ordering.select_held("frame_1")
    assert hand.canvas.selected() == ("conv", "relu")
    depth = hand.steps
    hand.canvas.undo()
    assert hand.steps == depth - 1
    assert hand.design.place("main").annotations.frames["frame_1"].at == (248.0, -56.0)


def test_new_nodes_find_room_and_all_others_stay(make_hand: MakeHand) -> None:
    hand = make_hand(chain())
    before = dict(hand.design.place("main").layout)

    def add(design: Design) -> Design:
        design, _ = edit.add_node(design, "main", "ReLU", (1090.0, 8.0), node_id="new")
        return edit.connect(design, "main", Edge("relu", "output", "new", "input"))

    hand.canvas.bridge.edit(add, "add")
    hand.canvas.arranging.new()
    layout = hand.design.place("main").layout
    assert {key: layout[key] for key in before} == before
    assert layout["new"][0] == 816.0
    boxes = [item.body() for item in hand.canvas.scene.nodes.values()]
    assert not any(a.intersects(b) for index, a in enumerate(boxes) for b in boxes[index + 1 :])
    assert hand.steps == 2
    hand.canvas.arranging.new()
    assert hand.said == [("warning", "No node is new since the last arrangement, and none lies on another.")]


def test_what_cannot_be_arranged_is_told(make_hand: MakeHand) -> None:
    hand = make_hand(Design())
    hand.canvas.arrange()
    hand.canvas.arrange_selected()
    assert [text for _, text in hand.said] == [
        "There is nothing to arrange yet: add some layers first.",
        "Select the nodes to arrange first, two or more.",
    ]


@pytest.fixture
def gliding(make_hand: MakeHand, monkeypatch: pytest.MonkeyPatch) -> Hand:
    """A network whose nodes and frame are on their way."""
    monkeypatch.setattr("netdesigner.ui.canvas.glide.duration_ms", lambda _: 60_000)
    design, _ = add_mark(chain(), "main", Frame("stem", "", (248.0, -56.0), (496.0, 176.0)))
    hand = make_hand(edit.move_nodes(design, "main", {"loose": (0.0, 700.0), "relu": (544.0, 16.0)}))
    hand.canvas.arrange()
    return hand


def test_nodes_are_seen_on_their_way_while_the_design_has_their_places(gliding: Hand) -> None:
    assert gliding.canvas.arranging.glide.is_running
    at = gliding.canvas.scene.nodes["loose"].pos()
    assert (at.x(), at.y()) != gliding.design.place("main").layout["loose"]
    assert gliding.steps == 1


def test_a_press_ends_the_way_so_that_a_drag_begins_where_things_are(gliding: Hand) -> None:
    gliding.press(QPoint(5, 5))
    assert not gliding.canvas.arranging.glide.is_running
    assert gliding.canvas.scene.positions() == dict(gliding.design.place("main").layout)
    frame = gliding.design.place("main").annotations.frames["frame_1"]
    assert gliding.canvas.scene.marks.items["frame_1"].mark == frame
    gliding.release(QPoint(5, 5))


def test_an_edit_ends_the_way(gliding: Hand) -> None:
    gliding.canvas.undo()
    assert not gliding.canvas.arranging.glide.is_running
    assert gliding.canvas.scene.nodes["loose"].pos().y() == 700.0


def test_a_frame_fits_the_nodes_in_it_after_these_were_arranged_alone(make_hand: MakeHand) -> None:
    design = edit.move_nodes(chain(), "main", {"conv": (272.0, 400.0), "relu": (300.0, 540.0)})
    design, frame_id = add_mark(design, "main", Frame("pair", "", (248.0, 340.0), (300.0, 320.0)))
    hand = make_hand(design)
    hand.canvas.select(["conv", "relu"])
    hand.canvas.arrange_selected()
    frame = hand.canvas.scene.marks.items[frame_id].body()
    bodies = [hand.canvas.scene.nodes[key].body() for key in ("conv", "relu")]
    assert all(frame.contains(body) for body in bodies)
    around = bodies[0].united(bodies[1])
    assert (frame.width() - around.width(), frame.height() - around.height()) <= (130.0, 130.0)
