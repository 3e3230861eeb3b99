"""Parts of other installed packages: there when the user wants them, and never a hindrance."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from netdesigner.__main__ import main
from netdesigner.checks import check
from netdesigner.document import Choice, Settings, load, save
from netdesigner.parts import Catalog, plugins
from netdesigner.session.builder import Builder
from netdesigner.session.exporting import export_model
from tests.parts.packages import ALL_FAMILIES, GAIN, install

ROOT = Path(__file__).parents[2]
BROUGHT = {
    "layers": "Gain", "datasets": "signs", "tasks": "sides", "losses": "TwiceTheEntropy",
    "augmentations": "mirrored", "optimizers": "Downhill", "schedules": "fading", "exporters": "names",
}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which packages can be installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    for name in ("garden", "broken", "other"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return folder


def run(site: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs Python where the packages are installed."""
    path = os.pathsep.join([str(site), str(ROOT)])
    return subprocess.run(
        [sys.executable, *words],
        env={**os.environ, "PYTHONPATH": path, **environment},
        cwd=site,
        capture_output=True,
        text=True,
        check=False,
    )


# -- On and off -------------------------------------------------------------------------------------------------


def test_a_package_is_not_even_imported_unless_the_user_wants_it(site: Path) -> None:
    install(site, "garden", GAIN)
    catalog = Catalog.discover()
    assert "Gain" not in catalog.layers
    assert catalog.plugins == ()
    assert [plugin.package for plugin in plugins.installed()] == ["garden 1.2"]
    assert "garden" not in sys.modules
    assert Catalog.discover(with_plugins=True).layers["Gain"].__module__ == "garden"


@pytest.mark.parametrize(("value", "on"), [("", False), ("0", False), ("1", True), ("yes", True)])
def test_the_environment_turns_them_on(
    site: Path, monkeypatch: pytest.MonkeyPatch, value: str, on: bool
) -> None:
    install(site, "garden", GAIN)
    monkeypatch.setenv(plugins.VARIABLE, value)
    assert ("Gain" in Catalog.discover().layers) is on
    assert "Gain" not in Catalog.discover(with_plugins=False).layers


def test_no_word_of_a_file_brings_a_package_in(site: Path, tmp_path: Path) -> None:
    install(site, "garden", ALL_FAMILIES)
    net = Builder(catalog=Catalog.discover(with_plugins=True))
    net.Output(net.Gain(net.Input(shape=(3,)), name="gain", start=2.5))
    before = net.design(data="signs", task="sides", loss="TwiceTheEntropy")
    before = replace(before, training=Settings(Choice("Downhill"), Choice("fading")))
    sys.modules.pop("garden")
    save(before, tmp_path / "a.netdesign")
    design = load(tmp_path / "a.netdesign")
    assert replace(design, folder=before.folder) == before
    problems = {problem.code: problem for problem in check(design, Catalog.discover()).problems}
    assert problems.keys() >= {"ND114", "ND403", "ND404", "ND431", "ND601", "ND602"}
    assert "no layer of this version or of a plugin that is on" in problems["ND114"].message
    assert "garden" not in sys.modules


# -- What a package brings --------------------------------------------------------------------------------------


def test_parts_of_every_family_stand_beside_those_of_the_program(site: Path) -> None:
    install(site, "garden", ALL_FAMILIES)
    own, found = Catalog.discover(), Catalog.discover(with_plugins=True)
    (plugin,) = found.plugins
    assert (plugin.name, plugin.package, plugin.faults) == ("garden", "garden 1.2", ())
    assert {part.kind for part in plugin.parts} == set(BROUGHT.values())
    for family, kind in BROUGHT.items():
        assert getattr(found, family).keys() - getattr(own, family).keys() == {kind}


def test_a_layer_is_checked_and_exported_as_any_other(
    source_runs_here: None, site: Path, tmp_path: Path
) -> None:
    install(site, "garden", GAIN)
    catalog = Catalog.discover(with_plugins=True)
    net = Builder(catalog=catalog)
    net.Output(net.Gain(net.Input(shape=(3,)), start=2.5, name="gain"))
    design = net.design()
    assert check(design, catalog).network_errors == ()
    assert export_model(design, catalog, Choice("python"), tmp_path / "net.py").verified
    text = (tmp_path / "net.py").read_text(encoding="utf-8")
    assert "class GainModule(nn.Module):" in text
    assert "netdesigner." not in text


FLOW = """
from dataclasses import replace

import netdesigner as nd
from netdesigner.document import Choice, Settings

net = nd.Builder()
x = net.Linear(net.Gain(net.Input(shape=(3,))), out_features=2)
net.Output(x)
design = net.design(data="signs", augmentations=["mirrored"], task="sides")
values = {"epochs": 2, "batch_size": 8, "device": "cpu"}
design = replace(design, training=Settings(Choice("Downhill"), Choice("fading"), values))
nd.save(design, "d.netdesign")
assert nd.check(design).errors == ()
events = [type(event).__name__ for event in nd.train(design, "run")]
assert events[-1] == "Finished", events
print(sorted(nd.evaluate("run").measures))
assert nd.export("run", "names.txt").verified
"""


def test_from_python_and_on_the_command_line_all_of_them_work_together(site: Path) -> None:
    install(site, "garden", ALL_FAMILIES)
    done = run(site, "-c", FLOW, **{plugins.VARIABLE: "1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "accuracy" in done.stdout
    assert "gain" in (site / "names.txt").read_text(encoding="utf-8")

    checked = run(site, "-m", "netdesigner", "--plugins", "check", "d.netdesign")
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "d.netdesign: no problems\n", "")
    without = run(site, "-m", "netdesigner", "check", "d.netdesign", "--json")
    assert without.returncode == 2
    assert "ND114" in {problem["code"] for problem in json.loads(without.stdout)["problems"]}


# -- Faulty ones ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value", "fault"),
    [
        ("raise RuntimeError('no\\nlicence')", "", "'broken' is left out (RuntimeError: no licence)"),
        ("import sys; sys.exit('bye')", "", "'broken' is left out (SystemExit: bye)"),
        ("import a_library_that_nobody_has", "", "(ModuleNotFoundError: No module named 'a_library"),
        ("x = 1", "", "it defines no part"),
        ("from netdesigner.layers.linear import Linear", "", "it defines no part"),
        ("x = 1", "broken:x", "'broken:x' is left out (TypeError: it is not a module)"),
        ("x = 1", "broken:y", "'broken:y' is left out (AttributeError: "),
        (GAIN.replace('"Gain"', '"Two words"'), "", "its kind is 'Two words', expected a name of"),
        (GAIN.replace('"Linear"', '"Nonsense"'), "", "its category is 'Nonsense', expected one of Input"),
        (GAIN.replace('(Example((TensorSpec(("N", 3)),)),)', "()"), "", "it has no examples"),
        (GAIN.replace("self.need(specs[0])", "specs[7]"), "", "the part Gain is left out (IndexError: "),
        (GAIN.replace("def shape(", "def shapes("), "", "it does not write shape"),
        (ALL_FAMILIES.replace("def factor(", "def factors("), "", "it does not write factor"),
        (ALL_FAMILIES.replace("def write(", "def writes("), "", "it does not write write"),
        (GAIN.replace("param(1.0", "param('one'"), "", "its default is not allowed"),
        (GAIN.replace("start: float = param", "start = param"), "", "Gain.start: write its type beside"),
        (GAIN.replace("from __future__ import annotations", ""), "", "a module that begins with `from __fu"),
        (GAIN.replace('"Gain"', '"ReLU"'), "", "broken and netdesigner.layers.rectifier both claim the kind 'ReLU'"),
        (GAIN, "", ""),
    ],
)  # fmt: skip
def test_what_is_faulty_is_left_out_with_one_sentence(
    site: Path, caplog: pytest.LogCaptureFixture, source: str, value: str, fault: str
) -> None:
    install(site, "broken", source, value)
    install(site, "other", GAIN.replace('"Gain"', '"Other"'))
    with caplog.at_level(logging.WARNING):
        catalog = Catalog.discover(with_plugins=True)
    assert {"Linear", "Other"} <= catalog.layers.keys()
    assert catalog.layers["ReLU"].__module__.startswith("netdesigner.")
    broken, other = catalog.plugins
    assert other.faults == ()
    assert [record.getMessage() for record in caplog.records] == list(broken.faults)
    if not fault:
        assert broken.faults == ()
        return
    (said,) = broken.faults
    assert said.startswith("plugin broken (broken 1.2): ")
    assert fault in said
    assert said.endswith("; update or uninstall the package")


def test_of_two_packages_with_one_kind_the_first_has_it_and_the_other_keeps_the_rest(site: Path) -> None:
    install(site, "garden", ALL_FAMILIES)
    install(site, "other", GAIN)
    catalog = Catalog.discover(with_plugins=True)
    assert catalog.layers["Gain"].__module__ == "garden"
    assert "other and garden both claim the kind 'Gain'" in catalog.plugins[1].faults[0]
    install(site, "broken", ALL_FAMILIES.replace('"signs"', '"moons"'))
    first = Catalog.discover(with_plugins=True)
    assert {first.datasets[kind].__module__ for kind in ("moons", "signs")} == {"broken", "garden"}


# -- The command line -------------------------------------------------------------------------------------------


def test_the_command_line_turns_them_on_for_one_call_and_tells_what_is_faulty(site: Path) -> None:
    install(site, "garden", GAIN)
    install(site, "broken", "raise RuntimeError('no licence')")
    on = run(site, "-m", "netdesigner", "--plugins", "layers", "--json")
    off = run(site, "-m", "netdesigner", "layers", "--json")
    assert (on.returncode, off.returncode, off.stderr) == (0, 0, "")
    (said,) = on.stderr.splitlines()
    assert said.startswith("plugin broken (broken 1.2): 'broken' is left out (RuntimeError: no licence); ")
    with_them, without = (
        {layer["kind"] for layer in json.loads(done.stdout)["layers"]} for done in (on, off)
    )
    assert with_them - without == {"Gain"}


def test_doctor_lists_them_and_says_whether_they_are_on(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(plugins.VARIABLE, "")  # given back at the end, though the program changes it
    install(site, "garden", GAIN)
    install(site, "broken", "raise RuntimeError('no licence')")
    main(["doctor"])
    off = capsys.readouterr().out
    assert "off; netdesigner --plugins turns them on" in off
    assert "garden 1.2, not imported" in off
    assert "garden" not in sys.modules
    main(["--plugins", "doctor"])
    on = capsys.readouterr().out
    assert "garden 1.2 brings Gain" in on
    assert "no licence" in on
