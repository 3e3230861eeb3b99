"""The verb that downloads a public data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netdesigner.document import Choice
from netdesigner.document.spelling import meant
from netdesigner.errors import UnknownPartError
from netdesigner.parts import Catalog, Dataset

__all__ = ["fetch"]


def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="mnist, fashion_mnist, cifar10 or cifar100")],
    folder: Annotated[
        Path | None, typer.Option("--folder", help="where to put it, in place of the program's own folder")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="no progress")] = False,
) -> None:
    """Download a public data set, whole or what is missing of it; its checksum is looked at.

    Besides the button in the data panel, this is all that opens the network.
    """
    from netdesigner.cli.console import progress_bar

    catalog = Catalog.discover()
    if name not in catalog.datasets:
        public = [kind for kind, part in catalog.datasets.items() if part.fetch is not Dataset.fetch]
        raise UnknownPartError("public data set", name, meant(name, public), public)
    params = {"folder": str(folder.absolute())} if folder is not None else {}
    dataset = catalog.dataset(Choice(name, params))
    absent = dataset.absent
    with progress_bar(f"Downloading {dataset.label()}", quiet) as progress:
        dataset.fetch(progress)
    print(
        f"{dataset.label()}: {absent / 1e6:,.1f} MB downloaded"
        if absent
        else f"{dataset.label()}: already here"
    )
