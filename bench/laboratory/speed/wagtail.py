"""Wagtail to compare with: its own demo where it can be cloned, else a page of the same words.

Everything lives in a cache folder outside the project and is made once. The demo runs under its
production settings, with WAGTAIL and this site's Django in place of the older ones that it asks
for. `cached` adds what Django's documentation offers for a whole site: its cache middleware, in the
process's memory, around compressed answers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from bench.laboratory.servers import ROOT
from bench.laboratory.site import Site

DEMO = "https://github.com/wagtail/bakerydemo"
CLONE_SECONDS = 120
WAGTAIL = "8.0.1"
# Requirements of the demo that ours replace; its plug-ins are named `wagtail-…`.
OURS = ("django>", "django=", "django~", "wagtail>", "wagtail=", "wagtail~")
COMMON = """
SECRET_KEY = "only-for-measuring-on-this-machine"
ALLOWED_HOSTS = ["*"]
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
LOGGING = {}
"""
CACHED = """from bench_plain import *
MIDDLEWARE = [
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    *MIDDLEWARE,
    "django.middleware.cache.FetchFromCacheMiddleware",
]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CACHE_MIDDLEWARE_SECONDS = 24 * 3600
"""
# The longest blog page.
FIND = """
from django.apps import apps
pages = apps.get_model("blog", "BlogPage").objects.live()
page = max(pages, key=lambda page: len(str(page.body)))
print(page.relative_url(page.get_site()))
"""
MODELS = """from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page


class BlogPage(Page):
    date = models.DateField("Post date", auto_now_add=True)
    body = RichTextField(blank=True)
    content_panels = [*Page.content_panels, FieldPanel("body")]
"""
TEMPLATE = """{% extends "base.html" %}
{% load wagtailcore_tags %}
{% block content %}<h1>{{ page.title }}</h1><p>{{ page.date }}</p>{{ page.body|richtext }}
{% endblock %}
"""
FILL = """
import json
from blog.models import BlogPage
from wagtail.models import Site
title, body = json.load(open("article.json"))
root = Site.objects.get().root_page
root.add_child(instance=BlogPage(title=title, slug="article", body=body))
"""


class LeftOut(Exception):
    """Why there is nothing to compare with, in one sentence."""


class Demo(NamedTuple):
    """A Wagtail site that is ready to be served."""

    what: str
    is_demo: bool
    folder: Path
    application: str
    path: str

    @property
    def python(self) -> Path:
        return self.folder / "venv" / "bin" / "python"

    def environment(self, *, cached: bool) -> dict[str, str]:
        chosen = "bench_cached" if cached else "bench_plain"
        return _environment(self.folder / "code", chosen)


def prepare(cache: Path, site: Site, source: str) -> Demo:
    """The demo of `source`, or a Wagtail of PyPI with the article of `site`. Raises LeftOut."""
    try:
        return _prepare(cache, site, source)
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", "") or str(error)
        last = said.strip().splitlines()[-1:] or [type(error).__name__]
        raise LeftOut(f"Wagtail is left out: {last[0]}") from error


def _prepare(cache: Path, site: Site, source: str) -> Demo:
    from_demo = _reachable(source)
    folder = cache / f"wagtail-{WAGTAIL}-{'bakerydemo' if from_demo else 'page'}"
    made = folder / "made.json"
    if not made.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        made_as = _make_demo(folder, source) if from_demo else _make_page(folder, site)
        made.write_text(json.dumps(made_as))
    what, application, path = json.loads(made.read_text())
    return Demo(what, from_demo, folder, application, path)


def _reachable(source: str) -> bool:
    """Whether git finds the demo there."""
    if not shutil.which("git"):
        return False
    quiet = os.environ | {"GIT_TERMINAL_PROMPT": "0"}
    try:
        asked = subprocess.run(
            ["git", "ls-remote", "--quiet", source, "HEAD"],
            capture_output=True, env=quiet, timeout=20, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


def _make_demo(folder: Path, source: str) -> tuple[str, str, str]:
    code = folder / "code"
    _run(["git", "clone", "--quiet", "--depth=1", source, code], timeout=CLONE_SECONDS)
    commit = _run(["git", "-C", code, "rev-parse", "--short=10", "HEAD"]).strip()
    asked = (code / "requirements" / "base.txt").read_text().splitlines()
    others = [line for line in asked if line and not line.lower().startswith(OURS)]
    _install(folder, *others, "whitenoise")
    plain = (
        f"from bakerydemo.settings.production import *\n{COMMON}"
        f'DATABASES["default"]["NAME"] = {str(folder / "site.sqlite3")!r}\n'
    )
    _manage(folder, plain, ["migrate"], ["load_initial_data"], ["collectstatic", "--no-input"])
    path = _manage(folder, plain, ["shell", "-c", FIND])
    versions = _versions(folder)
    what = f"Wagtail's demo is wagtail/bakerydemo at {commit}, production settings ({versions})"
    return what, "bakerydemo.wsgi:application", path


def _make_page(folder: Path, site: Site) -> tuple[str, str, str]:
    _install(folder, "whitenoise")
    code, bin_folder = folder / "code", folder / "venv" / "bin"
    code.mkdir()
    _run([bin_folder / "wagtail", "start", "demo", code])
    _run([bin_folder / "python", "manage.py", "startapp", "blog"], cwd=code)
    (code / "blog" / "models.py").write_text(MODELS)
    templates = code / "blog" / "templates" / "blog"
    templates.mkdir(parents=True)
    (templates / "blog_page.html").write_text(TEMPLATE)
    (code / "article.json").write_text(json.dumps([site.title, site.body]))
    plain = (
        f"from demo.settings.production import *\n{COMMON}"
        'INSTALLED_APPS = [*INSTALLED_APPS, "blog"]\n'
        f'DATABASES["default"]["NAME"] = {str(folder / "site.sqlite3")!r}\n'
    )
    steps = (["makemigrations", "blog"], ["migrate"], ["shell", "-c", FILL])
    _manage(folder, plain, *steps, ["collectstatic", "--no-input"])
    path = _manage(folder, plain, ["shell", "-c", FIND])
    versions = _versions(folder)
    what = f"The plain Wagtail page is our article in what `wagtail start` makes ({versions})"
    return what, "demo.wsgi:application", path


def _install(folder: Path, *packages: str) -> None:
    """An environment of its own, with WAGTAIL and the Django and Granian of this site."""
    asked = (ROOT / "requirements.txt").read_text().splitlines()
    same = [line for line in asked if line.lower().startswith(("django==", "granian"))]
    _run([sys.executable, "-m", "venv", folder / "venv"])
    pip: list[str | Path] = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet"]
    pip += ["--disable-pip-version-check", f"wagtail=={WAGTAIL}", *same, *packages]
    _run(pip, timeout=600)


def _manage(folder: Path, settings: str, *commands: list[str]) -> str:
    """Run the demo's commands; the last line that the last one printed."""
    code = folder / "code"
    (code / "bench_plain.py").write_text(settings)
    (code / "bench_cached.py").write_text(CACHED)
    for command in commands:
        printed = _run(
            [folder / "venv" / "bin" / "python", "manage.py", *command],
            cwd=code,
            env=_environment(code, "bench_plain"),
        )
    return (printed.strip().splitlines() or [""])[-1]


def _versions(folder: Path) -> str:
    tell = (
        "import django, wagtail;"
        "print(f'Wagtail {wagtail.__version__}, Django {django.__version__}')"
    )
    return _run([folder / "venv" / "bin" / "python", "-c", tell]).strip()


def _environment(code: Path, settings: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": str(code)}


def _run(
    command: list[str | Path],
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    timeout: float = 300,
) -> str:
    ran = subprocess.run(
        command, cwd=cwd, env=env, timeout=timeout, capture_output=True, text=True, check=True
    )
    return ran.stdout
