"""A throw-away copy of this site, with its starter content and fresh secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bench.laboratory.servers import ROOT, WORKERS
from recovery_site.environment.make_env_file import fresh_key

# The longest article is the page that is measured. Port 0 is replaced by a free one.
FIND = f"""
import json
from django.db.models.functions import Length
from articles.models import Article
from recovery_site.management.commands import serve
found = Article.objects.published().order_by(-Length("live__rendered"))[0]
words = [found.get_absolute_url(), found.live.title, found.live.body]
print(json.dumps([serve.ALLOCATORS, serve.web_server("127.0.0.1", 0, {WORKERS}), *words]))
"""


class Site(NamedTuple):
    """A site that is ready to be served, and its longest article."""

    environment: dict[str, str]
    data: Path
    # The environment and command with which `manage.py serve` starts the web server.
    allocators: dict[str, str]
    web_server: list[str]
    path: str
    title: str
    body: str

    @property
    def pages(self) -> Path:
        """The pages of the current content version, which nginx serves."""
        return self.data / "pages" / "current"

    def page_files(self) -> list[Path]:
        """The longest article there, in every coding."""
        return sorted((self.pages / self.path.strip("/")).glob("index.html*"))


def fresh_environment(data: Path, database_url: str = "") -> dict[str, str]:
    """Environment variables that override the settings of the site in this folder."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "recovery_site.settings",
        **{name: fresh_key() for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")},
        "DATA_DIR": str(data),
        "DATABASE_URL": database_url,
        # What is published here is made up.
        "REVIEW_REQUIRED": "False",
        **dict.fromkeys(("DATABASE_REPLICA_URL", "CACHE_URL", "SITE_URL", "DEBUG"), ""),
    }


def prepare(data: Path, database_url: str = "", changes: Mapping[str, str] | None = None) -> Site:
    """Make the database, content and static files in `data`. Raises CalledProcessError.

    `changes` are settings in the environment that differ from the usual ones.
    """
    environment = fresh_environment(data, database_url) | dict(changes or {})
    data.mkdir(exist_ok=True)
    for command in (
        ["migrate", "--verbosity=0"],
        ["load_starter_content"],
        ["collectstatic", "--verbosity=0", "--no-input"],
    ):
        manage(environment, *command)
    printed = manage(environment, "shell", "--no-imports", "-c", FIND)
    found = json.loads(printed.splitlines()[-1])
    return Site(environment | found[0], data, *found)


def publish_pages(site: Site) -> None:
    """Make all pages. Without `run_jobs`, this also tells the workers the content version."""
    manage(site.environment, "publish_pages")


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run `manage.py` and return what it printed."""
    ran = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return ran.stdout


def serve(port: int) -> list[str]:
    """The whole site with its jobs, as `make run` starts it."""
    return [sys.executable, "manage.py", "serve", "--port", str(port)]
