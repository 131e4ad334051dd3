import ast
import re
from pathlib import Path

import articles

ROOM = Path(articles.__file__).parent
# By dotted name, app label or relation: what the import contracts cannot see.
OTHERS = re.compile(r"(faq|contact|recovery_site)(\.|:|$)")
REFLECTION = {"get_callable", "get_model", "import_module", "import_string", "__import__"}


def names_its_own_app(node):
    match node:
        case ast.Call(args=[ast.Constant(value="articles"), *_]):
            return True
    return False


def test_articles_reach_no_other_app_by_name():
    found = []
    for path in sorted(ROOM.rglob("*.py")):
        nodes = [*ast.walk(ast.parse(path.read_text("utf-8")))]
        own = {id(node.func) for node in nodes if names_its_own_app(node)}
        for node in nodes:
            match node:
                case ast.expr() if id(node) in own:
                    pass
                case ast.Constant(value=str(text)) if OTHERS.match(text):
                    found.append((path.name, node.lineno, text))
                case ast.Name(id=name) | ast.Attribute(attr=name) if name in REFLECTION:
                    found.append((path.name, node.lineno, name))
    assert found == []
