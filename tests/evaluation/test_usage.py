"""What exported examples are made of says just what the program says, with numpy in the place of torch."""

from __future__ import annotations

import subprocess
import sys
import wave
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from netdesigner.datasets._images import Frame
from netdesigner.datasets._tokens import Tokens as Cut
from netdesigner.datasets._tokens import known_tokens, learn_names, learned
from netdesigner.datasets._wav import read_wav
from netdesigner.datasets.wav_files import WavFiles
from netdesigner.evaluation.usage import (
    boxes,
    diffusion,
    files,
    labels,
    language,
    made,
    pairs,
    series,
    text_classes,
)
from netdesigner.evaluation.usage.classes import scores_of
from netdesigner.evaluation.usage.network import Network, write_png
from netdesigner.evaluation.usage.tokens import Tokens
from netdesigner.evaluation.usage.values import said_of
from netdesigner.losses.cross_entropy import CrossEntropyLoss
from netdesigner.losses.distance import MSELoss
from netdesigner.parts import Catalog
from netdesigner.parts.dataset import END, FILL, HIDDEN, MARKS, START
from netdesigner.parts.loss import CLASSES
from netdesigner.tasks.detection import Detection
from netdesigner.tasks.diffusion import Diffusion
from netdesigner.tasks.sequence_to_sequence import SequenceToSequence

LOSSES = Catalog.discover().losses
TEXT = "Don't: it's 12³ ünïts…\n\n  of  \t tea? Ⅻ日本 they'll'd"


class Asked(Network):
    """A module in the place of a network in a file."""

    def __init__(
        self, module: Callable[..., Any], *shapes: list[int | str], says: str = "values", **about: Any
    ) -> None:
        types = ["float32", "int64", "int64"]
        self.module, self.about = module, {"says": says, **about}
        self.inputs = [{"shape": shape, "dtype": kind} for shape, kind in zip(shapes, types, strict=False)]

    def run(self, *inputs: np.ndarray) -> dict[str, np.ndarray]:
        found = self.module(*(torch.from_numpy(np.asarray(values)) for values in inputs))
        return {
            str(at): each.numpy() for at, each in enumerate(found if isinstance(found, tuple) else (found,))
        }


class Drifts(nn.Module):
    """Says something that depends on all that it is given."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.input_count = count

    def forward(self, noisy: Tensor, times: Tensor, *classes: Tensor) -> Tensor:
        more = sum(classes, times * 0.001)
        return 0.3 * noisy.roll(1, -1) + more.float().reshape(-1, *(1,) * (noisy.ndim - 1))


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@pytest.mark.parametrize("predicts", ["noise", "velocity"])
def test_samples_are_drawn_as_in_the_program(schedule: str, predicts: str) -> None:
    of_classes = predicts == "noise"
    task = Diffusion(loss=MSELoss(), schedule=schedule, predicts=predicts, time_steps=100, sampling_steps=7)
    noise = torch.randn(3, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    classes = torch.tensor([0, 2, 1]) if of_classes else None
    module = Drifts(3 if of_classes else 2)
    ((_, expected),) = deque(task.samples_from(module, noise, classes), maxlen=1)
    given = None if classes is None else classes.numpy()
    found = diffusion.draw(Asked(module, task={"kind": "diffusion", **task.values()}), noise.numpy(), given)
    assert expected.abs().max() > 1
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-4, atol=1e-4)


def test_samples_with_new_noise_are_spread_as_in_the_program() -> None:
    task = Diffusion(loss=MSELoss(), time_steps=100, sampling_steps=7, eta=1.0)
    noise = torch.randn(2000, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    ((_, expected),) = deque(task.samples_from(Drifts(2), noise), maxlen=1)
    found = diffusion.draw(Asked(Drifts(2), task={"kind": "diffusion", **task.values()}), noise.numpy())
    assert found.dtype == np.float32
    assert found.mean() == pytest.approx(float(expected.mean()), abs=0.1 * float(expected.std()))
    assert found.std() == pytest.approx(float(expected.std()), rel=0.05)


def test_boxes_are_read_and_kept_as_in_the_program() -> None:
    task = Detection(anchors=(0.1, 0.1, 0.2, 0.1, 0.4, 0.5, 0.6, 0.6), per_cell=2)
    random = torch.Generator().manual_seed(0)
    grids = tuple(torch.randn(2, 2 * 8, side, side, generator=random) * 2 for side in (2, 4))
    expected = task.answer(lambda _: grids, torch.zeros(2, 1, 8, 8)).numpy()  # type: ignore[arg-type]
    about = {"kind": "detection", **task.values()}
    found = boxes.boxes_in(Asked(lambda _: grids, task=about), np.zeros((2, 1, 8, 8)), 0.01)
    for rows, true in zip(found, expected, strict=True):
        assert 5 < len(rows) == (true[:, 0] >= 0).sum()
        np.testing.assert_allclose(np.array(rows), true[: len(rows)], rtol=1e-4)


class Adds(nn.Module):
    """What it says at a place depends on all that it read and wrote before."""

    def __init__(self, written: int, tokens: int) -> None:
        super().__init__()
        self.written, self.tokens = written, tokens

    def forward(self, given: Tensor) -> Tensor:
        sums = (given * torch.arange(1, given.shape[1] + 1)).cumsum(1)[:, -self.written :]
        said = START + 2 + (sums * 7) % (self.tokens - 3)
        said[:, 3] = END
        return nn.functional.one_hot(said, self.tokens).float()


def test_texts_are_written_as_in_the_program() -> None:
    names = (*MARKS, *"abcdefgh")
    module, read = Adds(5, len(names)), torch.full((2, 6), FILL)
    read[0, :4], read[1, :3] = torch.tensor([3, 4, 5, END]), torch.tensor([9, 8, END])
    given = torch.cat([read, torch.full((2, 5), START)], dim=1)
    said = SequenceToSequence(loss=CrossEntropyLoss()).answer(module, given).argmax(2).tolist()
    expected = ["".join(names[n] for n in row[: [*row, END].index(END)] if n > END) for row in said]
    network = Asked(module, ["N", 11])
    assert pairs.write(network, Tokens(names), ["abc", "gf"]) == expected
    assert [*map(len, expected)] == [3, 3]


def test_a_text_goes_on_behind_its_end_and_beyond_the_window() -> None:
    def next_letter(given: Tensor) -> Tensor:
        return nn.functional.one_hot((given + 1) % 4, 4) * 50.0

    network = Asked(next_letter, ["N", 3], about=0)
    assert language.go_on(network, Tokens("abcd"), "ca", count=6) == "bcdabc"


@pytest.mark.parametrize("how", ["characters", "bytes", "bpe"])
@pytest.mark.parametrize("marks", [(), MARKS, MARKS[:1]], ids=["alone", "pairs", "filled up"])
def test_texts_are_cut_as_in_the_program(how: str, marks: tuple[str, ...]) -> None:
    known: Cut
    if how == "bpe":
        pytest.importorskip("tokenizers")
        known = learned("text", learn_names([TEXT * 3, "they'll think of teapots and the like"], 300))
        assert len(known.names) > 270
    else:
        known = known_tokens(how)
    tokens = Tokens((*marks, *known.names))
    for text in (TEXT, "", "  ", "the teapots' \r\n 's"):
        numbers = tokens.numbers(text)
        assert numbers == (known.cut([text])[0] + len(marks)).tolist()
        assert how == "characters" or tokens.text(numbers) == text


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (3, [[98, 196, 170], [0, 0, 0]]),
        ("T", [[98, 196, 170, 99], [0, 0, 0, 0]]),
    ],
)
def test_texts_are_filled_up_to_the_longest_in_tokens(length: int | str, expected: list[list[int]]) -> None:
    tokens = (MARKS[FILL], *known_tokens("bytes").names)
    network = Asked(lambda given: given, ["N", length], tokens=tokens)
    assert text_classes.numbers_of(network, ["a\u00e9b", ""]).tolist() == expected
    assert text_classes.numbers_of(network, [""]).tolist() == [[0] * (3 if length == 3 else 1)]


def test_labels_without_names_are_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    network = Asked(lambda given: given, ["N", 2], says="scores", task={"threshold": 0.5})
    monkeypatch.setattr(labels, "Network", lambda: network)
    monkeypatch.setattr(labels, "samples_in", lambda *_: (["sample 1"], np.array([[-5.0, 0.0]])))
    labels.main([])
    assert capsys.readouterr().out == "sample 1: label 2 (0.500)\n"


def test_hidden_tokens_are_told_from_others() -> None:
    names = (*known_tokens("bytes").names, HIDDEN)
    tokens = Tokens(names)
    assert tokens.numbers(f"a{HIDDEN}c{HIDDEN}") == [97, 256, 99, 256]
    assert tokens.text([97, 256]) == f"a{HIDDEN}"


@pytest.mark.parametrize("kind", LOSSES)
def test_what_an_output_says_is_read_as_by_its_loss(kind: str) -> None:
    loss = LOSSES[kind]()
    output = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    output = output.sigmoid() if loss.takes.span.low == 0 and loss.says != "means" else output
    if CLASSES in loss.learns:
        for given in (output, output[:, :1]) if 1 in loss.features(2) else (output,):
            expected = loss.scores(given).numpy()
            np.testing.assert_allclose(scores_of(given.numpy(), loss.says), expected, rtol=1e-5)
    else:
        np.testing.assert_allclose(said_of(output.numpy(), loss.says), loss.said(output).numpy(), rtol=1e-5)


def test_forecasts_are_told_in_the_series_own_unit() -> None:
    network = Asked(
        lambda given: torch.cat([given[:, -1, :1]] * 2, dim=1),
        ["N", 4, 2],
        targets=["level"],
        target_scaling={"shift": [10], "scale": [2]},
    )
    raw = np.arange(16.0).reshape(2, 4, 2)
    np.testing.assert_array_equal(series.forecast(network, raw)[:, :, 0], [[22, 22], [38, 38]])


def test_scaling_is_left_to_the_file_or_done_beside_it() -> None:
    scaling = {"shift": [1.0, 2.0], "scale": [2.0, 4.0], "axis": 1}
    raw = np.ones((3, 2, 2, 2), np.float32)
    inside, beside = (Asked(lambda x: x, normalization=how, scaling=scaling) for how in ("graph", "metadata"))
    assert inside.scaled(raw) is raw
    assert beside.scaled(raw)[0, :, 0, 0].tolist() == [0, -0.25]
    np.testing.assert_allclose(inside.raw(beside.scaled(raw)), raw)


@pytest.mark.parametrize("resize", ["stretch", "crop", "pad"])
@pytest.mark.parametrize("color", ["rgb", "gray"])
@pytest.mark.parametrize("name", ["wide.jpg", "high.png", "deep.png", "bright.png"])
def test_pictures_become_samples_as_in_the_program(
    tmp_path: Path, resize: str, color: str, name: str
) -> None:
    random = np.random.default_rng(0)
    shape = {"wide.jpg": (40, 300, 3), "high.png": (50, 20, 4), "deep.png": (30, 40)}.get(name, (8, 8))
    if name == "deep.png":
        image = Image.fromarray(random.integers(0, 65536, shape, dtype=np.uint16))
    else:
        image = Image.fromarray(random.integers(0, 256, shape, dtype=np.uint8))
    image.save(tmp_path / name)
    frame = Frame(height=8, width=12, color=color, resize=resize)
    about = {"are": "pictures", "resize": resize}
    network = Asked(lambda x: x, ["N", *frame.shape], files=about)
    names, found = files.samples_in([str(tmp_path / name)], network)
    assert names == [str(tmp_path / name)]
    np.testing.assert_array_equal(found[0], frame.read(tmp_path / name))


@pytest.mark.parametrize(("bits", "channels", "count"), [(8, 1, 30), (16, 2, 10), (24, 2, 20), (32, 1, 50)])
def test_sounds_become_samples_as_in_the_program(
    tmp_path: Path, bits: int, channels: int, count: int
) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setparams((channels, bits // 8, 100, 0, "NONE", ""))
        sound.writeframes(np.random.default_rng(0).bytes(count * channels * bits // 8))
    for number, label in enumerate("bc"):
        (tmp_path / label).mkdir()
        (tmp_path / label / f"{number}.wav").write_bytes((tmp_path / "a.wav").read_bytes())
    dataset = WavFiles(path=str(tmp_path), rate=1000, seconds=0.3)
    files_of = dataset.files_of_samples()
    network = Asked(lambda x: x, ["N", 1, 300], files={**files_of, "rate": 100})
    expected = read_wav(tmp_path / "a.wav", 3)[0]
    (found,) = files.samples_in([str(tmp_path / "a.wav")], network)[1]
    np.testing.assert_allclose(found[0, :count], expected, atol=1e-7)
    assert not found[0, count:].any()
    any_length = Asked(lambda x: x, ["N", 1, "T"], files={**files_of, "rate": 100})
    np.testing.assert_array_equal(
        files.samples_in([str(tmp_path / "a.wav")], any_length)[1], found[None, :, :count]
    )
    with pytest.raises(SystemExit, match="100 samples a second; bring it to 1,000"):
        files.samples_in([str(tmp_path / "a.wav")], Asked(lambda x: x, ["N", 1, 300], files=files_of))


@pytest.mark.parametrize(("are", "white"), [("pictures", 1), ("sounds", 255)])
def test_bytes_of_pictures_are_told_as_the_program_has_them(are: str, white: int, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((1, 1, 2, 2), 255, np.uint8))
    network = Asked(lambda x: x, ["N", 1, 2, 2], files={"are": are})
    assert (files.samples_in([str(tmp_path / "a.npy")], network)[1] == white).all()


def test_that_pictures_need_pillow_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    network = Asked(lambda x: x, ["N", 3, 4, 4], files={"are": "pictures", "resize": "pad"})
    with pytest.raises(SystemExit, match="pictures are read with Pillow: pip install pillow"):
        files.samples_in([str(tmp_path / "a.png")], network)


def test_rows_of_arrays_are_samples_and_what_holds_none_is_told(tmp_path: Path) -> None:
    network = Asked(lambda x: x, ["N", 4], files={})
    np.save(tmp_path / "two.npy", np.zeros((2, 4)))
    np.save(tmp_path / "one.npy", np.ones(4))
    two, one, text = (str(tmp_path / name) for name in ("two.npy", "one.npy", "notes.txt"))
    Path(text).write_text("no sample")
    names, found = files.samples_in([two, one], network)
    assert (names, found.sum(axis=1).tolist()) == ([f"{two}, 1", f"{two}, 2", one], [0, 0, 4])
    with pytest.raises(SystemExit, match=r"notes.txt: samples are given as .npy files of \[N, 4\]"):
        files.samples_in([text], network)
    pictures = Asked(lambda x: x, ["N", 3, 4, 4], files={"are": "pictures", "resize": "pad"})
    with pytest.raises(SystemExit, match=r"notes.txt: cannot identify image file"):
        files.samples_in([text], pictures)
    with pytest.raises(SystemExit, match=r"^no.png: No such file or directory$"):
        files.samples_in(["no.png"], pictures)


@pytest.mark.parametrize("said", ["many", "0", "-3", "2.5"])
def test_a_count_of_samples_that_is_none_is_told(said: str) -> None:
    assert (made.count_in([]), made.count_in(["3"])) == (40, 3)
    with pytest.raises(SystemExit, match=f"^{said}: say how many samples are to be made, such as 40$"):
        made.count_in([said])


def test_pictures_are_laid_side_by_side(tmp_path: Path) -> None:
    pictures = np.linspace(0, 1, 3 * 3 * 32 * 32).reshape(3, 3, 32, 32)
    write_png(tmp_path / "made.png", pictures, columns=2)
    with Image.open(tmp_path / "made.png") as image:
        assert (image.size, image.mode) == ((136, 136), "RGB")
        assert image.getpixel((0, 0))[0] == 0
        assert image.getpixel((63, 131))[2] == 255
        assert image.getpixel((65, 0)) == image.getpixel((131, 131)) == (128, 128, 128)
    write_png(tmp_path / "made.png", pictures[:1])
    with Image.open(tmp_path / "made.png") as image:
        assert image.size == (68, 68)


def test_only_exporting_imports_them() -> None:
    line = "import sys, netdesigner.tasks.detection; print('netdesigner.evaluation.usage' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
