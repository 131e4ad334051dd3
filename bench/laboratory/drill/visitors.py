"""Visitors who read or ask for a call throughout, and the outcome of each visit."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
import uuid
from abc import ABC, abstractmethod
from pathlib import Path
from typing import NamedTuple

from bench.laboratory.drill.connections import Line

# Then the connection is made anew, as for another visitor.
REQUESTS_PER_CONNECTION = 25
# The form limits posts by network.
POSTS_PER_ADDRESS = 20
PAUSE_SECONDS = 0.01


class Crowd(ABC):
    """Threads that visit the balancer until stopped."""

    def __init__(self, port: int, certificate: Path, count: int) -> None:
        self.port, self.certificate = port, certificate
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.visit, args=(n,)) for n in range(count)]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Stop all threads; none need have been started."""
        self.stopping.set()
        for thread in self.threads:
            if thread.is_alive():
                thread.join()

    @abstractmethod
    def visit(self, number: int) -> None:
        """The work of one thread until `stopping` is set."""


class Read(NamedTuple):
    at: float
    seconds: float
    fault: str


class Readers(Crowd):
    """Visitors who read public pages."""

    def __init__(self, port: int, certificate: Path, paths: list[str], count: int = 4) -> None:
        super().__init__(port, certificate, count)
        self.paths = paths
        self.reads: list[Read] = []

    def visit(self, number: int) -> None:
        line, left = None, 0
        for path in itertools.islice(itertools.cycle(self.paths), number, None):
            if self.stopping.wait(PAUSE_SECONDS):
                return
            if line is None or not left:
                line, left = Line(self.port, self.certificate), REQUESTS_PER_CONNECTION
            at = time.monotonic()
            fault = fault_of(line, path)
            left = 0 if fault else left - 1
            if not left:
                line.close()
            self.reads.append(Read(at, time.monotonic() - at, fault))

    def since(self, moment: float) -> list[Read]:
        return [read for read in self.reads.copy() if read.at >= moment]


def fault_of(line: Line, path: str) -> str:
    """What is wrong with the page; empty if it came whole."""
    try:
        answer = line.ask(path)
    except (OSError, http.client.HTTPException) as error:
        return f"{path}: {type(error).__name__}"
    if answer.status != 200:
        return f"{path} gave {answer.status}"
    return "" if "</html>" in answer.text else f"{path} was cut short"


class Callers(Crowd):
    """Visitors who ask for a call, and press the button again until they are thanked."""

    def __init__(self, port: int, certificate: Path, count: int = 2) -> None:
        super().__init__(port, certificate, count)
        self.thanked: dict[str, float] = {}
        self.pressed_again = 0
        self.longest = 0.0
        self.numbers = itertools.count(1)

    def visit(self, number: int) -> None:
        while not self.stopping.wait(0.1):
            number = next(self.numbers)
            mark = f"drill {number}"
            network = number // POSTS_PER_ADDRESS
            address = f"127.{1 + network // 62500}.{network // 250 % 250}.{1 + network % 250}"
            form = {
                "name": f"Test Person {number}",
                "phone": f"201-555-01{number % 100:02}",
                "message": mark,
                "key": str(uuid.uuid4()),
            }
            began = time.monotonic()
            while not self.is_thanked(form, address):
                self.pressed_again += 1
                if self.stopping.wait(0.25):
                    return
            self.thanked[mark] = time.monotonic()
            self.longest = max(self.longest, time.monotonic() - began)

    def is_thanked(self, form: dict[str, str], address: str) -> bool:
        line = Line(self.port, self.certificate, address)
        try:
            answer = line.ask("/contact/", "POST", form)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()
        return answer.status == 303 and "/contact/thanks/?r=" in answer.headers["location"]
