"""Static files as they go out: named by what is in them, without what only their authors read."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What visitors' pages load. No script there has text that runs over several lines.
SQUEEZED = "site"


def squeeze_style(text: str) -> str:
    """The same style sheet without comments and unneeded space."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};,]) ?", r"\1", text)
    return text.replace(": ", ":").replace(";}", "}").strip()


def squeeze_script(text: str) -> str:
    """The same script without comments that fill a line, and without indentation."""
    return re.sub(r"^\s*(//.*\n)?", "", text, flags=re.MULTILINE)


SQUEEZE = {".css": squeeze_style, ".js": squeeze_script}


class SiteFiles(CompressedManifestStaticFilesStorage):
    """Hashed, compressed, and the visitors' own styles and scripts squeezed."""

    def file_hash(self, name: str | None, content: File[Any] | None = None) -> str:
        # Without a name, it is the list of all names that is hashed.
        if name and content:
            content = squeezed(name, content)
        return str(super().file_hash(name, content))

    def _save(self, name: str, content: File[Any]) -> str:
        return str(super()._save(name, squeezed(name, content)))


def squeezed(name: str, content: File[Any]) -> File[Any]:
    """What is sent for the file called `name`: `content` itself unless it is ours to squeeze."""
    path = PurePath(name)
    squeeze = SQUEEZE.get(path.suffix)
    if squeeze is None or path.parts[0] != SQUEEZED:
        return content
    content.seek(0)
    return ContentFile(squeeze(content.read().decode()).encode())
