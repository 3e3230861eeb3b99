from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from netdesigner.document import Block, Design, Graph, Network, Node
from netdesigner.errors import TrainingError
from netdesigner.parts import TrainingSettings
from netdesigner.training.data import Pair
from netdesigner.training.diagnosis import explain_error, explain_no_memory, explain_not_finite, node_path
from netdesigner.training.update import NotFiniteError

DESIGN = Design(
    networks={
        "main": Network(
            Graph({"stem": Node("Linear"), "stage": Node("block:Stage", repeat=2), "head": Node("Linear")})
        )
    },
    blocks={"Stage": Block(Graph({"attention": Node("MultiheadAttention"), "fc": Node("Linear")}))},
)


@pytest.mark.parametrize(
    ("module", "node"),
    [
        ("stem", "stem"),
        ("stage.1.fc", "stage.fc"),
        ("stage.0.attention.out_proj", "stage.attention"),
        ("stage", "stage"),
        ("elsewhere.fc", "elsewhere.fc"),
    ],
)
def test_a_module_is_traced_to_its_node(module: str, node: str) -> None:
    assert node_path(DESIGN, "main", module) == node


def mean_of(module: nn.Module) -> Callable[[Pair], dict[str, Tensor]]:
    """A step whose loss is the mean output."""
    return lambda pair: {"loss": module(pair.input).mean()}


class Broken(nn.Module):
    """Divides by zero."""

    def forward(self, x: Tensor) -> Tensor:
        return x / 0


class Root(nn.Module):
    """Finite at 0, its slope is not."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight.abs().sqrt()


class Stage(nn.Module):
    """A block with one node."""

    def __init__(self, fc: nn.Module) -> None:
        super().__init__()
        self.fc = fc

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x)


def chain(**modules: nn.Module) -> nn.Module:
    made = nn.Sequential()
    for name, module in modules.items():
        made.add_module(name, module)
    return made


def explained(module: nn.Module, source: Tensor | None = None, what: str = "loss") -> tuple[str, str]:
    source = torch.ones(2, 3) if source is None else source
    error = NotFiniteError(what, (Pair(source, torch.zeros(2)),), 5)
    failed = explain_not_finite(
        error, DESIGN, {"network": module}, {"loss": mean_of(module)}, TrainingSettings()
    )
    assert failed.step == 5
    assert "\n" not in failed.message
    return failed.message, failed.node


def test_the_first_node_whose_output_is_not_finite_is_named() -> None:
    inner = nn.Sequential(Stage(nn.Linear(3, 3)), Stage(Broken()))
    message, node = explained(chain(stem=nn.Linear(3, 3), stage=inner, head=nn.Linear(3, 1)))
    assert node == "stage.fc"
    assert (
        message == "the loss became NaN or infinite at step 5; the first such number came out of 'stage.fc'"
    )


def test_a_weight_that_is_not_finite_is_named_first() -> None:
    module = chain(stem=nn.Linear(3, 3), head=nn.Linear(3, 1))
    with torch.no_grad():
        module.get_submodule("head").weight[0, 0] = torch.nan
    message, node = explained(module)
    assert node == "head"
    assert "'head.weight' is NaN or infinite already" in message


def test_a_gradient_that_is_not_finite_is_traced_to_where_it_began() -> None:
    message, node = explained(chain(stem=nn.Linear(3, 3), head=Root()), what="gradients")
    assert node == "head"
    assert "the gradients became NaN or infinite" in message


def test_samples_that_are_not_finite_are_named_before_any_node() -> None:
    message, node = explained(chain(stem=nn.Linear(3, 3)), torch.full((2, 3), torch.nan))
    assert node == ""
    assert "samples of this batch hold NaN" in message


def test_no_hook_is_left_behind() -> None:
    module = chain(stem=nn.Linear(3, 3), head=Broken())
    explained(module)
    assert all(not child._forward_hooks for child in module.modules())


def test_the_advice_fits_the_settings() -> None:
    pair = Pair(torch.full((1, 3), torch.nan), torch.zeros(1))
    module = chain(stem=Broken())
    settings = TrainingSettings(learning_rate=0.5, clip_norm=1.0, precision="float16")
    broken = NotFiniteError("loss", (Pair(torch.ones(1, 3), torch.zeros(1)),), 1)
    advice = explain_not_finite(
        broken, DESIGN, {"network": module}, {"loss": mean_of(module)}, settings
    ).advice
    assert advice == (
        "Lower the rate to 0.05.",
        "Use the precision bfloat16.",
    )
    broken = NotFiniteError("loss", (pair,), 1)
    advice = explain_not_finite(
        broken, DESIGN, {"network": module}, {"loss": mean_of(module)}, settings
    ).advice
    assert advice == ("Look for missing values in the data.",)


def test_running_out_of_memory_says_which_batch_size_to_try() -> None:
    error = torch.OutOfMemoryError("CUDA out of memory")
    error.add_note("in node fc")
    error.add_note("in node 1")
    error.add_note("in node stage")
    failed = explain_no_memory(error, TrainingSettings(batch_size=64, accumulate=2), "cuda (Big)", 3)
    assert failed.message == "there was not enough GPU memory for batches of 64"
    assert failed.node == "stage.1.fc"
    assert failed.advice == (
        "Halve the batch to 32. With accumulate 4 the steps stay as large as they were.",
        "Use the precision bfloat16.",
    )
    assert failed.offers == ("halve_batch", "bfloat16")


def test_what_could_be_recomputed_is_offered_where_there_are_blocks_or_repetitions() -> None:
    whole, block = nn.Sequential(), nn.Sequential()
    whole.add_module("block", block)
    again = TrainingSettings(batch_size=1, recompute=True)
    for settings, parts, expected in (
        (TrainingSettings(batch_size=1), (), ()),
        (TrainingSettings(batch_size=1), (block,), ("recompute",)),
        (again, (block,), ()),
    ):
        for part in parts:
            part.recomputes = False  # type: ignore[assignment]
        assert explain_no_memory(MemoryError(), settings, "cpu", 0, [whole]).offers == expected


def test_a_batch_of_one_is_not_halved() -> None:
    failed = explain_no_memory(MemoryError(), TrainingSettings(batch_size=1), "cpu", 0)
    assert failed.advice == ()


def test_an_unforeseen_error_keeps_its_first_line_and_its_node() -> None:
    error = RuntimeError("shapes differ\nmany more lines")
    error.add_note("in node head")
    failed = explain_error(error, 4)
    assert (failed.message, failed.node, failed.step) == ("RuntimeError: shapes differ", "head", 4)


def test_a_refusal_speaks_for_itself_and_keeps_its_advice() -> None:
    failed = explain_error(TrainingError("a variance is below 0", advice=("Put a Softplus there.",)), 4)
    assert (failed.message, failed.advice, failed.step) == (
        "a variance is below 0",
        ("Put a Softplus there.",),
        4,
    )
