"""Which release of the site made a page: its code, templates, static files and settings."""

from __future__ import annotations

import hashlib
from functools import cache

import django
from django.conf import settings

RENDERING_SUFFIXES = {".py", ".html", ".svg", ".mo"}
SHOWN_SETTINGS = (
    "SITE_URL", "SITE_NAME", "SITE_PHONE", "SECURITY_CONTACT",
    "TIME_ZONE", "LANGUAGE_CODE", "LANGUAGES",
    "SECURE_CSP", "PAGE_CSP", "STATIC_URL", "SECURE_HSTS_SECONDS",
)  # fmt: skip


@cache
def release_id() -> str:
    """Changes whenever pages may look different although their content did not change."""
    digest = hashlib.blake2b(django.__version__.encode(), digest_size=12)
    for name in SHOWN_SETTINGS:
        value = getattr(settings, name, None)
        digest.update(f"{name}={value!s}\n".encode())
    files = [settings.STATIC_ROOT / "staticfiles.json"]
    for name in (*settings.SITE_APPS, "templates"):
        folder = settings.BASE_DIR / name
        files += sorted(file for file in folder.rglob("*") if file.suffix in RENDERING_SUFFIXES)
    for file in files:
        if file.is_file():
            digest.update(f"{file.name}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
