"""Ctrl-C and SIGTERM wait until no server is half started or half stopped."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _State:
    held = False
    asked = False


def listen() -> None:
    """From now on such a signal raises KeyboardInterrupt, once."""
    for number in SIGNALS:
        signal.signal(number, _taken)


def ignore() -> None:
    """Ignore such signals from now on: everything is being stopped already."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _taken(*_: Any) -> None:
    _State.asked = True
    if not _State.held:
        ignore()
        raise KeyboardInterrupt


@contextmanager
def held() -> Iterator[None]:
    """A signal waits until the end of this block."""
    before, _State.held = _State.held, True
    try:
        yield
    finally:
        _State.held = before
    if _State.asked and not before:
        _taken()
