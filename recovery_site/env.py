"""What the environment, or `.env`, says; a value that makes no sense stops the start."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")


def env_str(name: str, default: str = "") -> str:
    """The variable's value; empty counts as unset."""
    return env.str(name, "").strip() or default


def env_required(name: str, how: str) -> str:
    if value := env_str(name):
        return value
    raise ImproperlyConfigured(f"{name} is not set. {how}")


def env_parsed[T](name: str, default: str, parse: Callable[[str], T], how: str) -> T:
    """The variable's value, parsed; what cannot be parsed stops the start with one sentence."""
    try:
        return parse(env_str(name, default))
    except (ValueError, KeyError, OSError) as wrong:
        raise ImproperlyConfigured(f"{name} is {env_str(name)!r}; write {how}.") from wrong


def csv(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def database_config(url: str) -> dict[str, Any]:
    if urlsplit(url).scheme not in ("sqlite", "postgres", "postgresql"):
        raise ValueError(url)
    return env.db_url_config(url)


def cache_config(url: str) -> dict[str, Any]:
    """Django's cache: in a Redis that several machines share, else in each process."""
    if not url:
        backend = "django.core.cache.backends.locmem.LocMemCache"
        return {"BACKEND": backend, "OPTIONS": {"MAX_ENTRIES": 100_000}}
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ValueError(url)
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        # A form must not wait for a counter.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }


def data_dir(path: str) -> Path:
    folder = (BASE_DIR / path).resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def mail_config(url: str) -> dict[str, Any]:
    if urlsplit(url).scheme not in environ.Env.EMAIL_SCHEMES:
        raise ValueError(url)
    return env.email_url_config(url)
