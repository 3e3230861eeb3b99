"""Downloads, from a server on this machine: whole, in pieces, wrong, refused, cancelled, and onto a full disk."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from netdesigner.datasets import _download
from netdesigner.datasets._download import Remote, download, is_here
from netdesigner.document.claim import claim
from netdesigner.errors import CancelledError, DataError
from netdesigner.parts import Catalog
from netdesigner.parts.dataset import no_progress
from tests.datasets.loopback import Shelf, serving

CONTENT = np.random.default_rng(0).bytes(300_000)
NAME = "a.bin"


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.setattr(_download, "_SCHEMES", ("http",))
    with serving({NAME: CONTENT}) as found:
        yield found


def remote(*shelves: Shelf, content: bytes = CONTENT) -> Remote:
    return Remote(NAME, len(content), hashlib.sha256(content).hexdigest(), tuple(s.address for s in shelves))


def refusal(wanted: Remote, folder: Path) -> str:
    with pytest.raises(DataError) as caught:
        download(wanted, folder, no_progress)
    assert not (folder / NAME).exists()
    assert "\n" not in str(caught.value)
    return str(caught.value)


def part_of(folder: Path) -> bytes:
    return (folder / f"{NAME}.part").read_bytes()


def test_a_file_is_brought_whole_and_only_once(shelf: Shelf, tmp_path: Path) -> None:
    folder, told = tmp_path / "new" / "data", []
    download(remote(shelf), folder, lambda done, text: told.append(done))
    assert (folder / NAME).read_bytes() == CONTENT
    assert is_here(remote(shelf), folder)
    assert [path.name for path in folder.iterdir()] == [NAME]
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    download(remote(shelf), folder, no_progress)
    assert shelf.asked == [""]


def test_a_dropped_connection_is_told_and_the_next_try_goes_on(shelf: Shelf, tmp_path: Path) -> None:
    shelf.dropped = 100_000
    said = refusal(remote(shelf), tmp_path)
    assert "127.0.0.1: the connection ended after 100,000 of 300,000 bytes" in said
    assert "download again, which goes on where it stopped" in said
    assert part_of(tmp_path) == CONTENT[:100_000]
    shelf.dropped = -1
    download(remote(shelf), tmp_path, no_progress)
    assert (tmp_path / NAME).read_bytes() == CONTENT
    assert shelf.asked == ["", "bytes=100000-"]


def test_the_next_address_goes_on_where_one_fails(shelf: Shelf, tmp_path: Path) -> None:
    shelf.dropped = 100_000
    with serving({NAME: CONTENT}) as other:
        download(remote(shelf, other), tmp_path, no_progress)
        assert other.asked == ["bytes=100000-"]
    assert (tmp_path / NAME).read_bytes() == CONTENT


def test_a_server_that_cannot_go_on_begins_anew(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(b"x" * 70_000)
    shelf.ranges = False
    download(remote(shelf), tmp_path, no_progress)
    assert (tmp_path / NAME).read_bytes() == CONTENT


def test_what_is_not_what_was_published_is_thrown_away(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files[NAME] = CONTENT[::-1]
    assert "127.0.0.1: what it gave is not what was published (its SHA-256 is another)" in refusal(
        remote(shelf), tmp_path
    )
    assert part_of(tmp_path) == b""
    with serving({NAME: CONTENT}) as other:
        download(remote(shelf, other), tmp_path, no_progress)
    assert (tmp_path / NAME).read_bytes() == CONTENT


def test_a_part_that_is_wrong_or_too_long_is_not_built_upon(shelf: Shelf, tmp_path: Path) -> None:
    for content, asked in ((b"x" * 300_000, []), (b"x" * 300_001, [""]), (CONTENT, [])):
        (tmp_path / f"{NAME}.part").write_bytes(content)
        shelf.asked.clear()
        if asked or content == CONTENT:
            download(remote(shelf), tmp_path, no_progress)
            (tmp_path / NAME).unlink()
        else:
            assert "its SHA-256 is another" in refusal(remote(shelf), tmp_path)
        assert shelf.asked == asked


def test_more_than_was_published_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    assert "it gave more than the 1,000 bytes" in refusal(remote(shelf, content=CONTENT[:1000]), tmp_path)
    assert part_of(tmp_path) == b""


def test_another_piece_than_was_asked_for_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT[:10])
    shelf.lies = True
    assert "it gave another piece of the file" in refusal(remote(shelf), tmp_path)
    assert part_of(tmp_path) == CONTENT[:10]


def test_who_refuses_or_is_not_there_is_told(shelf: Shelf, tmp_path: Path) -> None:
    shelf.status = 404
    with serving({}) as gone:
        pass
    said = refusal(remote(shelf, gone), tmp_path)
    assert "127.0.0.1: it refuses (404 Not Found); 127.0.0.1: Connection refused" in said


def test_only_https_is_asked_and_followed(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.leads_to = "ftp://127.0.0.1/a.bin"
    assert "it leads to ftp://127.0.0.1/a.bin, which is not https" in refusal(remote(shelf), tmp_path)
    monkeypatch.setattr(_download, "_SCHEMES", ("https",))
    asked = len(shelf.asked)
    assert "which is not https" in refusal(remote(shelf), tmp_path)
    assert len(shelf.asked) == asked
    files = [r for part in Catalog.discover().datasets.values() for r in getattr(part, "files", ())]
    assert len(files) == 10
    assert all(folder.startswith("https://") and folder.endswith("/") for r in files for folder in r.folders)
    assert all(len(bytes.fromhex(r.sha256)) == 32 for r in files)


def test_cancelling_leaves_the_part_for_the_next_time(shelf: Shelf, tmp_path: Path) -> None:
    def cancel(done: float, text: str) -> None:
        if done > 0.5:
            raise CancelledError("enough")

    with pytest.raises(CancelledError):
        download(remote(shelf), tmp_path, cancel)
    have = len(part_of(tmp_path))
    assert part_of(tmp_path) == CONTENT[:have]
    assert 150_000 < have < 300_000
    download(remote(shelf), tmp_path, no_progress)
    assert shelf.asked == ["", f"bytes={have}-"]


def test_no_room_is_told_before_anything_is_brought(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
    assert "4 MB are needed and 1 MB are free on this disk; make room" in refusal(remote(shelf), tmp_path)
    assert not shelf.asked


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_disk_that_becomes_full_is_told(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.part").symlink_to("/dev/full")
    said = refusal(remote(shelf), tmp_path)
    assert said.startswith(f"{tmp_path / NAME}.part: cannot be written (No space left on device); make room")


def test_two_programs_do_not_download_the_same_file(shelf: Shelf, tmp_path: Path) -> None:
    with (tmp_path / f"{NAME}.part").open("ab") as other:
        assert claim(other.fileno())
        assert "another program is downloading this file" in refusal(remote(shelf), tmp_path)
    download(remote(shelf), tmp_path, no_progress)


def test_a_folder_that_cannot_be_made_is_told(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"x: the folder cannot be made \(Not a directory\)"):
        download(remote(shelf), tmp_path / "file" / "x", no_progress)
