"""What a screen reader says of a page, told from the accessibility tree that Chromium gives it.

A screen reader that runs beside the tests would bring Node and npm; this needs nothing new, and the
tree is what every screen reader is given.
"""

from __future__ import annotations

from typing import Any

# Only their contents are said.
_SAID_WITHOUT_NAME = {"list", "alert"}
_SILENT = {
    "ListMarker",
    "generic",
    "paragraph",
    "none",
    "InlineTextBox",
    "Section",
    "LineBreak",
    "LabelText",
}
# What they hold is said with their name.
_WHOLE = {
    "button",
    "link",
    "radio",
    "checkbox",
    "textbox",
    "option",
    "heading",
    "DisclosureTriangle",
}
_STATES = ("required", "invalid", "checked", "expanded", "focused", "level")


def speech(page: Any, of: str = "main") -> list[str]:
    """Return one line for each stop of a reader who goes through the page's part with role `of`."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    nodes = {node["nodeId"]: node for node in tree}
    start = next(node for node in tree if _role(node) == of)
    lines: list[str] = []
    _walk(start, nodes, lines)
    return lines


def _role(node: dict[str, Any]) -> str:
    return "" if node.get("ignored") else node.get("role", {}).get("value", "")


def _walk(node: dict[str, Any], nodes: dict[str, Any], lines: list[str]) -> None:
    role = _role(node)
    name = " ".join(node.get("name", {}).get("value", "").split())
    if role == "StaticText":
        lines.append(name)
    elif role in _SAID_WITHOUT_NAME or (name and role and role not in _SILENT):
        lines.append(_line(node, role, name))
    if role in _WHOLE:
        return
    for child in node.get("childIds", []):
        if child in nodes:
            _walk(nodes[child], nodes, lines)


def _line(node: dict[str, Any], role: str, name: str) -> str:
    found = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
    said = [_state(state, found[state]) for state in _STATES if found.get(state) is not None]
    about = " ".join(node.get("description", {}).get("value", "").split())
    return ", ".join(part for part in (f"{role} {name}".strip(), *said, about) if part)


def _state(state: str, value: Any) -> str:
    if value in (False, "false"):
        return {"checked": "not checked", "expanded": "collapsed"}.get(state, "")
    return f"level {value}" if state == "level" else state
