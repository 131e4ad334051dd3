"""What docs say of names, held by reading the code: a predicate answers, `_` waits."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("articles", "contact", "faq", "recovery_site")
# `None`: not known without the database. `Q`: the database answers, row by row.
ANSWERS = {"bool", "bool | None", "Q"}


@pytest.fixture(scope="module")
def trees():
    paths = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return {
        path.relative_to(ROOT): ast.parse(path.read_text())
        for path in paths
        if "migrations" not in path.parts
    }


def found(trees, kind):
    return [(path, node) for path, tree in trees.items() for node in ast.walk(tree)
            if isinstance(node, kind)]  # fmt: skip


def test_underscore_is_translated_when_it_is_shown(trees):
    immediate = [
        f"{path}:{node.lineno}"
        for path, node in found(trees, ast.ImportFrom)
        for name in node.names
        if name.asname == "_" and name.name != "gettext_lazy"
    ]
    assert immediate == [], "import gettext under its own name"


def test_what_is_called_is_something_answers_and_never_raises(trees):
    wrong = []
    for path, node in found(trees, ast.FunctionDef):
        if node.name.startswith("is_"):
            raises = any(isinstance(each, ast.Raise) for each in ast.walk(node))
            answer = ast.unparse(node.returns) if node.returns else "nothing"
            if raises or answer not in ANSWERS:
                wrong.append(f"{path}:{node.lineno} {node.name}")
    assert wrong == [], "what raises is a verb: require_holder"
