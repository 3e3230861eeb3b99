"""Composes the window: catalog, session, bridge, main window."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from netdesigner.document import SUFFIX
from netdesigner.errors import NetDesignerError
from netdesigner.parts import Catalog, plugins
from netdesigner.session import Session
from netdesigner.session.gallery import SAMPLE, open_template
from netdesigner.session.job import any_left
from netdesigner.session.lock import Locks
from netdesigner.session.recovery import Recovery

if TYPE_CHECKING:
    from netdesigner.ui.main_window import MainWindow
    from netdesigner.ui.settings import Settings

__all__ = ["main", "make_session", "make_window", "own_settings"]

WRONG_USE = 2


def main(words: list[str]) -> int:
    """Opens the window.

    Args:
        words: nothing, a design file, or `--demo FOLDER`, which opens the sample design, or without a screen plays
            the main job through the same window and leaves its pictures and the model in the folder.

    Returns:
        The exit code.
    """
    gc.disable()  # it may not run beside widgets (see `ui.collector`), and costs a tenth of the time to open
    try:
        if words[:1] == ["--demo"]:
            return _demo(Path(words[1]) if len(words) > 1 else Path("demo"))
        if len(words) > 1:
            raise NetDesignerError(
                f"one {SUFFIX} file can be opened at a time, got {len(words)} words; see netdesigner --help"
            )
        return _window(Path(words[0]) if words else None)
    except NetDesignerError as error:
        print(f"netdesigner: {error}", file=sys.stderr)
        return WRONG_USE


def own_settings() -> Settings:
    """The window's settings of this user; read once, for only who reads a damaged file first can say so."""
    from netdesigner.ui.settings import Settings

    return Settings()


def make_session(settings: Settings | None = None) -> Session:
    """A session that keeps unsaved work against a crash; plugins are on where the window's settings say so too."""
    settings = settings or own_settings()
    folder = Path(platformdirs.user_data_dir("netdesigner", appauthor=False)) / "recovery"
    with_plugins = plugins.wanted() or settings.value.plugins
    return Session(Catalog.discover(with_plugins=with_plugins), Recovery(folder), locks=Locks())


def make_window(session: Session, settings: Settings | None = None) -> MainWindow:
    """The main window on a session; the application must have been made."""
    from netdesigner.ui.bridge import Bridge
    from netdesigner.ui.main_window import MainWindow
    from netdesigner.ui.theme import system_theme

    return MainWindow(Bridge(session), system_theme(), settings)


def _window(path: Path | None, sample: bool = False) -> int:
    from netdesigner.ui.application import has_screen, make_application

    if not has_screen():
        raise NetDesignerError(
            "there is no screen to open a window on; `netdesigner --help` lists what works without"
        )
    settings = own_settings()
    session = make_session(settings)
    fault = ""
    if path is not None:
        session.open(path)
    elif sample:
        session.new(open_template(SAMPLE))
    else:
        fault = reopen(session, settings)
    application = make_application()
    with _watched(session):
        window = make_window(session, settings)
        window.show()
        if fault:
            window.bridge.said.emit("error", fault)
        code = int(application.exec())
    _leave(code)
    return code


def _leave(code: int) -> None:
    """Ends the process at once where a job has not ended, such as an import that nobody can cancel.

    The run has saved by then and there is nothing else to lose. A thread inside a library that lives on into the end
    of the interpreter may bring the whole process down with a crash.
    """
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    if any_left():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def reopen(session: Session, settings: Settings | None = None) -> str:
    """Opens the design that was open last, where nothing else is to be decided first.

    After a crash the start page comes first: it offers unsaved work, and a design at which the program breaks off must
    not keep it from starting. A second window begins there too, for the first one has the design.

    Returns:
        Why it was not opened, for the user; "" where it was, or where it is not wanted.
    """
    from netdesigner.ui.view_memory import ViewMemory

    settings, recovery = settings or own_settings(), session.recovery
    views = ViewMemory(settings.path)
    path = views.last() if settings.value.reopen else None
    if path is None or recovery is None:
        return views.file.trouble
    if recovery.life.broke_off or recovery.life.has_company() or recovery.found() or recovery.damaged:
        return ""
    if not path.is_file():
        return f"{path.name} was open last, and is not at {path.parent} any more"
    try:
        session.open(path)
    except NetDesignerError as error:
        return str(error)
    return ""


def _demo(folder: Path) -> int:
    from netdesigner.ui.application import has_screen, make_application

    if has_screen():
        return _window(None, sample=True)
    print("There is no screen: the main job is played through the same window, drawn in memory.")
    application = make_application(offscreen=True)
    session = make_session()
    with _watched(session):
        from netdesigner.ui.demo import play

        return play(application, make_window(session), session, folder, print)


@contextmanager
def _watched(session: Session) -> Iterator[None]:
    """Writes faults of the program to the log and keeps unsaved work when one happens."""
    from netdesigner.ui.faults import Faults, log_path, log_to
    from netdesigner.ui.watchdog import Watchdog

    handler = log_to(log_path())
    faults = Faults(lambda: _rescue(session), log_path())
    faults.install()
    life = session.recovery.life if session.recovery is not None else None
    watchdog = Watchdog(life.trace) if life is not None else None
    if life is not None and life.last_words:
        logging.getLogger("netdesigner").critical("the program died the last time\n%s", life.last_words)
    if watchdog is not None:
        watchdog.start()
    try:
        yield
    finally:
        if watchdog is not None:
            watchdog.close()
        faults.remove()
        if handler is not None:
            logging.getLogger().removeHandler(handler)
            handler.close()


def _rescue(session: Session) -> str:
    """Writes unsaved work now; why it could not be written, or ""."""
    if session.recovery is None:
        return ""
    session.recovery.flush()
    return session.recovery.trouble
