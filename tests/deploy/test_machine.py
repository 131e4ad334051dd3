"""What the tests of this folder start ends with them."""

import os
import sys

import pytest

from tests.deploy import machine
from tests.deploy.conftest import Site


def test_a_site_whose_start_fails_leaves_no_process(tmp_path, monkeypatch):
    machine.make_certificate(tmp_path / "tls")
    site, start = Site(tmp_path), machine.start
    asleep = [sys.executable, "-c", "import signal; signal.pause()"]
    monkeypatch.setattr(machine, "start", lambda _command, *rest: start(asleep, *rest))
    monkeypatch.setattr(machine, "answers", lambda port: port / 0)
    with pytest.raises(ZeroDivisionError), machine.ending() as site.started:
        site.start_all()
    (process,) = site.started
    assert process.poll() is not None
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
