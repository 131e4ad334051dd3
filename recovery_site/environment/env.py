"""Read settings from the environment and `.env`; a wrong value stops the start."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# A line as django-environ reads it, a comment or nothing.
ENV_LINE = re.compile(r"(export )?\w+=.*|\s*(#.*)?", re.ASCII)
env = environ.Env()


def read_env_file(path: Path) -> None:
    """Take over the variables of the file that the environment does not set."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        if not ENV_LINE.fullmatch(line):
            # django-environ would log the line, which may hold a secret.
            raise ImproperlyConfigured(f"Line {number} of {path} is not NAME=value.")
    env.read_env(path)


def env_str(name: str, default: str = "") -> str:
    """The variable's value; empty counts as unset."""
    return env.str(name, "").strip() or default


def env_required(name: str, how: str) -> str:
    if value := env_str(name):
        return value
    raise ImproperlyConfigured(f"{name} is not set. {how}")


def env_parsed[T](
    name: str, default: str, parse: Callable[[str], T], how: str, *, secret: bool = False
) -> T:
    """The variable's value, parsed. An error quotes the value unless it is secret."""
    try:
        return parse(env_str(name, default))
    except (ValueError, KeyError, OSError) as wrong:
        if not secret:
            raise ImproperlyConfigured(f"{name} is {env_str(name)!r}; write {how}.") from wrong
    # Outside the handler: a parser's own error quotes parts of the value in a traceback.
    raise ImproperlyConfigured(f"{name} makes no sense; write {how}.")


def env_flag(name: str, default: str) -> bool:
    """Return a setting that is on or off; raise ImproperlyConfigured for any other word."""
    flags = {"true": True, "false": False}
    return env_parsed(name, default, lambda value: flags[value.lower()], "True or False")


def env_database(name: str) -> dict[str, Any]:
    """Django's settings of the database that the variable names; empty if it is unset."""
    how = (
        "sqlite:///path or postgres://user:password@host:5432/name; in the password, %23 stands "
        "for #, %2F for /, %3F for ?, %40 for @"
    )
    return env_parsed(name, "", database_config, how, secret=True)


def env_cache(name: str) -> dict[str, Any]:
    """Django's cache: in a Redis that several machines share, else in each process."""
    how = "redis://host:6379/0, or nothing: each process counts for itself"
    return env_parsed(name, "", cache_config, how, secret=True)


def env_mailer(name: str) -> dict[str, Any]:
    """Django's mailer: a mail server, else the console."""
    return env_parsed(name, "", mailer_config, "smtp+tls://user:password@host:587", secret=True)


def csv(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def contact_address(value: str) -> str:
    """Where to report a weakness, as security.txt names it (RFC 9116); or nothing."""
    if value and not value.startswith(("mailto:", "https://", "tel:")):
        raise ValueError("not an address of mail, web or telephone")
    if any(each.isspace() for each in value):
        raise ValueError("it would end its line")
    return value


def networks(value: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(part, strict=False) for part in csv(value)]


def database_config(url: str) -> dict[str, Any]:
    """Django's settings of the database; none for an empty URL. Raises ValueError."""
    scheme, _separator, rest = url.partition("://")
    if not url:
        return {}
    if scheme == "sqlite":
        return sqlite_config(rest)
    parts = urlsplit(url)
    if scheme not in ("postgres", "postgresql"):
        raise ValueError("neither SQLite nor PostgreSQL")
    if "@" in parts.path + parts.query + parts.fragment or parts.fragment:
        raise ValueError("a sign in the password ends the URL's host")
    return env.db_url_config(url)


def sqlite_config(rest: str) -> dict[str, Any]:
    """`rest` follows `sqlite://`. A path, not a URL: `#` and `?` belong to a folder's name."""
    path = unquote(rest.removeprefix("/"))
    if not rest.startswith("/") or not path:
        raise ValueError("no path")
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / path}


def cache_config(url: str) -> dict[str, Any]:
    """Django's settings of the cache; counters in each process for an empty URL."""
    if not url:
        backend = "django.core.cache.backends.locmem.LocMemCache"
        # Large enough that an attacker cannot evict the counters of others.
        return {"BACKEND": backend, "OPTIONS": {"MAX_ENTRIES": 100_000}}
    from redis.connection import parse_url

    parse_url(url)
    if urlsplit(url).fragment:
        raise ValueError("a sign in the password ends the URL's host")
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


def mailer_config(url: str) -> dict[str, Any]:
    """Django's settings of the mailer; the console for an empty URL. Raises ValueError."""
    if not url:
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend", "OPTIONS": {}}
    parts = urlsplit(url)
    if parts.scheme not in environ.Env.EMAIL_SCHEMES or parts.fragment:
        raise ValueError("not a mail server")
    config = env.email_url_config(url)
    return {
        "BACKEND": config["EMAIL_BACKEND"],
        "OPTIONS": {
            "host": config["EMAIL_HOST"],
            "port": config["EMAIL_PORT"],
            "username": config["EMAIL_HOST_USER"],
            "password": config["EMAIL_HOST_PASSWORD"],
            "use_tls": config.get("EMAIL_USE_TLS", False),
            "use_ssl": config.get("EMAIL_USE_SSL", False),
            "timeout": 20,
        },
    }
