import contextlib
import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles.finders import get_finder
from django.core.management import CommandError, call_command

from recovery_site import settings as production
from recovery_site.management.commands import serve
from recovery_site.staff.demo_staff import create_demo_staff
from tests.deploy.machine import ROOT
from tests.waiting import free_port


def script(text):
    return [sys.executable, "-c", text]


def when(happened, action, *arguments):
    """Do something from a thread as soon as `happened()`."""

    def wait():
        while not happened():
            time.sleep(0.05)
        time.sleep(0.3)
        action(*arguments)

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.fixture(autouse=True)
def signals_back():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_occupied_port_is_one_clear_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Choose another one: make run PORT={port + 1}"):
            call_command("serve", port=str(port))


@pytest.mark.parametrize("port", ["70000", "-1", "0", "80a", "", "٨٠"])
def test_impossible_port_is_one_clear_sentence(port):
    with pytest.raises(CommandError, match="write a number from 1 to 65535"):
        call_command("serve", port=port)


def test_free_port_is_accepted():
    serve.refuse_occupied("127.0.0.1", 0)


def test_local_site_is_named_by_the_port_it_runs_on(settings):
    settings.NETWORK_HOSTS = ["phone.example"]
    assert serve.local_variables(9001, ["localhost", "192.0.2.7"]) == {
        "SITE_URL": "http://localhost:9001",
        "NETWORK_HOSTS": "phone.example,localhost,192.0.2.7",
    }
    settings.SITE_IS_LOCAL = False
    assert serve.local_variables(9001, ["localhost", "192.0.2.7"]) == {}


def greeting(addresses):
    command = serve.Command(stdout=io.StringIO())
    command.greet(addresses)
    return command.stdout.getvalue()


def test_greeting_names_every_address_that_answers():
    said = greeting(["http://localhost:9001", "http://192.0.2.7:9001", "http://[fd00::2]:9001"])
    assert "is at http://localhost:9001/  (staff: http://localhost:9001/admin/)" in said
    assert "your network: http://192.0.2.7:9001/  http://[fd00::2]:9001/\n" in said
    assert "network" not in greeting(["http://localhost:9001"])


def test_greeting_of_a_public_site_names_its_own_address(settings):
    settings.SITE_URL = "https://www.example.org"
    assert "is at https://www.example.org/" in greeting([])


def test_address_is_said_once_and_not_before_the_port_answers(tmp_path):
    asked, is_said = [], tmp_path / "is-said"

    def greet():
        asked.append(len(asked))
        if len(asked) == 2:
            is_said.touch()
        return is_said.exists()

    # Goes on for a while, in which it could be said again.
    server = f"""
import pathlib, time
while not pathlib.Path({str(is_said)!r}).exists():
    time.sleep(0.05)
time.sleep(0.5)
"""
    commands = {"server": script(server), "jobs": script("input()")}
    serve.supervise(commands, dict(os.environ), greet)
    assert asked == [0, 1]


def test_port_answers_once_somebody_listens():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        assert not serve.answers("127.0.0.1", port)
        server.listen()
        assert serve.answers("127.0.0.1", port)


def test_server_and_unit_ask_the_same_of_the_allocators():
    unit = (ROOT / "deploy/systemd/recovery-site-web.service").read_text()
    asked = " ".join(f"{name}={value}" for name, value in serve.ALLOCATORS.items())
    assert f"\nEnvironment={asked}\n" in unit


@pytest.mark.skipif(sys.platform != "linux", reason="Granian brings jemalloc on Linux")
def test_granians_allocator_reads_what_it_is_asked():
    asked = f"{serve.ALLOCATORS['_RJEM_MALLOC_CONF']},nonsense:1"
    done = subprocess.run(
        [sys.executable, "-c", "import granian._granian"],
        env=os.environ | {"_RJEM_MALLOC_CONF": asked}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == "<jemalloc>: Invalid conf pair: nonsense:1\n"


def test_server_runs_with_the_allocators_set_unless_somebody_did(monkeypatch):
    monkeypatch.delenv("_RJEM_MALLOC_CONF", raising=False)
    monkeypatch.setenv("MALLOC_ARENA_MAX", "3")
    environment = serve.environment_of(8000, [])
    assert environment["_RJEM_MALLOC_CONF"] == serve.ALLOCATORS["_RJEM_MALLOC_CONF"]
    assert environment["MALLOC_ARENA_MAX"] == "3"


def test_fingerprint_changes_with_a_static_file(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    (tmp_path / "a.css").write_text("a")
    get_finder.cache_clear()
    before = serve.static_fingerprint()
    (tmp_path / "a.css").write_text("ab")
    assert serve.static_fingerprint() != before
    get_finder.cache_clear()


def test_static_files_that_went_are_prepared_anew(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = production.STORAGES
    settings.STATICFILES_DIRS = [tmp_path / "ours"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "a.css").write_text("a {}\n" * 100)
    get_finder.cache_clear()
    command = serve.Command(stdout=io.StringIO())
    command.collect_static()
    command.collect_static()
    shutil.rmtree(settings.STATIC_ROOT)
    command.collect_static()
    names = {"".join(file.suffixes[-2:]) for file in settings.STATIC_ROOT.glob("a.*.css*")}
    assert {".css.br", ".css.gz"} <= names
    assert command.stdout.getvalue().count("Preparing") == 2
    get_finder.cache_clear()


def test_jobs_are_started_again_when_they_end(tmp_path):
    log = tmp_path / "log"
    jobs = script(f"open({str(log)!r}, 'a').write('x')")
    server = script("import time; time.sleep(3600)")
    timer = when(
        lambda: log.exists() and len(log.read_text()) >= 2, os.kill, os.getpid(), signal.SIGTERM
    )
    assert serve.supervise({"server": server, "jobs": jobs}, dict(os.environ)) == 0
    timer.join()
    assert len(log.read_text()) >= 2


def test_end_of_the_server_ends_everything_with_its_code():
    commands = {"server": script("raise SystemExit(3)"), "jobs": script("input()")}
    assert serve.supervise(commands, dict(os.environ)) == 3


def test_child_that_ignores_the_signal_is_killed_with_its_own_children(monkeypatch, tmp_path):
    monkeypatch.setattr(serve, "STOP_SECONDS", 1)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(3600)"
    ready = tmp_path / "grandchild"
    parent = (
        "import signal, subprocess, sys, time; signal.signal(15, signal.SIG_IGN); "
        f"child = subprocess.Popen([sys.executable, '-c', {deaf!r}]); "
        f"open({str(ready)!r}, 'w').write(str(child.pid)); time.sleep(3600)"
    )
    timer = when(lambda: ready.exists() and ready.read_text(), os.kill, os.getpid(), signal.SIGTERM)
    serve.supervise({"server": script(parent), "jobs": script(deaf)}, dict(os.environ))
    timer.join()
    stat = Path(f"/proc/{ready.read_text()}/stat")
    assert not stat.exists() or stat.read_text().split()[2] == "Z"


@pytest.mark.django_db
def test_demo_staff_is_made_once_and_holds_the_roles():
    logins = create_demo_staff()
    assert [role for _name, _password, role in logins] == [
        "Editors", "Medical reviewers", "Intake", "Intake leads", "Privacy officers",
        "Administrator",
    ]  # fmt: skip
    name, password, _role = logins[0]
    assert User.objects.get(username=name).check_password(password)
    assert User.objects.get(username="editor").has_perm("articles.publish_article")
    assert not User.objects.get(username="editor").has_perm("contact.view_callbackrequest")
    assert User.objects.get(username="intake").has_perm("contact.change_callbackrequest")
    assert not User.objects.get(username="intake").has_perm("articles.change_article")
    assert create_demo_staff() == []
    assert User.objects.count() == 6


def test_two_starts_prepare_the_site_one_after_the_other(monkeypatch):
    def prepare(self, **options):
        events.append("begun")
        time.sleep(0.3)
        events.append("ready")

    events, jobs = [], []
    monkeypatch.setattr(serve.Command, "prepare", prepare)
    monkeypatch.setattr(serve, "supervise", lambda commands, *_: jobs.append(commands["jobs"]))
    starts = [
        threading.Thread(target=call_start, args=(str(free_port()),), daemon=True)
        for _which in range(2)
    ]
    for start in starts:
        start.start()
    for start in starts:
        start.join()
    assert events == ["begun", "ready"] * 2
    assert [command[-1] for command in jobs] == ["--standby"] * 2


def call_start(port):
    with contextlib.suppress(SystemExit):
        call_command("serve", port=port, stdout=io.StringIO())


@pytest.mark.django_db
def test_demo_passwords_are_shown_even_if_the_start_is_stopped_right_after(settings, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    settings.SITE_IS_LOCAL = True
    monkeypatch.setattr(serve.Command, "collect_static", stop)
    monkeypatch.setattr(serve, "refuse_occupied", lambda *_: None)
    shown = io.StringIO()
    with pytest.raises(KeyboardInterrupt):
        call_command("serve", stdout=shown)
    found = re.search(r"^  editor +(\S+) +Editors$", shown.getvalue(), re.MULTILINE)
    assert User.objects.get(username="editor").check_password(found[1])
