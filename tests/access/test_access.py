"""Each address, each role, reading and sending: as table.txt says it, and nothing else."""

import os

import pytest
from django.template.backends.django import Template

from tests.access import table


@pytest.mark.django_db
def test_each_role_may_do_what_the_table_says_and_no_more(monkeypatch):
    # Who may see a page is decided before it is made.
    monkeypatch.setattr(Template, "render", lambda *args, **kwargs: "")
    now = table.table()
    if os.environ.get("ACCESS_TABLE") == "write":
        table.FILE.write_text("\n".join(now) + "\n")
    written = [" ".join(line.split()) for line in table.FILE.read_text().splitlines()]
    now = [" ".join(line.split()) for line in now]
    assert [line for line in now if line not in written] == [], "not in tests/access/table.txt"
    assert [line for line in written if line not in now] == [], "only in tests/access/table.txt"


def test_nobody_without_a_log_in_may_do_anything_among_staff():
    for line in table.FILE.read_text().splitlines()[1:]:
        route, nobody, *_roles = line.split()
        if route.startswith(("/admin/", "/intake/")) and "m" in nobody:
            assert route in OPEN_TO_ALL, route


# Ways to log in; without a session there is nothing to end; words of Django's scripts; and the page
# that tells a card whether its session still lasts, which has to answer when it does not.
OPEN_TO_ALL = {
    "/intake/pulse/session/",
    *("/admin/login/", "/admin/login/emergency/"),
    *("/admin/logout/", "/admin/jsi18n/"),
}
