"""What staff do in the admin."""

import re

import pytest

from .accessibility import WCAG, violations, violations_at
from .conftest import DESK, PHONE, follow, press


def test_change_of_an_answer_is_on_the_page(log_in, open_page):
    page = log_in("editor", "/admin/faq/question/")
    follow(page, "Is there fentanyl in heroin now?")
    slug = page.locator("[name=slug]").input_value()
    page.locator("[name=summary]").fill("A changed short answer.")
    press(page, "Save draft")
    public = open_page(f"/faq/{slug}/", PHONE)
    assert "A changed short answer." not in public.locator("main").inner_text()
    press(page, "Publish")
    public.reload()
    assert "A changed short answer." in public.locator("main").inner_text()
    public.goto("/faq/topics/understanding-heroin/")
    assert "A changed short answer." in public.locator("main").evaluate("e => e.textContent")


def test_preview_is_the_page_itself_and_only_for_staff(log_in, open_page):
    page = log_in("editor", "/admin/articles/page/")
    follow(page, re.compile("accessib", re.IGNORECASE))
    page.locator("[name=summary]").fill("Words that only staff can see.")
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Save and preview").click()
    preview = popup.value
    preview.wait_for_load_state()
    assert "Words that only staff can see." in preview.locator("main").inner_text()
    address = preview.url
    stranger = open_page("/accessibility/", PHONE)
    assert "Words that only staff can see." not in stranger.locator("main").inner_text()
    stranger.goto(address)
    assert "/admin/login/" in stranger.url


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("editor", "/admin/contact/helpline/"),
        ("editor", "/admin/recovery_site/fact/add/"),
        ("reviewer", "/admin/"),
        ("reviewer", "/admin/articles/article/1/versions/1/review/"),
        ("editor", "/admin/articles/article/1/versions/1/ask/"),
        ("lead", "/admin/contact/openinghours/"),
        ("lead", "/admin/contact/retrystep/"),
        ("lead", "/admin/contact/desk/1/change/"),
        ("lead", "/admin/contact/desk/test-mail/"),
        ("lead", "/admin/contact/dangerphrase/try/"),
        ("lead", "/admin/contact/place/import/"),
        ("privacy", "/admin/contact/auditentry/"),
        ("privacy", "/admin/contact/retentionrule/add/"),
        ("privacy", "/admin/contact/readingrule/"),
        ("editor", "/admin/account/"),
        ("editor", "/admin/account/app/"),
        ("editor", "/admin/account/passkey/"),
    ],
)
def test_staff_page_is_accessible(log_in, axe, role, path):
    width = "document.documentElement.scrollWidth"
    page = log_in(role, path, PHONE)
    assert violations(axe, page, WCAG) == []
    assert page.evaluate(width) <= PHONE["width"]
    assert violations_at(axe, page, DESK, WCAG) == []
    assert page.evaluate(width) <= DESK["width"]


def test_login_page_is_accessible_and_admits_nobody_with_a_wrong_password(open_page, axe):
    page = open_page("/admin/", PHONE)
    assert violations(axe, page, WCAG) == []
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector(".errornote")
    assert "/admin/login/" in page.url
