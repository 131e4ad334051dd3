import re
import shlex
import shutil
import subprocess

import pytest

from recovery_site.management.commands import serve
from tests.deploy.machine import ROOT

UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))


@pytest.fixture
def units(tmp_path):
    """The units with this checkout in place of /srv/recovery-site."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze: `apt install systemd`")
    for path in UNITS.iterdir():
        text = path.read_text().replace("/srv/recovery-site/.venv/bin/", "/usr/bin/env ")
        (tmp_path / path.name).write_text(text.replace("/srv/recovery-site", str(ROOT)))
    return tmp_path


def command_of(name):
    text = (UNITS / name).read_text().replace("\\\n", "")
    return shlex.split(re.search(r"^ExecStart=(.+)$", text, re.MULTILINE)[1])


def test_systemd_understands_every_unit(units):
    files = [str(path) for path in sorted(units.glob("recovery-site*"))]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "recovery-site" not in done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_service_may_do_little(units, name):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(units / name)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-300:]


def test_server_runs_as_it_does_under_make_run():
    served = serve.web_server("127.0.0.1", 8000, 2)[1:]
    deployed = command_of("recovery-site-web.service")[1:]
    assert served[:-1] == deployed[:-1]


def test_search_by_meaning_has_neither_our_account_nor_our_secrets():
    text = (UNITS / "recovery-site-search.service").read_text()
    assert "User=recovery-search" in text
    assert "Environment" not in text
    assert command_of("recovery-site-search.service")[1:3] == serve.search_model()[4:6]


def test_timers_stop_with_whichever_target_runs_them():
    for path in UNITS.glob("*.timer"):
        assert "PartOf=recovery-site.target recovery-site-apart.target\n" in path.read_text()


def test_every_process_is_part_of_the_target():
    target = (UNITS / "recovery-site.target").read_text()
    services = ("web.service", "jobs.service", "search.service")
    for name in (*services, "audit.timer", "backup.timer", "trial.timer"):
        assert f"recovery-site-{name}" in target
        assert "PartOf=recovery-site.target" in (UNITS / f"recovery-site-{name}").read_text()


@pytest.mark.parametrize("name", SERVICES)
def test_no_timer_changes_who_may_use_the_data_of_processes_that_run_apart(name):
    """systemd gives a StateDirectory its mode at each start of a service."""
    text = (UNITS / name).read_text()
    modes = dict(re.findall(r"^(StateDirectory\w*)=(.+)$", text, re.MULTILINE))
    if "recovery-site" in modes.get("StateDirectory", "").split():
        runs_apart = "ROLE=staff" in text
        runs_whole = name in ("recovery-site-web.service", "recovery-site-jobs.service")
        assert (runs_apart, runs_whole) in {(True, False), (False, True)}
        assert modes["StateDirectoryMode"] == ("0770" if runs_apart else "0710")


@pytest.mark.parametrize("name", ["recovery-site-web.service", "recovery-site-jobs.service"])
def test_process_that_ends_is_started_again_for_ever(name):
    text = (UNITS / name).read_text()
    assert "Restart=always" in text
    assert "StartLimitIntervalSec=0" in text
    assert int(re.search(r"TimeoutStopSec=(\d+)", text)[1]) > 5
