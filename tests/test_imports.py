"""No module needs one that needs it, not even by an import inside a function.

Which rooms may know which stands in pyproject.toml, for import-linter.
"""

from graphlib import CycleError, TopologicalSorter

import grimp

APPS = ("articles", "contact", "faq", "recovery_site")
# As in django.contrib.sessions, a session knows the store that knows its model.
KNOWN = {"recovery_site.sign_in.models": {"recovery_site.sign_in.sessions.sessions"}}


def needed():
    """For each module those that it imports, but for names in annotations alone."""
    graph = grimp.build_graph(*APPS, exclude_type_checking_imports=True, cache_dir=None)
    return {
        module: graph.find_modules_directly_imported_by(module) - KNOWN.get(module, set())
        for module in graph.modules
    }


def test_no_module_needs_itself_through_others():
    modules = needed()
    assert len(modules) > 600
    try:
        TopologicalSorter(modules).prepare()
    except CycleError as circle:
        raise AssertionError(" needed by ".join(circle.args[1])) from None
