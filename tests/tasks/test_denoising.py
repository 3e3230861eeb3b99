from __future__ import annotations

import numpy as np
import pytest
import torch

import netdesigner as nd
from netdesigner.document import Choice
from netdesigner.errors import ParameterError
from netdesigner.losses.binary import BCEWithLogitsLoss
from netdesigner.losses.distance import MSELoss
from netdesigner.parts import Catalog, DataSpec, ImageGrid, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.session.builder import Builder
from netdesigner.tasks.denoising import Denoising
from netdesigner.training.events import Finished

CATALOG = Catalog.discover()
PICTURES = DataSpec(TensorSpec(("N", 1, 2, 3)), TensorSpec(("N",), "int64"), ("x", "y"), 4)


def some(count: int = 2000) -> torch.Tensor:
    return torch.rand(count, 1, 2, 3, generator=torch.Generator().manual_seed(0))


def plain(noise: float = 0.5, hidden: float = 0.0, loss: object = None) -> Denoising:
    return Denoising(loss=loss or MSELoss(), noise=noise, hidden=hidden)


def lost(task: Denoising, network: torch.nn.Module) -> float:
    found = task.step({"network": network}, task.chosen_loss.build(), Pair(some(), torch.zeros(2000)))
    return float(found["loss"])


class Known(torch.nn.Module):
    """Gives the same samples back, whatever it is given."""

    def forward(self, noisy: torch.Tensor) -> torch.Tensor:
        return some(len(noisy))


@pytest.mark.parametrize("training", [True, False])
def test_noise_is_put_in_and_the_sample_itself_is_wanted(training: bool) -> None:
    assert lost(plain(), Known().train(training)) == 0
    assert lost(plain(0.5), torch.nn.Identity().train(training)) == pytest.approx(0.25, rel=0.05)
    hidden = lost(plain(0, 0.3), torch.nn.Identity().train(training))
    assert hidden == pytest.approx(0.3 * float(some().square().mean()), rel=0.05)


def test_noise_is_drawn_anew_to_learn_and_is_a_samples_own_to_be_judged() -> None:
    task, network = plain(0.5, 0.3), torch.nn.Identity()
    assert lost(task, network.train()) != lost(task, network.train())
    assert lost(task, network.eval()) == lost(task, network.eval())
    whole, alone = task.answer(network, some(5)), task.answer(network, some(5)[3:4])
    assert torch.equal(whole[3:4], alone)
    assert not torch.equal(whole[0, 0], whole[1, 0])


def test_without_any_noise_there_is_nothing_to_take_out() -> None:
    with pytest.raises(ParameterError, match="choose the task Reconstruction"):
        Denoising(noise=0)
    with pytest.raises(ParameterError):
        Denoising(noise=0, hidden=0)


def test_measures_by_hand() -> None:
    true = np.zeros((2, 6), dtype=np.float32)
    noisy = np.full((2, 6), 2.0, dtype=np.float32)
    said = np.full((2, 6), 1.0, dtype=np.float32)
    measures, _ = plain().judge(np.stack([noisy, said], 1), true, PICTURES)
    assert measures == {"mse": 1.0, "mae": 1.0, "noise_removed": 0.75}
    assert list(plain().judge(np.stack([true, said], 1), true, PICTURES)[0]) == ["mse", "mae"]


def test_noisy_clean_and_true_pictures_stand_side_by_side() -> None:
    true = np.tile(np.float32([0, 1, 0, 1, 0, 1]), (3, 1))
    output = np.stack([1 - true, true], 1)
    _, (grid,) = plain().judge(output, true, PICTURES)
    assert isinstance(grid, ImageGrid)
    assert [(picture.width, picture.height) for picture in grid.pictures] == [(11, 2)] * 3
    values, opaque = grid.pictures[0].pixels[:22:2], grid.pictures[0].pixels[1:22:2]
    assert values == bytes([255, 0, 255, 0, 0, 255, 0, 0, 0, 255, 0])
    assert opaque == bytes([*[255] * 3, 0, *[255] * 3, 0, *[255] * 3])


def test_scores_of_chances_are_judged_as_chances() -> None:
    task = plain(loss=BCEWithLogitsLoss())
    answer = task.answer(torch.nn.Threshold(1e9, 0.0), some(4))
    assert torch.equal(answer[:, 1], torch.full((4, 6), 0.5))


def test_a_run_is_judged_and_exported(tmp_path: object) -> None:
    net = Builder(catalog=CATALOG)
    narrow = net.Linear(net.Flatten(net.Input(shape=(1, 8, 8))), out_features=16)
    net.Output(net.Reshape(net.Linear(narrow, out_features=64), shape=(1, 8, 8)))
    design = net.design(
        data="digits", task=Choice("denoising", {"noise": 1.0}), epochs=4, batch_size=32, learning_rate=0.005
    )
    *_, last = nd.train(design, f"{tmp_path}/run", device="cpu", seed=0)
    assert isinstance(last, Finished)
    evaluation = nd.evaluate(f"{tmp_path}/run")
    assert evaluation.measures["noise_removed"] > 0.4
    assert isinstance(evaluation.worst, ImageGrid)
    assert evaluation.worst.title == "Most wrong: with noise, what was made of it, as it was"
    assert evaluation == nd.evaluate(f"{tmp_path}/run")
    assert nd.export(f"{tmp_path}/run", f"{tmp_path}/model.onnx").verified
