"""Counters of log-in tries and posts in a real Redis, which all machines share."""

import shutil
import socket
import subprocess
import time

import pytest
from django.core.cache import caches

from contact.privacy import rate_limit
from recovery_site.environment.env import cache_config
from tests.factories import make_staff
from tests.waiting import free_port

pytestmark = pytest.mark.django_db
LOGIN = {"username": "erin", "password": "a long passphrase", "next": "/admin/"}


@pytest.fixture
def redis(settings, tmp_path):
    """The process; the site counts in it."""
    if not shutil.which("redis-server"):
        pytest.skip("no Redis: `apt install redis-server`")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen([*command, "--dir", tmp_path], stdout=subprocess.DEVNULL)
    settings.CACHES = {"default": cache_config(f"redis://127.0.0.1:{port}/0")}
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


def test_posts_are_counted_by_all_together(redis):
    assert [rate_limit.allows_subject("form", "somebody", 2, 60) for _ in range(2)] == [True, True]
    # Another process has connections of its own.
    caches["default"].close()
    assert not rate_limit.allows_subject("form", "somebody", 2, 60)
    assert rate_limit.allows_subject("form", "somebody else", 2, 60)


def test_staff_log_in_and_visitors_send_while_redis_is_away(redis, client):
    make_staff("Editors", username="erin")
    redis.kill()
    redis.wait()
    assert client.post("/admin/login/", LOGIN | {"password": "wrong"}).status_code == 200
    assert client.post("/admin/login/", LOGIN).status_code == 302
    assert rate_limit.allows_subject("form", "somebody", 1, 60)
