from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from netdesigner.errors import CancelledError, FileError, TrainingError
from netdesigner.evaluation import Evaluation, evaluate, outputs_of
from netdesigner.losses.cross_entropy import CrossEntropyLoss
from netdesigner.losses.distance import MSELoss
from netdesigner.parts import DataSpec, ImageGrid, Matrix, Preview, Table, Task, TensorSpec, Text
from netdesigner.tasks.classification import Classification
from netdesigner.tasks.regression import Regression
from netdesigner.tasks.segmentation import Segmentation

PICTURES = DataSpec(
    TensorSpec(("N", 1, 2, 2)),
    TensorSpec(("N",), "int64"),
    classes=("dark", "light"),
    rows=5,
    targets=("class",),
)
CLASSES, VALUES = Classification(loss=CrossEntropyLoss()), Regression(loss=MSELoss())
ROWS = DataSpec(TensorSpec(("N", 2)), TensorSpec(("N", 1)), rows=4, features=("u", "v"), targets=("t",))


class Brightness(nn.Module):
    """Scores of dark and light by the sum of the pixels."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        light = input.flatten(1).sum(1) * 4 - 2
        return torch.stack([-light, light], dim=1)


def pictures() -> tuple[torch.Tensor, torch.Tensor]:
    levels = torch.tensor([0.0, 0.2, 0.9, 1.0, 0.6])
    return (levels / 4).reshape(5, 1, 1, 1).expand(5, 1, 2, 2).contiguous(), torch.tensor([0, 0, 1, 0, 1])


def test_pictures_are_judged_and_the_worst_shown_as_they_look() -> None:
    input, target = pictures()
    found = evaluate(Brightness(), input, target, CLASSES, PICTURES, raw_inputs=input * 4, images=True)
    assert (found.part, found.count) == ("test", 5)
    assert found.measures["accuracy"] == 0.8
    assert found.worst_indices[0] == 3
    assert isinstance(found.worst, ImageGrid)
    first = found.worst.pictures[0]
    assert first.caption == "true dark, said light (0.98)"
    assert (first.width, first.height, first.channels) == (2, 2, 1)
    assert first.pixels == b"\xff" * 4
    assert len(found.worst.pictures) == 1
    assert isinstance(found.unsure, ImageGrid)
    assert len(found.unsure.pictures) == 4


def test_who_cancels_waits_for_a_single_pass_of_a_network() -> None:
    passes: list[int] = []

    class Slow(Classification):
        def made(self, networks: object, input: torch.Tensor, data: DataSpec) -> tuple[()]:
            for number in range(50):
                passes.append(number)
                networks["network"](input)  # type: ignore[index]
            return ()

    def cancel(_fraction: float, _text: str) -> None:
        if len(passes) == 3:
            raise CancelledError("enough")

    network = Brightness()
    with pytest.raises(CancelledError):
        evaluate(network, *pictures(), Slow(loss=CrossEntropyLoss()), PICTURES, progress=cancel)
    assert passes == [0, 1, 2]
    assert not network._forward_pre_hooks


def shades(wrong: int, task: Task = CLASSES) -> Evaluation:
    """30 pictures from dark to light, which all are said right but so many of the lightest."""
    level = torch.linspace(0, 1, 30)
    target = (level > 0.5).long()
    target[30 - wrong :] = 0
    input = (level / 4).reshape(30, 1, 1, 1).expand(30, 1, 2, 2)
    return evaluate(Brightness(), input, target, task, PICTURES, images=True)


def pictures_in(found: Preview | None) -> list[str]:
    assert isinstance(found, ImageGrid)
    return [picture.caption for picture in found.pictures]


def test_what_is_wrong_is_shown_beside_what_is_right_but_unsure_and_what_is_sure() -> None:
    found = shades(wrong=2)
    assert [preview.title for preview in found.chosen] == [
        "Most wrong",
        "Right, but least sure",
        "Most right",
    ]
    worst, unsure, best = map(pictures_in, found.chosen)
    assert found.worst_indices == (29, 28)
    assert worst[0] == "true dark, said light (0.98)"
    assert (len(unsure), len(best)) == (12, 12)
    assert {caption[-6:] for caption in unsure[:2]} == {"(0.53)"}
    assert best[0] == "true dark, said dark (0.98)"
    assert all(true in said for true, said in (caption[5:].split(", ") for caption in unsure + best))
    assert Evaluation.from_json(found.to_json()) == found


def test_of_many_wrong_samples_the_worst_are_shown_and_none_that_is_right_and_unsure() -> None:
    level = torch.linspace(0, 1, 60)
    input, target = (level / 4).reshape(60, 1, 1, 1).expand(60, 1, 2, 2), torch.ones(60, dtype=torch.int64)
    found = evaluate(Brightness(), input, target, CLASSES, PICTURES, images=True)
    assert found.worst_indices == tuple(range(24))
    assert found.unsure is None
    assert pictures_in(found.best)[0] == "true light, said light (0.98)"
    assert found.chosen == (found.worst, found.best)


def test_where_none_is_wrong_that_is_said() -> None:
    found = shades(wrong=0)
    assert found.worst == Text("Most wrong", "None of these 30 samples was said wrong.")
    assert found.worst_indices == ()
    assert len(pictures_in(found.unsure)) == 12


def test_where_nothing_tells_right_from_wrong_all_are_the_worst_or_the_best() -> None:
    input = torch.linspace(0, 1, 30).reshape(30, 1)
    found = evaluate(nn.Identity(), input, input**2, VALUES, ROWS)
    assert len(found.worst_indices) == 24
    assert found.unsure is None
    assert isinstance(found.best, Table)
    assert len(found.best.rows) == 6


def test_an_evaluation_from_before_the_best_were_kept_is_read() -> None:
    found = json.loads(shades(wrong=2).to_json())
    del found["best"], found["unsure"]
    assert Evaluation.from_json(json.dumps(found)).chosen == (shades(wrong=2).worst,)


def test_rows_show_true_said_and_features() -> None:
    input = np.array([[1, 2], [3, 4], [5, 6], [7, 8]], dtype=np.float32)
    target = np.array([[3], [7], [11], [25]], dtype=np.float32)
    module = nn.Linear(2, 1)
    with torch.no_grad():
        module.weight.fill_(1)
        module.bias.zero_()
    found = evaluate(module, input, target, VALUES, ROWS, part="validation", raw_inputs=input * 10)
    assert isinstance(found.worst, Table)
    assert found.worst.columns == ("sample", "true", "said", "u", "v")
    assert found.worst.rows[0] == (3, "25", "15", 70.0, 80.0)
    assert found.measures["mae"] == 2.5
    assert found.part == "validation"


def test_flat_inputs_are_shown_as_rows_even_if_called_pictures() -> None:
    found = evaluate(nn.Linear(2, 1), torch.zeros(3, 2), torch.zeros(3, 1), VALUES, ROWS, images=True)
    assert isinstance(found.worst, Table)


@pytest.mark.parametrize("batch_size", [1, 2, 256])
def test_batches_do_not_change_the_result(batch_size: int) -> None:
    input, target = pictures()
    found = evaluate(Brightness(), input, target, CLASSES, PICTURES, batch_size=batch_size)
    assert found == evaluate(Brightness(), input, target, CLASSES, PICTURES)


@pytest.mark.parametrize("batch_size", [2, 256])
def test_numbers_beside_the_output_of_the_samples_are_left_out(batch_size: int) -> None:
    class Balanced(Brightness):
        def forward(self, input: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return input.sum(), super().forward(input)

    input, target = pictures()
    found = evaluate(Balanced(), input, target, CLASSES, PICTURES, batch_size=batch_size)
    assert found == evaluate(Brightness(), input, target, CLASSES, PICTURES)


def test_every_submodule_keeps_its_mode() -> None:
    module = nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(2), nn.Linear(2, 1)).train()
    module[1].eval()  # frozen, while the rest trains
    before = {name: value.clone() for name, value in module.state_dict().items()}
    outputs = [outputs_of(module, torch.ones(8, 2)) for _ in range(2)]
    np.testing.assert_array_equal(outputs[0], outputs[1])
    assert [part.training for part in module] == [True, False, True]
    assert module.training
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name])


def test_modes_are_kept_when_it_is_cancelled() -> None:
    module = nn.Sequential(nn.Dropout(0.5), nn.Linear(2, 1)).train()

    def cancel(fraction: float, text: str) -> None:
        if fraction >= 0.5:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        outputs_of(module, torch.ones(8, 2), batch_size=2, progress=cancel)
    assert module.training
    assert module[0].training


def test_no_gradient_is_kept() -> None:
    module = nn.Linear(2, 1)
    outputs_of(module, torch.ones(8, 2))
    assert module.weight.grad is None


def test_half_precision_outputs_are_judged_as_floats() -> None:
    assert outputs_of(nn.Linear(2, 1).bfloat16(), torch.ones(3, 2, dtype=torch.bfloat16)).dtype == np.float32


def test_empty_part_says_what_to_do() -> None:
    with pytest.raises(TrainingError, match="there are no samples in the test part") as caught:
        evaluate(nn.Linear(2, 1), torch.zeros(0, 2), torch.zeros(0, 1), VALUES, ROWS)
    assert caught.value.advice == ("Give the data a larger test part.",)


def test_output_that_is_no_number_is_refused() -> None:
    input = torch.zeros(3, 2)
    input[1] = float("nan")
    with pytest.raises(TrainingError, match="NaN or infinity for 1 of 3 samples"):
        evaluate(nn.Linear(2, 1), input, torch.zeros(3, 1), VALUES, ROWS)


def test_json_gives_the_evaluation_back() -> None:
    input, target = pictures()
    found = evaluate(Brightness(), input, target, CLASSES, PICTURES, images=True)
    assert Evaluation.from_json(found.to_json()) == found
    assert isinstance(found.previews[0], Matrix)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"format": 2}', '{"format": 1}', "[" * 100_000],
)
def test_text_that_is_no_evaluation_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(FileError, match=r"run/evaluation\.json: this is not an evaluation") as caught:
        Evaluation.from_json(text, "run/evaluation.json")
    assert "\n" not in str(caught.value)


def test_changed_field_is_refused() -> None:
    input, target = pictures()
    text = evaluate(Brightness(), input, target, CLASSES, PICTURES, images=True).to_json()
    for old, new in (('"ImageGrid"', '"os.system"'), ('"width": 2', '"width": 9'), ('"labels"', '"lables"')):
        assert old in text
        with pytest.raises(FileError, match="this is not an evaluation"):
            Evaluation.from_json(text.replace(old, new, 1))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@cache
def evaluated() -> str:
    """What a file of an evaluation holds."""
    input, target = pictures()
    return evaluate(Brightness(), input, target, CLASSES, PICTURES, images=True).to_json()


@given(st.data(), anything)
def test_evaluation_with_anything_in_a_field_is_read_or_refused(data: st.DataObject, value: object) -> None:
    found = json.loads(evaluated())
    place = data.draw(
        st.sampled_from([found, found["previews"][0], found["worst"], found["worst"]["pictures"][0]])
    )
    place[data.draw(st.sampled_from(sorted(place)))] = value
    try:
        read = Evaluation.from_json(json.dumps(found))
    except FileError:
        return
    assert Evaluation.from_json(read.to_json()).count == read.count


@pytest.mark.cuda
def test_module_on_a_gpu_is_judged_there() -> None:
    input, target = pictures()
    module = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    on_cpu = evaluate(module, input, target, CLASSES, PICTURES)
    on_gpu = evaluate(module, input, target, CLASSES, PICTURES, device="cuda")
    assert next(module.parameters()).is_cuda
    assert on_gpu.measures == on_cpu.measures


def test_the_worst_pictures_show_what_is_true_and_what_was_said_where_a_task_draws_it() -> None:
    data = DataSpec(TensorSpec(("N", 1, 4, 4)), TensorSpec(("N", 4, 4), "int64"), classes=("dark", "light"))
    input = torch.linspace(0, 1, 80).reshape(5, 1, 4, 4)
    target = (input[:, 0] > 0.5).long()
    target[2] = 1 - target[2]

    class Lightness(nn.Module):
        def forward(self, input: torch.Tensor) -> torch.Tensor:
            return torch.cat([0.5 - input, input - 0.5], dim=1) * 9

    found = evaluate(Lightness(), input, target, Segmentation(loss=CrossEntropyLoss()), data, images=True)
    assert found.worst_indices[0] == 2
    assert isinstance(found.worst, ImageGrid)
    assert found.worst.title == "Most wrong: the picture, what is true, what was said"
    first = found.worst.pictures[0]
    assert first.caption == "0.0 % of the pixels right"
    assert (first.width, first.height, first.channels) == (3 * 4 + 2, 4, 4)
    assert Evaluation.from_json(found.to_json()) == found
