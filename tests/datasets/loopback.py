"""A server on this machine that serves files well or badly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


@dataclass
class Shelf:
    """What a server holds, and how it behaves.

    Attributes:
        files: by their names.
        ranges: whether it knows how to begin in the middle.
        dropped: after how many bytes of an answer the connection ends; -1: never.
        status: what it answers instead; 0: the file.
        leads_to: where it sends those who ask, if anywhere.
        lies: whether it says another range than it gives.
        asked: the ranges that it was asked for.
        address: of its folder.
    """

    files: dict[str, bytes]
    ranges: bool = True
    dropped: int = -1
    status: int = 0
    leads_to: str = ""
    lies: bool = False
    asked: list[str] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(files: dict[str, bytes], **ways: Any) -> Iterator[Shelf]:
    """Serves files until it is left."""
    shelf = Shelf(files, **ways)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"shelf": shelf}))
    shelf.address = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield shelf
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    shelf: ClassVar[Shelf]

    def do_GET(self) -> None:
        shelf = self.shelf
        shelf.asked.append(self.headers.get("Range", ""))
        if shelf.status:
            self.send_error(shelf.status)
            return
        if shelf.leads_to:
            self.send_response(302)
            self.send_header("Location", shelf.leads_to)
            self.end_headers()
            return
        content = shelf.files[self.path.lstrip("/")]
        start = int(self.headers.get("Range", "bytes=0-")[6:-1]) if shelf.ranges else 0
        self.send_response(206 if start else 200)
        if start:
            said = start + shelf.lies
            self.send_header("Content-Range", f"bytes {said}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        end = len(content) if shelf.dropped < 0 else start + shelf.dropped
        self.wfile.write(content[start:end])

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
