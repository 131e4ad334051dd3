"""The page that nginx or a balancer shows while the application does not answer."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string

from recovery_site.context_processors import current_site


def unavailable_file() -> Path:
    """The place that deploy/nginx-site.conf names."""
    return Path(settings.DATA_DIR) / "unavailable" / "index.html"


def write_unavailable_page() -> None:
    """Write the page with the centre's name and number. Raise OSError if the disk refuses."""
    content = render_to_string("unavailable.html", {"site": current_site()}).encode()
    file = unavailable_file()
    if file.is_file() and file.read_bytes() == content:
        return
    file.parent.mkdir(mode=0o775, parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.write_bytes(content)
    new.replace(file)
