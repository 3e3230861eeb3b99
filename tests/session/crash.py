"""A program that ends without a word."""

from __future__ import annotations

import os

from netdesigner.session.recovery import Recovery


def crash(recovery: Recovery) -> None:
    """Leave behind what a killed program would: its files, and a lock that nobody holds."""
    lock = recovery.life._lock
    assert lock is not None
    os.close(lock.descriptor)
    lock.descriptor = -1
    recovery._stop_timer()
