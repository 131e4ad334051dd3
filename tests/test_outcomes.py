"""What `make test` says at its end follows from what really became of each test."""

import os
import signal
import subprocess
import sys

import pytest

from tests import outcomes
from tests.__main__ import LAST_RESORT
from tests.deploy.machine import ROOT
from tests.waiting import PATIENCE, wait_until

# The plugins that these limits are of, and no other: each start is a third as long.
PLUGINS = ("xdist.plugin", "pytest_timeout", "tests.scheduling")
COMMAND = [sys.executable, "-m", "pytest", *(f"-p{name}" for name in PLUGINS)]
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def make_project(tmp_path_factory):
    """Makes folders for tests of their own, under the limits of ours."""
    config = (ROOT / "pyproject.toml").read_text()
    begin = config.index("[tool.pytest.ini_options]")
    lines = config[begin : config.index("\n\n", begin)].splitlines()
    kept = [line for line in lines if not line.startswith(("DJANGO", "testpaths"))]

    def make():
        folder = tmp_path_factory.mktemp("project")
        (folder / "pyproject.toml").write_text("\n".join(kept))
        return folder

    return make


@pytest.fixture
def project(make_project):
    return make_project()


def start(project, code, *arguments):
    (project / "test_it.py").write_text(code)
    return subprocess.Popen(
        [*COMMAND, "--outcomes", str(project / "outcomes"), *arguments], cwd=project,
        env=os.environ | ALONE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(project, code, *arguments):
    """What became of the tests in `code`, and why not all have run."""
    process = start(project, code, *arguments)
    process.communicate(timeout=PATIENCE)
    left = outcomes.read(project / "outcomes")
    return left, left.unfinished(process.returncode)


def names(found):
    return sorted(name.partition("::")[2] for name in found)


GOOD = "def test_good(): pass\n"
BAD = """
import os, pytest, signal, time

def test_bad(): assert 0

@pytest.fixture
def broken(): 1 / 0

def test_worse(broken): pass

def test_skipped(): pytest.skip("not today")

def test_endless(): time.sleep(300)

def test_crashes(): os._exit(139)

def test_deaf():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    time.sleep(300)

def test_after_all_of_them(): pass
"""


@pytest.fixture(scope="module")
def bad_run(make_project):
    """Tests that fail, one that ends at its limit, one that crashes, one that hears no signal."""
    limits = ("--timeout", "3", *LAST_RESORT, "-o", "faulthandler_timeout=6")
    return run(make_project(), f"{GOOD}{BAD}", "-n", "2", *limits)


def test_each_failed_test_is_named(bad_run):
    left, _unfinished = bad_run
    failed = ["test_bad", "test_crashes", "test_deaf", "test_endless", "test_worse"]
    assert names(left.failed) == failed


def test_whatever_ends_a_test_or_its_process_all_others_run(bad_run):
    left, unfinished = bad_run
    assert names(set(left.ran) - set(left.failed)) == [
        "test_after_all_of_them",
        "test_good",
        "test_skipped",
    ]
    assert not unfinished


def test_skipped_test_says_why(bad_run):
    (why,) = bad_run[0].skipped.values()
    assert "not today" in why


def test_green_run_is_finished(project):
    left, unfinished = run(project, GOOD, "-n", "1")
    assert (left.failed, unfinished) == ([], "")


def test_run_that_was_ended_did_not_finish(project):
    code = f"import time\n{GOOD}def test_waits(): time.sleep(300)\n"
    process = start(project, code, "-n", "1")
    file = project / "outcomes"
    wait_until(lambda: file.exists() and "test_good" in file.read_text())
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left = outcomes.read(file)
    assert names(left.ran) == ["test_good"]
    assert left.unfinished(process.returncode) == "ended with code -9 after 1 tests"


def test_run_that_finds_nothing_is_not_green(project):
    assert run(project, "", "-n", "1")[1] == "ended with code 5 after 0 tests"


def test_file_that_can_not_be_read_is_not_green(project):
    assert run(project, "1 / 0\n", "-n", "1")[0].failed
