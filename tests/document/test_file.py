"""The design file keeps everything, and refuses what is not a design in one line."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesigner.document import (
    Choice,
    Design,
    Edge,
    Graph,
    Network,
    Node,
    Phase,
    Settings,
    dumps,
    edit,
    load,
    load_with_digest,
    loads,
    save,
)
from netdesigner.document.design import Annotations, Frame, Note
from netdesigner.document.migrations import FORMAT
from netdesigner.errors import DesignFileError, FileError

FILES = Path(__file__).parent.parent / "files"


@pytest.mark.parametrize("path", sorted(FILES.glob("format_*.netdesign")), ids=lambda path: path.stem)
def test_a_design_of_every_format_opens_and_saves_again_without_loss(path: Path) -> None:
    design = load(path)
    assert loads(dumps(design)) == design


def test_the_present_format_is_written_as_it_was_read() -> None:
    path = FILES / f"format_{FORMAT}.netdesign"
    assert dumps(load(path)) == path.read_text("utf-8")


@pytest.mark.parametrize(
    ("task", "kept", "loss"),
    [
        (
            {"kind": "classification", "params": {"label_smoothing": "s/10"}},
            Choice("classification"),
            Choice("CrossEntropyLoss", {"label_smoothing": "s/10"}),
        ),
        ({"kind": "classification", "params": {"other": 1}}, Choice("classification", {"other": 1}), None),
        (
            {"kind": "regression", "params": {"loss": "huber", "delta": 3}},
            Choice("regression"),
            Choice("HuberLoss", {"delta": 3}),
        ),
        (
            {"kind": "regression", "params": {"loss": "smooth_l1", "delta": 0.5}},
            Choice("regression"),
            Choice("SmoothL1Loss", {"beta": 0.5}),
        ),
        (
            {"kind": "regression", "params": {"loss": "l1", "delta": 3}},
            Choice("regression"),
            Choice("L1Loss"),
        ),
        ({"kind": "regression", "params": {"loss": "mse"}}, Choice("regression"), Choice("MSELoss")),
        ({"kind": "regression", "params": {"loss": "hubr"}}, Choice("regression"), Choice("hubr")),
        ({"kind": "regression", "params": {"loss": 3}}, Choice("regression", {"loss": 3}), None),
        ({"kind": "regression", "params": {"delta": 3}}, Choice("regression"), None),
        ({"kind": "regression"}, Choice("regression"), None),
        ({"kind": "of the future", "params": {"loss": "l1"}}, Choice("of the future", {"loss": "l1"}), None),
    ],
)
def test_a_loss_of_format_1_becomes_a_choice_of_its_own(
    task: dict[str, object], kept: Choice, loss: Choice | None
) -> None:
    design = loads(json.dumps({"format": 1, "task": task}))
    assert (design.task, design.loss) == (kept, loss)


@pytest.mark.parametrize("task", [5, [], {"params": 3}, {"kind": [], "params": {"label_smoothing": 1}}])
def test_what_was_no_task_in_format_1_is_refused_as_ever(task: object) -> None:
    with pytest.raises(DesignFileError, match="task"):
        loads(json.dumps({"format": 1, "task": task}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"kind": "warmup_cosine"}, Choice("cosine", {"warmup": 0.05})),
        (
            {"kind": "warmup_cosine", "params": {"warmup": "share", "end_factor": 0.1}},
            Choice("cosine", {"warmup": "share", "end_factor": 0.1}),
        ),
        ({"kind": "warmup_cosine", "params": {"warmup": 1}}, Choice("cosine", {"warmup": 0.999999})),
        ({"kind": "cosine"}, Choice("cosine")),
    ],
)
def test_a_warm_up_of_format_3_becomes_that_of_every_schedule(old: dict[str, object], new: Choice) -> None:
    assert loads(json.dumps({"format": 3, "training": {"schedule": old}})).training.schedule == new


@pytest.mark.parametrize(
    "training", [5, [], {"schedule": 3}, {"schedule": {"kind": "warmup_cosine", "params": 3}}]
)
def test_what_was_no_training_in_format_3_is_refused_as_ever(training: object) -> None:
    with pytest.raises(DesignFileError, match=r"training|schedule"):
        loads(json.dumps({"format": 3, "training": training}))


def test_unknown_kind_survives_saving() -> None:
    node = load(FILES / "format_1.netdesign").graph("main").nodes["mystery"]
    assert node.kind == "FromTheFuture"
    assert node.params == {"anything": ("goes", None, True, 1.5)}


def test_one_node_and_one_wire_stand_on_one_line() -> None:
    lines = dumps(load(FILES / "format_1.netdesign")).splitlines()
    assert sum('"kind": "Conv2d"' in line for line in lines) == 2
    assert '    ["stem", "body.x"],' in lines


def _with_main(nodes: object, edges: object = (), **marks: object) -> str:
    place = {"nodes": nodes, "edges": list(edges), **marks}  # type: ignore[call-overload]
    return json.dumps({"format": 1, "networks": {"main": place}})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "cut short"),
        ('{"format": 1, "networks": {"main": {"nod', "line 1"),
        ("[]", "it has no 'format' number"),
        ('{"format": "1"}', "'format' should be a whole number"),
        (f'{{"format": {FORMAT + 1}}}', "newer version"),
        ("[" * 100_000, "more than 64 levels deep"),
        ('{"a":' * 100_000, "more than 64 levels deep"),
        ('{"format": 1, "variables": {"a": NaN}}', "NaN is not a number"),
        ('{"format": 1, "variables": {"a": 1e999}}', "expected a number"),
        ('{"format": 1, "variables": {"a": ' + "9" * 5000 + "}}", "too large"),
        ('{"format": 1, "variables": {"a": "1"}}', "variables.a: expected a number"),
        ('{"format": 1, "format": 1}', "'format' stands twice"),
        ('{"format": 1, "code": "x"}', "'code' is not known here"),
        ('{"format": 1, "networks": []}', "networks: expected an object"),
        ('{"format": 1, "networks": {"1st": {}}}', "cannot be a name"),
        ('{"format": 1, "title": "\\ud800"}', "control character"),
        (_with_main({"a": {"params": {}}}), "networks.main.nodes.a: 'kind' is missing"),
        (_with_main({"a": {"kind": "ReLU", "at": [0]}}), "expected two numbers"),
        (_with_main({"a": {"kind": "ReLU", "repeat": 1.5}}), "repeat: expected a whole number"),
        (_with_main({"a": {"kind": "ReLU", "tied": 3}}), "a.tied: expected a text"),
        (_with_main({"a": {"kind": "ReLU", "tied": "../b"}}), "a.tied: '../b' cannot be a name"),
        (_with_main({"a": {"kind": "ReLU", "frozen": "yes"}}), "frozen: expected true or false, got yes"),
        (_with_main({"a": {"kind": "ReLU", "params": {"x": {"y": 1}}}}), "a.params.x: expected a number"),
        (_with_main({"class": {"kind": "ReLU"}}), "'class' cannot be a name; Python keeps this word"),
        (_with_main({"training": {"kind": "ReLU"}}), "'training' cannot be a name; PyTorch keeps this word"),
        (_with_main({"a b": {"kind": "ReLU"}}), "'a b' cannot be a name; use a letter"),
        (_with_main({"a": {"kind": "ReLU"}}, [["a", "b"]]), "there is no node 'b'"),
        (_with_main({"a": {"kind": "ReLU"}}, [["a"]]), 'expected ["source.port", "target.port"]'),
        (_with_main({"a": {"kind": "ReLU"}}, [["a", "a", [], 1]]), 'expected ["source.port", "target.port"]'),
        (
            _with_main({"a": {"kind": "ReLU"}}, [["a", "a", "x"]]),
            "edges[0]: expected a list of points, got x",
        ),
        (_with_main({"a": {"kind": "ReLU"}}, [["a", "a", [[1]]]]), "edges[0]: expected two numbers, got [1]"),
        (_with_main({"a": {"kind": "ReLU", "bypassed": 1}}), "bypassed: expected true or false, got 1"),
        (_with_main({"a": {"kind": "ReLU", "rate": "1"}}), "a.rate: expected a number, got 1"),
        ('{"format": 4, "augmentations": {}}', "augmentations: expected a list, got {}"),
        ('{"format": 4, "augmentations": [{}]}', "augmentations[0]: 'kind' is missing"),
        (
            json.dumps({"format": 4, "augmentations": [{"kind": "flip"}] * 201}),
            "augmentations: 201 entries; at most 200",
        ),
        (
            '{"format": 4, "training": {"phases": [{"epochs": 1.5}]}}',
            "training.phases[0].epochs: expected a whole number, got 1.5",
        ),
        (
            '{"format": 4, "training": {"phases": [{"trains": "a"}]}}',
            "training.phases[0].trains: expected a list of names, got a",
        ),
        (_with_main({}, frames=[]), "main.frames: expected an object"),
        (_with_main({}, frames={"f": {"text": "x"}}), "frames.f: 'text' is not known here"),
        (
            _with_main({}, frames={"f": {"size": [0, 9]}}),
            "frames.f.size: expected a width and a height of at least 1",
        ),
        (_with_main({}, frames={"f": {"size": [1e-300, 9]}}), "a width and a height of at least 1"),
        (_with_main({f"n{i}": {} for i in range(10_001)}), "10,001 nodes; a design has at most 10,000"),
        (_with_main({}, [[]] * 40_001), "40,001 wires; a design has at most 40,000"),
        (
            json.dumps({"format": 3, "blocks": {f"b{i}": {} for i in range(2_001)}}),
            "2,001 networks and blocks",
        ),
        (json.dumps({"format": 3, "variables": {f"v{i}": 1 for i in range(2_001)}}), "2,001 variables"),
        (_with_main({"a": {"kind": "ReLU", "params": {"x": [1] * 10_001}}}), "a list of 10,001 values"),
        (_with_main({"a": {"kind": "ReLU"}}, [["a", "a", [[1, 1]] * 1_001]]), "led through 1,001 points"),
        ('"' * 1_600_000, "more values than a design can have"),
        (_with_main({}, notes={"n": {"text": "\x00"}}), "notes.n.text: holds a control character"),
        (_with_main({}, notes={"n": {"at": [1e9, 0]}}), "notes.n.at: farther than 10,000,000 pixels"),
    ],
)
def test_what_is_not_a_design_is_refused_in_one_line_that_says_where(text: str, sentence: str) -> None:
    with pytest.raises(DesignFileError) as caught:
        loads(text, "odd.netdesign")
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("odd.netdesign: ")
    assert "\n" not in str(caught.value)


def test_brackets_inside_texts_do_not_count_as_nesting() -> None:
    design = Design(title="[" * 500 + '"\\')
    assert loads(dumps(design)) == design


def test_a_text_that_is_never_closed_is_looked_through_once() -> None:
    with pytest.raises(DesignFileError, match="cut short"):
        loads('{"a": "' + '\\"' * 700_000 + "\\")  # each quote anew would take hours


def test_a_place_between_two_pixels_is_written_the_same_again() -> None:
    place = Network(Graph({"a": Node("ReLU")}), {"a": (1e-320, 2.345)})
    text = dumps(Design({"main": place}))
    assert '"at": [0, 2.35]' in text or '"at": [0, 2.34]' in text
    assert dumps(loads(text)) == text


def test_bytes_that_are_not_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.netdesign"
    path.write_bytes(b"\xff\xfe\x00\x01\x02")
    with pytest.raises(DesignFileError, match="not a text in UTF-8"):
        load(path)


def test_a_file_is_read_as_far_as_the_largest_design_would_reach(tmp_path: Path) -> None:
    path = tmp_path / "hole.netdesign"
    path.touch()
    os.truncate(path, 2**40)  # takes no room on the disk
    with pytest.raises(DesignFileError, match="larger than 16 MB"):
        load(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.netdesign")
    for path in (tmp_path, tmp_path / "pipe.netdesign"):
        with pytest.raises(DesignFileError, match="not a file but a folder, a device or a pipe"):
            load(path)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_a_value_that_no_file_can_hold_is_refused_and_the_old_file_kept(tmp_path: Path, value: float) -> None:
    path = tmp_path / "a.netdesign"
    save(Design(), path)
    before = path.read_bytes()
    with pytest.raises(FileError, match="not saved: a value of the design"):
        save(Design(variables={"width": value}), path)
    assert path.read_bytes() == before


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DesignFileError, match=r"nothing\.netdesign: cannot be read"):
        load(tmp_path / "nothing.netdesign")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)
names = st.from_regex(r"k_[a-z0-9_]{0,8}", fullmatch=True)
nodes = st.builds(
    Node,
    kind=st.sampled_from(["Linear", "block:B", "Nobody knows"]),
    params=st.dictionaries(names, values, max_size=3),
    repeat=st.integers(1, 9) | st.just("2*width"),
    note=st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=10),
    bypassed=st.booleans(),
    rate=st.sampled_from([1.0, 0.0, 0.125]),
)
choices = st.builds(Choice, names, st.dictionaries(names, values, max_size=2))
phases = st.builds(Phase, st.integers(1, 9), st.lists(names, max_size=2).map(tuple), st.just(0.5))
points = st.tuples(st.integers(-999, 999).map(float), st.sampled_from([0.0, 0.25, 7.5]))
frames = st.builds(Frame, st.text("ab ", max_size=9), st.sampled_from(["", "blue"]), points)
notes = st.builds(Note, st.text("ab\n", max_size=9), points, st.just((80.5, 20.0)))


@st.composite
def designs(draw: st.DrawFn) -> Design:
    found = draw(st.dictionaries(names, nodes, min_size=1, max_size=5))
    ids = st.sampled_from(sorted(found))
    edges = draw(st.lists(st.builds(Edge, ids, names, ids, names), max_size=5))
    layout = {key: draw(points) for key in found}
    settings = Settings(
        Choice("SGD"),
        Choice("cosine"),
        draw(st.dictionaries(names, values, max_size=2)),
        draw(st.lists(phases, max_size=2).map(tuple)),
    )
    routes = draw(
        st.dictionaries(st.sampled_from(edges), st.lists(points, min_size=1, max_size=3).map(tuple))
        if edges
        else st.just({})
    )
    marks = [draw(st.dictionaries(names, mark, max_size=2)) for mark in (frames, notes)]
    network = Network(Graph(found, tuple(edges)), layout, Annotations(*marks, routes))
    augmentations = draw(st.lists(choices, max_size=2).map(tuple))
    return Design(
        {"main": network},
        augmentations=augmentations,
        loss=draw(st.none() | choices),
        training=settings,
        title=draw(st.just("") | st.just("t")),
    )


@given(designs())
def test_any_design_survives_its_file(design: Design) -> None:
    assert loads(dumps(design)) == design


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_any_text_that_is_no_design_is_refused(text: str) -> None:
    with pytest.raises(DesignFileError):
        loads(text)


def test_saving_tells_the_digest_that_opening_tells(tmp_path: Path) -> None:
    path = tmp_path / "a.netdesign"
    written = save(Design(title="a"), path)
    assert load_with_digest(path) == (load(path), written.digest)


def test_a_value_that_cannot_be_read_back_is_not_written(tmp_path: Path) -> None:
    bad, _ = edit.add_node(Design(), "main", "ReLU", params={"x": 2**60})
    with pytest.raises(FileError, match="too large"):
        save(bad, tmp_path / "a.netdesign")
    assert not (tmp_path / "a.netdesign").exists()
