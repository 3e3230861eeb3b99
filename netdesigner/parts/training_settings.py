"""How a design is trained: the numbers that a person sets, with their limits and defaults, in one declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from netdesigner.document.design import Settings
from netdesigner.errors import ParameterError
from netdesigner.parts.part import Part, param, resolve
from netdesigner.parts.resources import SHIPPED, weights

__all__ = ["TrainingSettings"]


class TrainingSettings(Part):
    """How long, how fast and with what care a network is trained."""

    kind: ClassVar[str] = "training"
    title: ClassVar[str] = "Training"

    epochs: int = param(20, min=1, max=1_000_000, help="how many times the training part is gone through")
    batch_size: int = param(64, min=1, max=1_000_000, unit="samples", help="samples that make one step")
    learning_rate: float = param(
        1e-3, above=0, max=1000, help="how far a step goes; the schedule may lower it"
    )
    sampling: str = param(
        "shuffled",
        choices=("shuffled", "balanced"),
        help="what makes an epoch: each sample once, or as many drawn so that every class comes equally often",
        advanced=True,
    )
    weight_decay: float | None = param(
        None,
        min=0,
        max=1000,
        help="how strongly weights are pulled to zero; empty: the optimizer's",
    )
    decay_exempt: str = param(
        "none",
        choices=("none", "vectors", "vectors, tables"),
        help="which weights the weight decay leaves alone; vectors: biases and what belongs to norms, all of one axis; "
        "tables: those of embeddings too",
    )
    clip_norm: float | None = param(
        None, above=0, help="gradients longer than this are shortened to it; empty: never"
    )
    ema_decay: float = param(
        0.0,
        min=0,
        max=0.99999,
        label="EMA decay",
        help="what is validated, kept and exported is a moving average of the weights, of which so much stays at each "
        "step, such as 0.999; 0: the weights themselves",
    )
    early_stopping: int = param(
        0, min=0, unit="epochs", help="stop after so many epochs without improvement; 0: never"
    )
    keep: str = param("best", choices=("best", "last"), help="whose weights are kept when training is over")
    seed: int = param(0, min=0, max=2**31 - 1, help="seed of everything random: weights, order, dropout")
    start_from: str = param(
        "",
        path="file",
        help="weights to begin with: .safetensors, .onnx, the folder of a run, or gallery:NAME of those that come with "
        "the program; those that fit by name and shape",
    )
    device: str = param(
        "auto", choices=("auto", "cpu", "cuda", "mps"), help="what computes; auto takes a GPU"
    )
    precision: str = param(
        "float32",
        choices=("float32", "bfloat16", "float16"),
        help="the numbers the network computes with; the shorter ones are faster on most GPUs",
        advanced=True,
    )
    accumulate: int = param(
        1,
        min=1,
        max=100_000,
        unit="batches",
        help="batches whose gradients make one step",
        advanced=True,
    )
    compiles: bool = param(
        False,
        name="compile",
        help="torch.compile makes the network faster once it is compiled, which takes seconds to minutes and a C++ "
        "compiler; where that fails the network is computed as it stands",
        advanced=True,
    )
    recompute: bool = param(
        False,
        help="blocks and repetitions are computed a second time in the backward pass instead of being remembered: less "
        "memory, about a third more time",
        advanced=True,
    )
    checkpoint_s: float = param(
        60.0,
        min=0,
        unit="s",
        label="Checkpoint every",
        help="time between two checkpoints: what a crash can cost at most; long epochs are saved at their end as well",
        advanced=True,
    )

    preview_s: float = param(
        2.0,
        min=0,
        max=1e6,
        unit="s",
        label="Preview every",
        help="time between two looks at what the network says of held-out samples; 0: none while training",
        advanced=True,
    )

    def check_together(self) -> None:
        """Weights that come with the program are known by name; no other file is reached by such a name."""
        if self.start_from.startswith(SHIPPED) and self.start_from not in weights():
            known = ", ".join(weights())
            raise ParameterError(
                "start_from",
                f"no weights called {self.start_from[len(SHIPPED) :]!r} come with the program; there are {known}",
            )

    @property
    def copies(self) -> int:
        """How many times training keeps each weight beside the network, for a forecast of the memory needed."""
        return 1 if self.ema_decay else 0

    @staticmethod
    def kept_by(settings: Settings) -> str:
        """Whose weights are kept, "best" or "last", also where another setting is not allowed."""
        return "last" if settings.values.get("keep") == "last" else "best"

    @classmethod
    def of(cls, settings: Settings, names: Mapping[str, int | float] | None = None) -> TrainingSettings:
        """The settings of a design, with every expression turned into its number.

        Raises:
            ParameterError: a name is unknown or a value not allowed.
        """
        return cls(**resolve(cls, settings.values, names or {}))
