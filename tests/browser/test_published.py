"""Two workers and the jobs, each a process of its own, serve what is true now."""

import urllib.error
import urllib.request

from .conftest import PATIENCE, wait_until


def ask(site, path, **headers):
    """The answers that a dozen new connections get: some worker or other."""
    answers = []
    for _ in range(12):
        request = urllib.request.Request(site.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            answers.append((response.headers, response.read()))
    return answers


def all_say(site, path, words):
    return all(words.encode() in body for _headers, body in ask(site, path))


def test_what_an_editor_saves_shows_at_the_next_request(site, log_in):
    assert not all_say(site, "/help-now/", "Renamed in the admin")
    page = log_in("editor", "/admin/contact/helpline/")
    with page.expect_navigation():
        page.locator("#result_list tbody th a").first.click()
    name = page.locator("#id_name")
    before = name.input_value()
    for words in ("Renamed in the admin", before):
        name.fill(words)
        with page.expect_navigation():
            page.locator("[name=_continue]:visible").last.click()
        page.locator(".messagelist .success").wait_for()
        assert all_say(site, "/help-now/", words)
    assert not all_say(site, "/help-now/", "Renamed in the admin")


def test_what_another_program_writes_shows(site):
    title = "Written by another program"
    before = "from articles.models import Article; a = Article.objects.exclude(live=None).first(); "
    page = site.run(f"{before} print(a.get_absolute_url())").split()[-1]
    assert not all_say(site, page, title)
    site.run(
        f"{before} words = {{w: getattr(a.live, w) for w in a.live.CONTENT_FIELDS}}; "
        f"a.save_revision(**words | {{'title': {title!r}}}); a.publish()"
    )
    wait_until(lambda: all_say(site, page, title))
    wait_until(lambda: all_say(site, "/articles/", title))
    site.run(f"{before} a.restore(a.revisions.order_by('-number')[1]); a.publish()")
    wait_until(lambda: not all_say(site, page, title))


def test_pages_come_compressed_and_are_not_sent_twice(site):
    headers, body = ask(site, "/articles/", **{"Accept-Encoding": "br, gzip"})[-1]
    assert headers["Content-Encoding"] == "br"
    assert len(body) == int(headers["Content-Length"])
    request = urllib.request.Request(
        f"{site.url}/articles/",
        headers={"Accept-Encoding": "br, gzip", "If-None-Match": headers["ETag"]},
    )
    try:
        status = urllib.request.urlopen(request, timeout=PATIENCE).status
    except urllib.error.HTTPError as answer:
        status = answer.code
    assert status == 304
