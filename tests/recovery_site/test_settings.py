import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from recovery_site.env import database_config, read_env_file

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "DJANGO_SETTINGS_MODULE": "recovery_site.settings",
    "SITE_URL": "",
    "NETWORK_HOSTS": "",
    "INTAKE_EMAIL": "intake@example.org",
    "MAIL_URL": "smtp://localhost:25",
}
SHOW = """
from django.conf import settings
for name in ("ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS",
             "DEBUG", "SESSION_COOKIE_NAME", "SECURE_PROXY_SSL_HEADER", "MAILERS"):
    print(name, getattr(settings, name, None))
print(settings.DATABASES["default"])
"""


def python(*arguments, tmp_path, **variables):
    environment = {**os.environ, **GOOD, "DATA_DIR": str(tmp_path), "DATABASE_URL": "", **variables}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def shown(tmp_path, **variables):
    done = python("-c", SHOW, tmp_path=tmp_path, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", "", "SECRET_KEY is not set"),
        ("FIELD_KEYS", "", "FIELD_KEYS is not set"),
        ("INDEX_KEY", "", "INDEX_KEY is not set"),
        ("FIELD_KEYS", "short", "FIELD_KEYS"),
        ("SITE_URL", "desert.example", "SITE_URL is 'desert.example'"),
        ("DEBUG", "perhaps", "DEBUG is 'perhaps'; write True or False"),
        ("RETENTION_DAYS", "a year", "RETENTION_DAYS is 'a year'"),
        ("TIME_ZONE", "Mars/Olympus", "TIME_ZONE is 'Mars/Olympus'"),
        ("TRUSTED_PROXIES", "my-proxy", "TRUSTED_PROXIES is 'my-proxy'"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL"),
        ("MAIL_URL", "pigeon://x", "MAIL_URL makes no sense"),
        ("CACHE_URL", "memcached://x", "CACHE_URL makes no sense"),
        ("DATA_DIR", "/proc/nowhere", "DATA_DIR is '/proc/nowhere'"),
    ],
)
def test_wrong_variable_stops_the_start_with_one_sentence(tmp_path, name, value, says):
    done = python("manage.py", "check", **{"tmp_path": tmp_path, name: value})
    assert done.returncode != 0
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", " "),
        ("FIELD_KEYS", "hunter2"),
        ("INDEX_KEY", "hunter2"),
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
def test_secret_is_never_quoted_in_an_error(tmp_path, name, value):
    for command in (("manage.py", "check"), ("-c", "import recovery_site.wsgi")):
        done = python(*command, **{"tmp_path": tmp_path, name: value})
        said = done.stdout + done.stderr
        assert "hunter2" not in said
        if command[0] == "manage.py":
            assert done.returncode != 0
            assert name in said
            assert "Traceback" not in said


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
    done = python("manage.py", "migrate", "sessions", "-v0", tmp_path=inside)
    assert done.returncode == 0, done.stderr
    assert (inside / "site.sqlite3").is_file()
    assert [path.name for path in (tmp_path / "sites").iterdir()] == [name]


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


def test_debug_false_is_false(tmp_path):
    assert "DEBUG False" in shown(tmp_path, DEBUG="False")
    assert "DEBUG False" in shown(tmp_path, DEBUG="")
    assert "DEBUG True" in shown(tmp_path, DEBUG="True")


def test_local_site_answers_to_every_local_name(tmp_path):
    text = shown(tmp_path)
    assert "ALLOWED_HOSTS ['localhost', '127.0.0.1', '[::1]']" in text
    assert "SECURE_SSL_REDIRECT False" in text
    assert "SECURE_HSTS_SECONDS 0" in text


def test_local_site_answers_to_the_hosts_of_its_network(tmp_path):
    text = shown(tmp_path, NETWORK_HOSTS="desk,192.0.2.7,[fd00::2]")
    hosts = "['localhost', '127.0.0.1', '[::1]', 'desk', '192.0.2.7', '[fd00::2]']"
    assert f"ALLOWED_HOSTS {hosts}" in text


def test_nobody_is_warned_that_a_local_site_sends_no_mail(tmp_path):
    unset = {"INTAKE_EMAIL": "", "MAIL_URL": ""}
    local = python("manage.py", "check", tmp_path=tmp_path, **unset)
    assert local.returncode == 0
    assert "contact.W001" not in local.stderr
    public = {"SITE_URL": "https://www.example.org", "TRUSTED_PROXIES": "127.0.0.1"}
    done = python("manage.py", "check", tmp_path=tmp_path, **unset, **public)
    assert "contact.W001" in done.stderr


def test_https_site_is_strict(tmp_path):
    text = shown(
        tmp_path, SITE_URL="https://www.example.org/", TRUSTED_PROXIES="10.0.0.0/8",
        NETWORK_HOSTS="desk",
    )  # fmt: skip
    assert "ALLOWED_HOSTS ['www.example.org']" in text
    assert "SECURE_SSL_REDIRECT True" in text
    assert "SESSION_COOKIE_SECURE True" in text
    assert "SECURE_HSTS_SECONDS 31536000" in text
    assert "SESSION_COOKIE_NAME __Host-session" in text
    assert "HTTP_X_FORWARDED_PROTO" in text


def test_https_site_without_a_proxy_is_warned_about(tmp_path):
    done = python("manage.py", "check", tmp_path=tmp_path, SITE_URL="https://www.example.org")
    assert "recovery_site.W001" in done.stderr


def test_sqlite_is_durable(tmp_path):
    text = shown(tmp_path)
    assert "IMMEDIATE" in text
    assert "synchronous=FULL" in text or "synchronous=EXTRA" in text


def test_mail_url_is_understood(tmp_path):
    text = shown(tmp_path, MAIL_URL="smtp+tls://me:pass%40word@mail.example.org:587")
    assert "'host': 'mail.example.org'" in text
    assert "'password': 'pass@word'" in text
    assert "'use_tls': True" in text


def test_missing_packages_are_named(tmp_path):
    done = python("-S", "manage.py", "check", tmp_path=tmp_path)
    assert "is not installed. `make run`" in done.stderr
