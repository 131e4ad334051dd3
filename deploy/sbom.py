"""Print what the site is built of (SBOM), as CycloneDX 1.6: `make sbom`, without a network.

Packages, versions and hashes are those of requirements.lock; licences are those that the installed
packages state.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"
ENTRY = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;\\]+)([^\n]*(?:\n[ ]+[^\n]*)*)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
LICENSE = "License :: "


def bill_of_materials(lock: Path = LOCK) -> dict[str, Any]:
    components = [component(*found) for found in ENTRY.findall(lock.read_text("utf-8"))]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "desert-bloom-recovery"}},
        "components": components,
    }


def component(name: str, version: str, rest: str) -> dict[str, Any]:
    address = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        # One for each file that pip may choose.
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{name}/{version}/",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in HASH.findall(rest)],
            }
        ],
    }
    if licenses := licenses_of(name):
        found["licenses"] = licenses
    return found


def licenses_of(name: str) -> list[dict[str, Any]]:
    """What the installed package states; nothing for one that this machine does not need."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return []
    if expression := about.get("License-Expression"):
        return [{"expression": expression}]
    classified = [each for each in about.get_all("Classifier") or () if each.startswith(LICENSE)]
    names = [each.rpartition(" :: ")[2] for each in classified]
    if not names and (stated := about.get("License")):
        # Some put the whole text there.
        names = [stated.strip().splitlines()[0]]
    return [{"license": {"name": each}} for each in names]


if __name__ == "__main__":
    json.dump(bill_of_materials(), sys.stdout, indent=1)
    sys.stdout.write("\n")
