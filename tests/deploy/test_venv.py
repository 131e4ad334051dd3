"""`.venv` is made once, waits for its turn, and heals whatever was left half-made."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
import zipfile

import pytest

from tests.deploy.machine import ROOT

WAITS = 180


@pytest.fixture
def project(tmp_path):
    """A project whose lock file asks for one small package that lies beside it."""
    (tmp_path / "deploy").mkdir()
    for name in ("deploy/venv.sh", "deploy/venv.py", ".python-version"):
        shutil.copy(ROOT / name, tmp_path / name)
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("tiny.py", "here = True\n")
        file.writestr(
            "tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        )
        file.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        file.writestr("tiny-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (tmp_path / "requirements.lock").write_text(f"./{wheel.name} --hash=sha256:{digest}\n")
    return tmp_path


def start(project):
    # Whoever runs the tests in the background may ignore Ctrl-C; a person does not.
    return subprocess.Popen(
        ["env", "--default-signal=INT", "sh", "deploy/venv.sh"], cwd=project,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def finish(process):
    said = process.communicate(timeout=WAITS)[0]
    assert process.returncode == 0, said
    return said


def is_usable(project):
    asked = [project / ".venv/bin/python", "-c", "import tiny; assert tiny.here"]
    return subprocess.run(asked, check=False).returncode == 0


def wait_for(path):
    deadline = time.monotonic() + WAITS
    while not path.exists():
        assert time.monotonic() < deadline, path
        time.sleep(0.02)


def test_start_that_was_interrupted_is_mended_by_the_next(project):
    first = start(project)
    wait_for(project / ".venv/pyvenv.cfg")
    os.killpg(first.pid, signal.SIGINT)
    said = first.communicate(timeout=WAITS)[0]
    assert first.returncode != 0
    assert "Traceback" not in said
    finish(start(project))
    assert is_usable(project)
    assert finish(start(project)) == ""


def test_environment_whose_python_is_gone_is_made_anew(project):
    (project / ".venv/bin").mkdir(parents=True)
    (project / ".venv/bin/python").symlink_to(project / "python-that-was-removed")
    assert "its Python is gone" in finish(start(project))
    assert is_usable(project)


def test_two_starts_wait_for_each_other(project):
    first = start(project)
    wait_for(project / ".venv/unfinished")
    assert "waiting for it" in finish(start(project))
    assert "Installing" in finish(first)
    assert is_usable(project)


def test_package_other_than_the_locked_one_is_refused(project):
    lock = project / "requirements.lock"
    lock.write_text(f"{lock.read_text()[:-9]}00000000\n")
    process = start(project)
    said = process.communicate(timeout=WAITS)[0]
    assert process.returncode != 0
    assert "could not be installed" in said
    assert not is_usable(project)
