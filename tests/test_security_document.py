"""docs/security.md: each promise names the tests that hold it."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs/security.md").read_text()
ASVS = (ROOT / "docs/asvs.md").read_text()
# How many requirements of levels 1 and 2 each section of ASVS 5.0 has; they are numbered from 1.
ASVS_SECTIONS = (
    "1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 "
    "4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 "
    "7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4 "
    "10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 "
    "13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 "
    "16.4:3 16.5:3 17.1:1 17.2:4 17.3:2"
)


@cache
def names_in(path):
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_each_promise_names_tests_that_exist():
    promises = TEXT.partition("## Promises")[2].partition("\n## ")[0]
    rows = [row for row in promises.splitlines() if row.startswith("|")][2:]
    assert len(rows) > 25
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row)
        assert named, row
        for path, name in named:
            assert name in names_in(path), (path, name)


def test_each_requirement_of_asvs_is_answered_once():
    rows = [row.split(" | ") for row in ASVS.splitlines() if re.match(r"\| \d", row)]
    wanted = [
        f"{section}.{number}"
        for section, count in (each.split(":") for each in ASVS_SECTIONS.split())
        for number in range(1, int(count) + 1)
    ]
    assert [row[0].strip("| ") for row in rows] == wanted
    told = dict(re.findall(r"^- \*\*(.+?)\*\* \((\d+)\)", ASVS, re.MULTILINE))
    for kind, count in told.items():
        assert sum(row[2] == kind for row in rows) == int(count), kind
    assert {row[2] for row in rows} == set(told)


def test_each_requirement_that_is_tested_names_its_tests():
    for row in ASVS.splitlines():
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", row)
        assert bool(named) == (" | tested | " in row), row
        for path, name in named:
            assert name in names_in(path), (path, name)


def test_what_is_said_of_keys_is_true():
    keys = (ROOT / "contact/privacy/keys.py").read_text()
    assert ("derive(settings.SECRET_KEY" in keys) == ("`SECRET_KEY` | Sessions, signed" in TEXT)
