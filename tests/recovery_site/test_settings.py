import os
import re
import subprocess
import sys
import traceback
from contextlib import closing
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db.utils import ConnectionHandler

from recovery_site.environment.env import database_config, read_env_file

PUBLIC = "https://www.example.org"
ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DJANGO_SETTINGS_MODULE": "recovery_site.settings",
    "SITE_URL": "",
    "NETWORK_HOSTS": "",
    "INTAKE_EMAIL": "intake@example.org",
    "MAIL_URL": "smtp://localhost:25",
}


def environment(tmp_path, variables):
    return {**os.environ, **GOOD, "DATA_DIR": str(tmp_path), "DATABASE_URL": "", **variables}


def read(tmp_path, **variables):
    """The settings, read anew beside those of this process."""
    spec = find_spec("recovery_site.settings")
    module = module_from_spec(spec)
    with patch.dict(os.environ, environment(tmp_path, variables)):
        spec.loader.exec_module(module)
    return module


def python(*arguments, tmp_path, **variables):
    """A process that reads them: for what only a real start shows."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(tmp_path, variables),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("FIELD_KEYS", "", "FIELD_KEYS is not set"),
        ("INDEX_KEY", "", "INDEX_KEY is not set"),
        ("SITE_URL", "desert.example", "SITE_URL is 'desert.example'"),
        ("DEBUG", "perhaps", "DEBUG is 'perhaps'; write True or False"),
        ("REVIEW_REQUIRED", "perhaps", "REVIEW_REQUIRED is 'perhaps'; write True or False"),
        ("RETENTION_DAYS", "a year", "RETENTION_DAYS is 'a year'"),
        ("TIME_ZONE", "Mars/Olympus", "TIME_ZONE is 'Mars/Olympus'"),
        ("TRUSTED_PROXIES", "my-proxy", "TRUSTED_PROXIES is 'my-proxy'"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL"),
        ("MAIL_URL", "pigeon://x", "MAIL_URL makes no sense"),
        ("CACHE_URL", "memcached://x", "CACHE_URL makes no sense"),
        ("DATA_DIR", "/proc/nowhere", "DATA_DIR is '/proc/nowhere'"),
    ],
)
def test_wrong_variable_is_named_with_what_to_write(tmp_path, name, value, says):
    with pytest.raises(ImproperlyConfigured) as wrong:
        read(tmp_path, **{name: value})
    assert says in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_medical_content_needs_an_approval_unless_an_operator_says_otherwise(tmp_path):
    assert read(tmp_path).REVIEW_REQUIRED
    assert not read(tmp_path, REVIEW_REQUIRED="False").REVIEW_REQUIRED


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("DEBUG", "perhaps", "DEBUG is 'perhaps'; write True or False"),
        ("MAIL_URL", "pigeon://x", "MAIL_URL makes no sense"),
    ],
)
def test_wrong_variable_stops_the_start_with_one_sentence(tmp_path, name, value, says):
    done = python("manage.py", "check", **{"tmp_path": tmp_path, name: value})
    assert done.returncode != 0
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", " "),
        ("DATABASE_URL", "mysql://me:hunter2@db.example.org/site"),
        ("DATABASE_URL", "postgres://me:hunter2#x@db.example.org/site"),
        ("DATABASE_URL", "postgres://me:hunter2?x@db.example.org/site"),
        ("DATABASE_URL", "postgres://me:1/hunter2@db.example.org/site"),
        ("DATABASE_URL", "postgres://me:pass@word@[hunter2/site"),
        ("DATABASE_URL", "hunter2"),
        ("DATABASE_REPLICA_URL", "postgres://me:hunter2#x@db.example.org/site"),
        ("CACHE_URL", "http://:hunter2@redis.example.org"),
        ("CACHE_URL", "redis://:hunter2#x@redis.example.org"),
        ("MAIL_URL", "imap://me:hunter2@mail.example.org"),
        ("MAIL_URL", "smtp+tls://me:hunter2#x@mail.example.org:587"),
    ],
)
def test_secret_is_never_quoted_in_an_error(tmp_path, capfd, caplog, name, value):
    with pytest.raises(ImproperlyConfigured, match=name) as wrong:
        read(tmp_path, **{name: value})
    # A server prints the traceback, with every error that led to this one.
    assert "hunter2" not in "".join(traceback.format_exception(wrong.value))
    assert "hunter2" not in "".join(capfd.readouterr()) + caplog.text


def test_secret_is_never_quoted_by_a_server_that_can_not_start(tmp_path):
    address = "postgres://me:1/hunter2@db.example.org/site"
    done = python("-c", "import recovery_site.wsgi", tmp_path=tmp_path, DATABASE_URL=address)
    assert "DATABASE_URL makes no sense" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["FIELD_KEYS", "INDEX_KEYS"])
def test_wrong_key_is_named_but_not_quoted(settings, capfd, name):
    setattr(settings, name, ["hunter2"])
    with pytest.raises(SystemCheckError, match=name.replace("INDEX_KEYS", "INDEX_KEY")) as wrong:
        call_command("check")
    assert "hunter2" not in "".join([str(wrong.value), *capfd.readouterr()])


def test_wrong_keys_stop_the_start_without_a_traceback(tmp_path):
    wrong = {"FIELD_KEYS": "hunter2", "INDEX_KEY": "hunter2"}
    done = python("manage.py", "check", tmp_path=tmp_path, **wrong)
    assert done.returncode != 0
    for name in wrong:
        assert name in done.stderr
    assert "hunter2" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", ["SECRET_KEY = hunter2", "hunter2", "SECRET-KEY=hunter2"])
def test_unreadable_line_of_the_file_is_counted_not_quoted(tmp_path, line):
    (tmp_path / ".env").write_text(f"# A comment\n\n  # another\nexport DEBUG=False\n{line}\n")
    with pytest.raises(ImproperlyConfigured, match=r"Line 5 of .*\.env is not NAME=value") as wrong:
        read_env_file(tmp_path / ".env")
    assert "hunter2" not in str(wrong.value)


FOLDERS = ["#1", "what?", "50%", "100%25", "two words", "a+b", "ü:@"]


@pytest.mark.parametrize("name", FOLDERS)
def test_database_stays_inside_a_folder_of_any_name(tmp_path, name):
    inside = tmp_path / "sites" / name
    for connection in ConnectionHandler(read(inside).DATABASES).all():
        with closing(connection.get_new_connection(connection.get_connection_params())) as opened:
            asked = opened.execute("SELECT file FROM pragma_database_list")
            assert asked.fetchone() == (str(inside / "site.sqlite3"),)
    assert [path.name for path in (tmp_path / "sites").iterdir()] == [name]


def test_site_migrates_inside_a_folder_of_any_name(tmp_path):
    inside = tmp_path / "sites" / " ".join(FOLDERS)
    done = python("manage.py", "migrate", "sessions", "-v0", tmp_path=inside)
    assert done.returncode == 0, done.stderr
    assert (inside / "site.sqlite3").is_file()
    assert list((tmp_path / "sites").iterdir()) == [inside]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////srv/a #1/what?/site.sqlite3", "/srv/a #1/what?/site.sqlite3"),
        ("sqlite:////srv/a%20%231/50%/a+b.sqlite3", "/srv/a #1/50%/a+b.sqlite3"),
        ("sqlite:///var/site.sqlite3", str(ROOT / "var/site.sqlite3")),
    ],
)
def test_sqlite_url_is_a_path(url, path):
    assert str(database_config(url)["NAME"]) == path


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "sqlite://:memory:", "sqlite://var/x"])
def test_sqlite_url_without_a_path_is_refused(url):
    with pytest.raises(ValueError, match="no path"):
        database_config(url)


@pytest.mark.parametrize(
    ("value", "is_on"), [("False", False), ("false", False), ("", False), ("True", True)]
)
def test_debug_false_is_false(tmp_path, value, is_on):
    assert read(tmp_path, DEBUG=value).DEBUG is is_on


def test_local_site_answers_to_every_local_name(tmp_path):
    site = read(tmp_path)
    assert site.ALLOWED_HOSTS == ["localhost", "127.0.0.1", "[::1]"]
    for name in ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS"):
        assert not hasattr(site, name)


def test_local_site_answers_to_the_hosts_of_its_network(tmp_path):
    site = read(tmp_path, NETWORK_HOSTS="desk,192.0.2.7,[fd00::2]")
    hosts = ["localhost", "127.0.0.1", "[::1]", "desk", "192.0.2.7", "[fd00::2]"]
    assert hosts == site.ALLOWED_HOSTS


NO_MAIL = {"INTAKE_EMAIL": "", "MAIL_URL": ""}


@pytest.mark.django_db
def test_nobody_is_warned_that_a_local_site_sends_no_mail(tmp_path, settings, capfd):
    local = read(tmp_path, **NO_MAIL)
    for name in (*NO_MAIL, "SILENCED_SYSTEM_CHECKS"):
        setattr(settings, name, getattr(local, name))
    call_command("check")
    assert "contact.W001" not in capfd.readouterr().err


def test_public_site_without_mail_or_a_proxy_is_warned_about(tmp_path):
    done = python("manage.py", "check", tmp_path=tmp_path, SITE_URL=PUBLIC, **NO_MAIL)
    assert done.returncode == 0
    assert "contact.W001" in done.stderr
    assert "recovery_site.W001" in done.stderr


def test_https_site_is_strict(tmp_path):
    site = read(tmp_path, SITE_URL=f"{PUBLIC}/", TRUSTED_PROXIES="10.0.0.0/8", NETWORK_HOSTS="desk")
    assert site.ALLOWED_HOSTS == ["www.example.org"]
    assert site.SECURE_SSL_REDIRECT
    assert site.SESSION_COOKIE_SECURE
    assert site.CSRF_COOKIE_SECURE
    assert site.SESSION_COOKIE_HTTPONLY
    assert site.CSRF_COOKIE_HTTPONLY
    assert site.SESSION_COOKIE_SAMESITE == site.CSRF_COOKIE_SAMESITE == "Lax"
    assert site.SECURE_HSTS_SECONDS == 31536000
    assert (site.SESSION_COOKIE_NAME, site.CSRF_COOKIE_NAME) == ("__Host-session", "__Host-csrf")
    assert site.SECURE_PROXY_SSL_HEADER == ("HTTP_X_FORWARDED_PROTO", "https")


def test_sqlite_is_durable(tmp_path):
    options = read(tmp_path).DATABASES["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert re.search("synchronous=(FULL|EXTRA)", options["init_command"])


def test_mail_url_is_understood(tmp_path):
    site = read(tmp_path, MAIL_URL="smtp+tls://me:pass%40word@mail.example.org:587")
    server = site.MAILERS["default"]["OPTIONS"]
    assert server["host"] == "mail.example.org"
    assert server["password"] == "pass@word"
    assert server["use_tls"] is True


def test_missing_packages_are_named(tmp_path):
    done = python("-S", "manage.py", "check", tmp_path=tmp_path)
    assert "is not installed. `make run`" in done.stderr
