"""The process: one thread that answers on a socket and embeds texts it does not know yet.

Each connection brings a line of JSON and takes one: `{"query": …}` is answered by similarities by
address, `{"version": …}` by the version of the pages held, `{"version": …, "pages": …}` replaces
them (addresses by text).
"""

from __future__ import annotations

import json
import logging
import os
import socketserver
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .vectors import TEXTS_AT_ONCE, Embed, Vectors

logger = logging.getLogger(__name__)

SOCKET, VECTORS = "model.sock", "vectors.npz"
# Seconds without a question until it is asked whether to stop.
LOOK_EVERY = 1.0
# Between two slices of texts, in seconds: about as long as a slice takes.
REST_BETWEEN_TEXTS = 0.15
ANSWERED_PAGES = 20
LONGEST_LINE = 20_000_000


class Model(NamedTuple):
    passage: Embed
    query: Callable[[str], Any]


class Pages:
    """The embedded texts of the site's pages."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self.version: int | None = None
        self._wanted: dict[str, str] = {}
        self._missing: list[str] = []
        self.paths: list[str] = []
        self._page_of_row = np.zeros(0, dtype=int)
        self._matrix = vectors.matrix([])

    def replace(self, version: int, address_by_text: dict[str, str]) -> None:
        """Take these texts; the ones before are found until all are embedded."""
        self.version, self._wanted = version, address_by_text
        self._missing = self._vectors.missing(self._wanted)
        if not self._missing:
            self._show()

    @property
    def is_behind(self) -> bool:
        return bool(self._missing)

    def catch_up(self) -> None:
        """Embed some of the texts that are missing."""
        some, self._missing = self._missing[:TEXTS_AT_ONCE], self._missing[TEXTS_AT_ONCE:]
        self._vectors.add(some)
        if not self._missing:
            self._show()

    def _show(self) -> None:
        self._vectors.keep_only(self._wanted)
        self.paths = list(dict.fromkeys(self._wanted.values()))
        number = {path: place for place, path in enumerate(self.paths)}
        self._page_of_row = np.array([number[path] for path in self._wanted.values()], dtype=int)
        self._matrix = self._vectors.matrix(self._wanted)

    def near(self, query: Any) -> dict[str, float]:
        """Return the pages nearest to a query's embedding, with cosine similarities."""
        if not self.paths:
            return {}
        best = np.full(len(self.paths), -1.0, dtype=np.float32)
        np.maximum.at(best, self._page_of_row, self._matrix @ query)
        nearest = np.argsort(-best)[:ANSWERED_PAGES]
        return {self.paths[place]: round(float(best[place]), 4) for place in nearest}


class ModelServer(socketserver.UnixStreamServer):
    request_queue_size = 32

    def __init__(self, path: Path, pages: Pages, model: Model) -> None:
        # The process before leaves its socket: at its end, it could not tell its own from ours.
        path.unlink(missing_ok=True)
        mask = os.umask(0o117)
        try:
            super().__init__(str(path), Conversation)
        finally:
            os.umask(mask)
        self.pages, self.model = pages, model

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log that it failed and nothing of it: a query is nobody's business.

        Who asked and did not wait is no failure.
        """
        if not isinstance(sys.exception(), ConnectionError):
            logger.warning("a question to the search model was not answered")


class Conversation(socketserver.StreamRequestHandler):
    timeout = 1
    server: ModelServer

    def handle(self) -> None:
        asked = json.loads(self.rfile.readline(LONGEST_LINE))
        self.wfile.write(json.dumps(self.answer(asked)).encode())

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        pages, model = self.server.pages, self.server.model
        if "query" in asked:
            return pages.near(model.query(asked["query"]))
        if "pages" in asked:
            pages.replace(asked["version"], asked["pages"])
        return {"version": pages.version}


def run(folder: Path, model: Model, is_stopping: Callable[[], bool]) -> None:
    """Serve until told to stop. Raise OSError if the socket cannot be made."""
    pages = Pages(Vectors(folder / VECTORS, model.passage))
    with ModelServer(folder / SOCKET, pages, model) as server:
        while not is_stopping():
            # The pauses leave the processor to visitors.
            server.timeout = REST_BETWEEN_TEXTS if pages.is_behind else LOOK_EVERY
            server.handle_request()
            if pages.is_behind:
                pages.catch_up()
