"""What `make test` says at its end follows from what really became of each test."""

import os
import signal
import subprocess
import sys

import pytest

from tests import outcomes
from tests.__main__ import LAST_RESORT
from tests.deploy.machine import ROOT
from tests.waiting import wait_until

COMMAND = [sys.executable, "-m", "pytest", "-p", "no:django", "-p", "no:cacheprovider"]


@pytest.fixture
def project(tmp_path):
    """Tests of their own, under the limits of ours."""
    config = (ROOT / "pyproject.toml").read_text()
    begin = config.index("[tool.pytest.ini_options]")
    lines = config[begin : config.index("\n\n", begin)].splitlines()
    kept = [line for line in lines if not line.startswith(("DJANGO", "testpaths"))]
    (tmp_path / "pyproject.toml").write_text("\n".join(kept))
    return tmp_path


def start(project, code, *arguments):
    (project / "test_it.py").write_text(code)
    return subprocess.Popen(
        [*COMMAND, "--outcomes", str(project / "outcomes"), *arguments], cwd=project,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(project, code, *arguments):
    """What became of the tests in `code`, and why not all have run."""
    process = start(project, code, *arguments)
    process.communicate(timeout=100)
    left = outcomes.read(project / "outcomes")
    return left, left.unfinished(process.returncode)


def names(found):
    return sorted(name.partition("::")[2] for name in found)


GOOD = "def test_good(): pass\n"


@pytest.mark.parametrize("workers", ["0", "2"])
def test_each_failed_test_is_named(project, workers):
    code = (
        f"import pytest\n{GOOD}def test_bad(): assert 0\n"
        "@pytest.fixture\ndef broken(): 1 / 0\ndef test_worse(broken): pass\n"
        "def test_skipped(): pytest.skip('not today')\n"
    )
    left, unfinished = run(project, code, "-n", workers)
    assert names(left.failed) == ["test_bad", "test_worse"]
    assert len(left.ran) == 4
    assert "not today" in next(iter(left.skipped.values()))
    assert not unfinished


def test_green_run_is_finished(project):
    left, unfinished = run(project, GOOD, "-n", "1")
    assert (left.failed, unfinished) == ([], "")


def test_limit_ends_its_own_test_alone(project):
    code = f"import time\ndef test_endless(): time.sleep(300)\n{GOOD}"
    left, unfinished = run(project, code, "-n", "1", "--timeout", "1")
    assert names(left.failed) == ["test_endless"]
    assert names(left.ran) == ["test_endless", "test_good"]
    assert not unfinished


DEAF = """
import signal, time
def test_deaf():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(300)
"""


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("import os\ndef test_bad(): os._exit(139)\n", []),
        (
            DEAF.replace("test_deaf", "test_bad"),
            ["--timeout", "1", *LAST_RESORT, "-o", "faulthandler_timeout=2"],
        ),
    ],
    ids=["crashes", "hears no signal"],
)
def test_test_that_takes_its_process_along_is_named_and_the_others_run(project, code, options):
    left, unfinished = run(project, f"{code}{GOOD}", "-n", "1", *options)
    assert names(left.failed) == ["test_bad"]
    assert names(left.ran) == ["test_bad", "test_good"]
    assert not unfinished


def test_run_that_was_ended_did_not_finish(project):
    code = f"import time\n{GOOD}def test_waits(): time.sleep(300)\n"
    process = start(project, code, "-n", "2")
    file = project / "outcomes"
    wait_until(lambda: file.exists() and "test_good" in file.read_text(), 60)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left = outcomes.read(file)
    assert names(left.ran) == ["test_good"]
    assert left.unfinished(process.returncode) == "ended with code -9 after 1 tests"


@pytest.mark.parametrize("workers", ["0", "1"])
def test_run_that_finds_nothing_is_not_green(project, workers):
    assert run(project, "", "-n", workers)[1] == "ended with code 5 after 0 tests"


@pytest.mark.parametrize("workers", ["0", "1"])
def test_file_that_can_not_be_read_is_not_green(project, workers):
    left, unfinished = run(project, "1 / 0\n", "-n", workers)
    assert left.failed
    assert unfinished or workers == "1"
