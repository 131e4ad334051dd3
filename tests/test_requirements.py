"""The lock files that are installed agree with the requirements that people edit."""

import re

import pytest

from tests.deploy.machine import ROOT

ENTRY = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", re.MULTILINE)
RUNTIME = ("requirements.txt", "requirements.lock")
DEV = ("requirements-dev.txt", "requirements-dev.lock")
AGAIN = "write the lock files again: make lock"


def pins(name):
    """Package → version."""
    return dict(ENTRY.findall((ROOT / name).read_text()))


def asked_for(lock, name):
    """The packages of the lock that this file of requirements asks for itself."""
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text())
    return {ENTRY.match(entry)[1] for entry in entries if f"-r {name}\n" in f"{entry}\n"}


@pytest.mark.parametrize(("requirements", "lock"), [RUNTIME, DEV])
def test_lock_holds_what_is_required(requirements, lock):
    required = pins(requirements)
    assert required.items() <= pins(lock).items(), AGAIN
    assert asked_for(lock, requirements) == set(required), AGAIN


def test_both_locks_hold_the_same_versions():
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items(), AGAIN


@pytest.mark.parametrize("lock", [RUNTIME[1], DEV[1]])
def test_every_package_has_a_version_and_hashes(lock):
    entries = re.split(r"\n(?=[\w])", (ROOT / lock).read_text())[1:]
    assert len(entries) > 20
    for entry in entries:
        assert ENTRY.match(entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("requirements", [RUNTIME[0], DEV[0]])
def test_every_requirement_names_one_version(requirements):
    for line in (ROOT / requirements).read_text().splitlines():
        # After a semicolon stand the systems that it is for.
        required = line.partition(";")[0]
        assert line.startswith(("#", "-r ")) or ENTRY.fullmatch(required), line
