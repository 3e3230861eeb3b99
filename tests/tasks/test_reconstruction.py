from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

import netdesigner as nd
from netdesigner.compiler.operations.noise import ReparameterizedSample
from netdesigner.document import Choice
from netdesigner.errors import TrainingError
from netdesigner.losses.binary import BCEWithLogitsLoss
from netdesigner.losses.distance import L1Loss, MSELoss
from netdesigner.losses.likelihood import GaussianNLLLoss
from netdesigner.parts import Catalog, DataSpec, ImageGrid, Signal, Table, TensorSpec
from netdesigner.parts.augmentation import Pair
from netdesigner.session.builder import Builder
from netdesigner.tasks.reconstruction import Reconstruction
from netdesigner.training.events import EpochEnd, Failed

CATALOG = Catalog.discover()
FLOWERS = DataSpec(TensorSpec(("N", 3)), TensorSpec(("N",), "int64"), ("x", "y"), 4, ("a", "b", "c"))
PICTURES = DataSpec(TensorSpec(("N", 1, 2, 3)), TensorSpec(("N",), "int64"), ("x", "y"), 4)
SERIES = DataSpec(TensorSpec(("N", 5, 2)), TensorSpec(("N",), "int64"), ("x", "y"), 4)


def plain(loss: object = None) -> Reconstruction:
    return Reconstruction(loss=loss or MSELoss())


# ------------------------------------------------------------------------------------------------------------ the step


@pytest.mark.parametrize("shape", [(3,), (1, 2, 3), (5, 2)])
def test_the_input_is_what_is_learned_whatever_the_target(shape: tuple[int, ...]) -> None:
    input = torch.randn(4, *shape, generator=torch.Generator().manual_seed(0))
    task = plain()
    for target in (torch.zeros(4, dtype=torch.int64), torch.full((4, 1), 7.0)):
        perfect = task.step({"network": torch.nn.Identity()}, task.chosen_loss.build(), Pair(input, target))
        assert {name: float(value) for name, value in perfect.items()} == {"loss": 0.0, "mae": 0.0}
        half = task.step({"network": torch.nn.Threshold(9, 0)}, task.chosen_loss.build(), Pair(input, target))
        assert float(half["loss"]) == pytest.approx(float(input.square().mean()))
        assert float(half["mae"]) == pytest.approx(float(input.abs().mean()))


def test_what_noise_took_away_is_learned_too() -> None:
    """Compared is what was given to the network, not what came out of its first layer."""
    input = torch.ones(1, 1000)
    dropped = torch.nn.Dropout(0.5).train()
    task = plain()
    found = task.step({"network": dropped}, task.chosen_loss.build(), Pair(input, torch.zeros(1)))
    assert float(found["mae"]) == pytest.approx(1.0)  # each number is 0 or 2


def test_weights_of_a_loss_are_one_for_each_number_of_a_picture() -> None:
    weight = (0.0, 0.0, 0.0, 0.0, 0.0, 6.0)
    task = plain(BCEWithLogitsLoss(weight=weight))
    input = torch.rand(4, 1, 2, 3, generator=torch.Generator().manual_seed(0))
    found = task.step({"network": torch.nn.Identity()}, task.chosen_loss.build(), Pair(input, torch.zeros(4)))
    last = input.flatten(1)[:, 5]
    expected = torch.nn.functional.binary_cross_entropy_with_logits(last, last)
    torch.testing.assert_close(found["loss"], expected)


def test_means_and_variances_lie_along_the_first_axis_behind_the_batch() -> None:
    task = plain(GaussianNLLLoss())
    assert task.misfits(TensorSpec(("N", 2, 2, 3)), PICTURES, "") == ()
    (shape,) = task.misfits(TensorSpec(("N", 1, 2, 3)), PICTURES, "")
    assert shape.shape == (2, 2, 3)
    assert "for which GaussianNLLLoss takes [N, 2, 2, 3]" in shape.message
    input = torch.rand(4, 1, 2, 3, generator=torch.Generator().manual_seed(0))
    output = torch.cat([input + 1, torch.full_like(input, 4.0)], 1)
    network = torch.nn.Sequential()
    network.forward = lambda _: output  # type: ignore[method-assign]
    found = task.step({"network": network}, task.chosen_loss.build(), Pair(input, torch.zeros(4)))
    assert float(found["loss"]) == pytest.approx((np.log(4) + 1 / 4) / 2)
    assert float(found["mae"]) == pytest.approx(1)


# ------------------------------------------------------------------------------------------------------------ judging


def test_measures_by_hand() -> None:
    true = np.array([[0.0, 0.0, 1.0], [2.0, 0.0, 3.0]], dtype=np.float32)
    said = np.array([[0.0, 0.0, 2.0], [2.0, 3.0, 3.0]], dtype=np.float32)
    measures, _ = plain().judge(said, true, FLOWERS)
    assert measures == pytest.approx({"mse": 10 / 6, "mae": 4 / 6, "variance_explained": 1 - 10 / 4})


def test_the_share_of_variance_is_that_of_principal_components() -> None:
    rng = np.random.default_rng(0)
    true = (rng.normal(size=(200, 3)) * (1, 5, 3) + (4, 0, -2)).astype(np.float32)
    pca = PCA(2).fit(true)
    measures, _ = plain().judge(pca.inverse_transform(pca.transform(true)), true, FLOWERS)
    assert measures["variance_explained"] == pytest.approx(pca.explained_variance_ratio_.sum(), abs=1e-6)


def test_the_share_is_left_out_where_nothing_varies() -> None:
    assert list(plain().judge(np.zeros((2, 3)), np.ones((2, 3)), FLOWERS)[0]) == ["mse", "mae"]


def test_a_picture_stands_beside_what_came_back_and_the_worst_is_the_last() -> None:
    true = np.zeros((3, 6), dtype=np.float32)
    true[:, 0] = 1
    said = true.reshape(3, 1, 2, 3).copy()
    said[1] = 9.0  # brighter than any input: shown as white, and the inputs stay as they are
    _, (grid,) = plain().judge(said, true, PICTURES)
    assert isinstance(grid, ImageGrid)
    assert [(picture.width, picture.height) for picture in grid.pictures] == [(7, 2)] * 3
    right, wrong = (grid.pictures[at].pixels[::2] for at in (0, -1))
    assert right == bytes([255, 0, 0, 0, 255, 0, 0]) + bytes(7)
    assert wrong == bytes([255, 0, 0, 0, 255, 255, 255]) + bytes([0, 0, 0, 0, 255, 255, 255])
    assert grid.pictures[-1].caption == "error 8.833"


class Variational(torch.nn.Module):
    """Gives back the mean of each row of a picture, by a narrow place that draws while it learns."""

    def __init__(self, leaks: bool = False) -> None:
        super().__init__()
        self.draw, self.leaks = ReparameterizedSample(), leaks

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        mean = input.mean(3, keepdim=True)
        drawn = self.draw(mean, torch.zeros_like(mean)).expand_as(input)
        return drawn + input if self.leaks else drawn


def test_a_variational_autoencoder_makes_pictures_of_noise() -> None:
    given, networks = torch.rand(5, 1, 2, 3) * 9, {"network": Variational().eval()}
    made = next(plain().made_up(networks, given, PICTURES))[0]
    assert made.shape == (100, 1, 2, 3)
    assert torch.equal(made[..., 0], made[..., 2])
    assert (abs(float(made.mean())), float(made.std())) == (
        pytest.approx(0, abs=0.3),
        pytest.approx(1, abs=0.2),
    )
    assert torch.equal(networks["network"](given), given.mean(3, keepdim=True).expand_as(given))  # as it was
    (grid,) = plain().made(networks, given, PICTURES)
    assert isinstance(grid, ImageGrid)
    assert len({picture.pixels for picture in grid.pictures}) == len(grid.pictures)


@pytest.mark.parametrize(
    "network", [Variational(leaks=True), torch.nn.Identity()], ids=["leaks", "draws nothing"]
)
def test_a_network_that_needs_its_input_makes_nothing_up(network: torch.nn.Module) -> None:
    given = torch.rand(5, 1, 2, 3)
    assert list(plain().made_up({"network": network.eval()}, given, PICTURES)) == []
    assert plain().made({"network": network}, given, PICTURES) == ()


class Bounded(torch.nn.Module):
    """Gives back what it draws; what it adds to the loss are so many times its divergence in nats."""

    output_ids = ("output", "kl")

    def __init__(self, share: float, more: float = 0.0) -> None:
        super().__init__()
        self.draw, self.share, self.more = ReparameterizedSample(), share, more

    def forward(self, input: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        spread = torch.full_like(input, -2.0)
        nats = (input.square() + spread.exp() - spread - 1).sum(1) / 2
        return self.draw(input, spread), self.share * nats.mean() + self.more


def bound_of(network: torch.nn.Module, loss: object, given: torch.Tensor) -> dict[str, float]:
    torch.manual_seed(0)
    return plain(loss).further({"network": network.eval()}, iter(given.split(100)))


def test_the_evidence_of_a_variational_autoencoder_is_that_of_its_formula() -> None:
    given = torch.randn(2000, 3, generator=torch.Generator().manual_seed(1))
    variance, count = math.exp(-2.0), 3
    divergence = count * (1 + variance + 2 - 1) / 2  # mean squares of what is given are 1
    of_divergence = 2 / count  # for squared errors that is a likelihood of deviation 1
    normal = bound_of(Bounded(of_divergence), MSELoss(), given)
    assert list(normal) == ["elbo", "log_likelihood", "kl_divergence"]
    assert normal["kl_divergence"] == pytest.approx(divergence, rel=0.02)
    likelihood = -count / 2 * (math.log(2 * math.pi) + variance)
    assert normal["log_likelihood"] == pytest.approx(likelihood, rel=0.01)
    assert normal["elbo"] == normal["log_likelihood"] - normal["kl_divergence"]
    chances = bound_of(Bounded(1 / count), BCEWithLogitsLoss(), given.sigmoid())
    drawn = given.sigmoid() + math.sqrt(variance) * torch.randn(given.shape)
    each = torch.nn.functional.binary_cross_entropy_with_logits(drawn, given.sigmoid())
    assert chances["log_likelihood"] == pytest.approx(-count * float(each), rel=0.01)


def test_an_evidence_that_is_not_known_is_not_stated() -> None:
    given = torch.rand(40, 3, generator=torch.Generator().manual_seed(1))
    assert bound_of(torch.nn.Identity(), MSELoss(), given) == {}
    assert bound_of(Bounded(0.0), MSELoss(), given) == {}
    assert bound_of(Bounded(0.1, more=1.0), MSELoss(), given) == {}  # no multiple of the divergence
    assert bound_of(Bounded(0.1), L1Loss(), given) == {}
    assert bound_of(Bounded(0.1), BCEWithLogitsLoss(weight=(1.0, 2.0, 3.0)), given) == {}


def test_means_and_variances_are_a_likelihood_as_they_are() -> None:
    for full in (True, False):
        loss = GaussianNLLLoss(full=full)
        found = loss.of(loss.build(), torch.tensor([[1.0, 4.0]]), torch.tensor([[2.0]]))
        likelihood = float(torch.distributions.Normal(1.0, 2.0).log_prob(torch.tensor(2.0)))
        assert -float(found) - loss.normalizer(1.0, 1) == pytest.approx(likelihood)


def test_columns_of_a_table_are_judged_one_by_one() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(size=(20, 3)).astype(np.float32)
    _, (table, *plots) = plain().judge(true + np.float32([0, 1, 0]), true, FLOWERS)
    assert isinstance(table, Table)
    assert [row[:2] for row in table.rows] == [("a", 0), ("b", 1), ("c", 0)]
    assert all(isinstance(plot, Signal) for plot in plots)


def test_series_are_shown_as_points() -> None:
    true = np.arange(40, dtype=np.float32).reshape(4, 10)
    _, (plot,) = plain().judge(true.reshape(4, 5, 2), true, SERIES)
    assert isinstance(plot, Signal)
    assert plot.x == plot.y == tuple(range(40))


def test_chances_are_judged_as_such_where_the_network_gives_their_scores() -> None:
    task = plain(BCEWithLogitsLoss())
    assert task.judge(np.zeros((2, 3)), np.full((2, 3), 0.5), FLOWERS)[0]["mae"] == 0


def test_words_name_what_is_most_wrong() -> None:
    wide = DataSpec(TensorSpec(("N", 5)), TensorSpec(("N",), "int64"), ("x",), 4, tuple("abcde"))
    true, said = np.array([0.0, 1, 2, 3, 4]), np.array([9.0, 1, 5, 3, 6])
    assert plain().words(said, true, wide) == ("a 0, c 2", "a 9, c 5")
    assert plain().words(said[:3].reshape(3, 1), true[:3], SERIES)[0] == "number 1 0, number 3 2"
    assert plain().caption(said, true, wide) == "error 2.800"


# ------------------------------------------------------------------------------------------------------------ misfits


@pytest.mark.parametrize(
    "input", [TensorSpec(("N", 3), "int64"), TensorSpec(("N", 3, "T")), TensorSpec(("N",))]
)
def test_data_that_are_no_values_of_a_fixed_shape_are_told(input: TensorSpec) -> None:
    (problem,) = plain().misfits(input, DataSpec(input, TensorSpec(("N",))), "Linear")
    assert (problem.code, f"samples are {input}" in problem.message) == ("ND421", True)


def test_a_free_length_of_the_output_may_be_that_of_the_input() -> None:
    assert plain().misfits(TensorSpec(("N", 1, "H", "W")), PICTURES, "Conv2d") == ()


# ---------------------------------------------------------------------------------------------------------- whole runs


def test_a_narrow_linear_network_comes_as_far_as_principal_components(tmp_path: object) -> None:
    """What is learned is the subspace of the principal components (Baldi and Hornik 1989)."""
    net = Builder(catalog=CATALOG)
    narrow = net.Linear(net.Input(shape=(4,)), out_features=2)
    net.Output(net.Linear(narrow, out_features=4))
    design = net.design(
        data="iris",
        task="reconstruction",
        epochs=200,
        batch_size=32,
        learning_rate=0.02,
        seed=1,
        device="cpu",
    )
    ends = [event for event in nd.train(design, f"{tmp_path}/run") if isinstance(event, EpochEnd)]
    assert ends[-1].validation.keys() == {"loss", "mae"}
    measures = nd.evaluate(f"{tmp_path}/run").measures
    dataset = CATALOG.dataset_of(design)
    from netdesigner.training.data import prepare

    prepared = prepare(dataset, dataset.read())
    pca = PCA(2).fit(prepared.train.input.numpy())
    test = prepared.test.input.numpy()
    mse = float(np.square(pca.inverse_transform(pca.transform(test)) - test).mean())
    assert measures["mse"] == pytest.approx(mse, rel=0.1)


def test_inputs_that_a_loss_cannot_learn_end_the_run_before_it_begins(tmp_path: object) -> None:
    """The raw numbers of flowers are no chances, which nothing but the data can tell."""
    net = Builder(catalog=CATALOG)
    net.Output(net.Linear(net.Input(shape=(4,)), out_features=4))
    design = net.design(
        data=Choice("iris", {"normalize": "none"}),
        task="reconstruction",
        loss="BCEWithLogitsLoss",
        device="cpu",
    )
    with pytest.raises(TrainingError, match="learns values between 0 and 1, and the targets go from"):
        list(nd.train(design, f"{tmp_path}/run"))


def test_rows_and_pictures_are_judged_through_a_file(source_runs_here: None, tmp_path: object) -> None:
    net = Builder(catalog=CATALOG)
    narrow = net.Linear(net.Flatten(net.Input(shape=(1, 8, 8))), out_features=8)
    net.Output(net.Reshape(net.Linear(narrow, out_features=64), shape=(1, 8, 8)))
    design = net.design(data="digits", task="reconstruction", epochs=1)
    assert not [
        event for event in nd.train(design, f"{tmp_path}/run", device="cpu") if isinstance(event, Failed)
    ]
    evaluation = nd.evaluate(f"{tmp_path}/run")
    assert list(evaluation.measures) == ["mse", "mae", "variance_explained"]
    assert isinstance(evaluation.worst, ImageGrid)
    assert evaluation.worst.title == "Most wrong: what came in, what came back"
    assert evaluation.worst.pictures[0].caption.startswith("error ")
    assert nd.export(f"{tmp_path}/run", f"{tmp_path}/model.onnx").verified
    assert nd.export(f"{tmp_path}/run", f"{tmp_path}/model.py").verified
