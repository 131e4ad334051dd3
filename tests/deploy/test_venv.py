"""`.venv` is made once, waits for its turn, and heals whatever was left half-made."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.deploy.machine import ROOT

WAITS = 180


# uv lies beside the Python of the tests. Without it, pip makes an environment, in seconds.
WITH_UV = {"PATH": f"{os.environ['PATH']}:{Path(sys.executable).parent}"}


def lock(project, version, digest=""):
    """Let the lock file ask for a small package that lies beside it."""
    wheel = project / f"tiny-{version}-py3-none-any.whl"
    about = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("tiny.py", f"version = {version!r}\n")
        file.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n"
        )
        file.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{about}/RECORD", "")
    digest = digest or hashlib.sha256(wheel.read_bytes()).hexdigest()
    (project / "requirements.lock").write_text(f"./{wheel.name} --hash=sha256:{digest}\n")


def new_project(folder):
    (folder / "deploy").mkdir()
    for name in ("deploy/venv.sh", "deploy/venv.py", ".python-version"):
        shutil.copy(ROOT / name, folder / name)
    lock(folder, "1.0")
    return folder


@pytest.fixture
def project(tmp_path):
    return new_project(tmp_path)


@pytest.fixture(scope="module")
def started_twice(tmp_path_factory):
    """A project, and what two starts at once said. With pip, unless this machine has uv."""
    project = new_project(tmp_path_factory.mktemp("twice"))
    first = start(project)
    wait_for(project / ".venv/unfinished")
    second = finish(start(project))
    return project, finish(first), second


def start(project, **environment):
    # Whoever runs the tests in the background may ignore Ctrl-C; a person does not.
    return subprocess.Popen(
        ["env", "--default-signal=INT", "sh", "deploy/venv.sh"], cwd=project,
        env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip


def finish(process):
    said = process.communicate(timeout=WAITS)[0]
    assert process.returncode == 0, said
    return said


def installed(project):
    """The version of the package; None without a Python that finds it."""
    asked = [project / ".venv/bin/python", "-c", "import tiny; print(tiny.version)"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return None if done.returncode else done.stdout.strip()


def wait_for(path):
    deadline = time.monotonic() + WAITS
    while not path.exists():
        assert time.monotonic() < deadline, path
        time.sleep(0.02)


def refused(project, **environment):
    lock(project, "2.0", digest="0" * 64)
    process = start(project, **environment)
    said = process.communicate(timeout=WAITS)[0]
    return process.returncode != 0 and "could not be installed" in said


def test_start_that_was_interrupted_is_mended_by_the_next(project):
    first = start(project)
    wait_for(project / ".venv/pyvenv.cfg")
    os.killpg(first.pid, signal.SIGINT)
    said = first.communicate(timeout=WAITS)[0]
    assert first.returncode != 0
    assert "Traceback" not in said
    finish(start(project, **WITH_UV))
    assert installed(project) == "1.0"
    assert finish(start(project)) == ""


def test_environment_whose_python_is_gone_is_made_anew(project):
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/python").symlink_to(project / "python-that-was-removed")
    assert "its Python is gone" in finish(start(project, **WITH_UV))
    assert installed(project) == "1.0"


def test_two_starts_wait_for_each_other(started_twice):
    project, first, second = started_twice
    assert "Installing" in first
    assert "waiting for it" in second
    assert "Installing" not in second
    assert installed(project) == "1.0"


def test_package_other_than_the_locked_one_is_refused(project):
    assert refused(project, **WITH_UV)
    assert installed(project) is None


def test_package_other_than_the_locked_one_replaces_none(started_twice):
    project, *_said = started_twice
    assert refused(project, **WITH_UV)
    assert installed(project) == "1.0"
