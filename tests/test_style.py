"""Names, held by reading the code: a predicate answers, `_` waits, each word means one thing."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("articles", "contact", "faq", "recovery_site")
# `None`: not known without the database. `Q`: the database answers, row by row.
ANSWERS = {"bool", "bool | None", "Q"}
# Defined by several modules, which mean the same by it.
FRAMEWORKS = {"Command", "app_name", "logger", "main", "register", "urlpatterns"}
SAME_MEANING = {
    *("BASE_DIR", "BATCH", "CompiledQuery", "EPOCH", "FORMAT_VERSION", "Headers"),
    *("LOOK_SECONDS", "MAX_NAMED", "MOST_NAMED", "NOBODY", "NOTHING", "PatternError"),
    *("SHORTEST_TYPO", "SUITE", "View", "application", "collect", "concerns", "digest_of", "file"),
    *("forget_old", "from_records", "lock", "read", "send_due", "take_back", "write"),
}


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


def test_a_public_name_has_one_meaning(trees):
    modules = defaultdict(set)
    for path, tree in trees.items():
        for node in tree.body:
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    modules[name].add(path)
                case ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                    modules[name].add(path)
                case ast.Assign(targets=targets):
                    for each in (part for target in targets for part in ast.walk(target)):
                        match each:
                            case ast.Name(id=name, ctx=ast.Store()):
                                modules[name].add(path)
    shared = {name for name, where in modules.items() if len(where) > 1 and name[0] != "_"}
    new = {name: sorted(map(str, modules[name])) for name in shared - FRAMEWORKS - SAME_MEANING}
    assert new == {}, "call one of them otherwise; or list it here, if both mean the same"
    assert sorted(SAME_MEANING - shared) == [], "defined once by now: take it off the list"
