"""docs/security.md: each promise names the tests that hold it."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs/security.md").read_text()


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


def test_what_is_said_of_keys_is_true():
    keys = (ROOT / "contact/privacy/keys.py").read_text()
    assert ("derive(settings.SECRET_KEY" in keys) == ("`SECRET_KEY` | Sessions, signed" in TEXT)
