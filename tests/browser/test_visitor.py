"""What visitors do, on a phone, by keyboard, with and without script and cookies."""

import re
import shutil
import sqlite3
from contextlib import closing
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from .accessibility import violations
from .conftest import DESK, NARROW, PATIENCE, PHONE, follow, own_address, press, wait_until


def requests_in(site):
    with closing(sqlite3.connect(site.data / "site.sqlite3", timeout=PATIENCE)) as database:
        return database.execute(
            "SELECT reference, status FROM contact_callbackrequest ORDER BY created_at"
        ).fetchall()


def fill(page, name="Testname Exampleperson", phone="(602) 555-0123 ext. 4"):
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Phone number").fill(phone)


def write(page, message):
    page.locator(".fold summary").click()
    page.locator("[name=message]").fill(message)


def press_send(page):
    page.locator("main form button[type=submit], main form input[type=submit]").click()


def send(page):
    """Send the form, and wait for the page that answers."""
    with page.expect_navigation():
        press_send(page)


def reference_on(page):
    page.wait_for_url("**/contact/thanks/**")
    return re.search(r"\b([2-9A-Z]{4})-([2-9A-Z]{4})\b", page.locator("main").inner_text())[0]


def test_request_sent_by_a_phone_is_in_the_queue_and_sealed(open_page, site):
    page = open_page("/contact/", PHONE)
    fill(page, "Sealedname Exampleperson", "602.555.0177")
    page.get_by_label("Someone I care about").check()
    write(page, "Sealedmessage, please call softly")
    send(page)
    reference = reference_on(page)
    plain = reference.replace("-", "")
    wait_until(lambda: (plain, "new") in requests_in(site))
    for file in [*site.data.glob("site.sqlite3*"), *(site.data / "journal").rglob("*.sealed")]:
        content = file.read_bytes()
        for secret in (b"Sealedname", b"Sealedmessage", b"6025550177", b"602.555.0177"):
            assert secret not in content, (file, secret)
    code = f"r = CallbackRequest.objects.get(reference='{plain}'); print(r.name, r.phone)"
    assert "Sealedname Exampleperson +16025550177" in site.run(code)
    output = site.output.read_text()
    for secret in ("Sealedname", "Sealedmessage", "5550177", "555.0177", "555-0177"):
        assert secret not in output
    # Within ten minutes of the last mail, requests wait for the next.
    site.run("Desk.objects.update(mailed_at=None)")
    mail = wait_until(lambda: [m for m in site.mails if plain in str(m.content).replace("-", "")])
    assert len(mail) == 1
    assert b"Sealed" not in mail[0].content
    assert b"55501" not in mail[0].content
    assert page.context.cookies() == []


def test_double_click_and_reload_make_one_request(open_page, site):
    page = open_page("/contact/", PHONE)
    fill(page, "Doubleclick Exampleperson")
    before = len(requests_in(site))
    page.evaluate(
        """() => { const form = document.querySelector("main form[method=post]");
                   form.submit(); form.submit(); }"""
    )
    reference_on(page)
    page.reload()
    wait_until(lambda: len(requests_in(site)) > before)
    page.wait_for_timeout(1500)
    assert len(requests_in(site)) == before + 1


@pytest.mark.parametrize("options", [{"java_script_enabled": False}, {}])
def test_form_works_without_script_and_without_cookies(open_page, site, options):
    page = open_page("/contact/", PHONE, **options)
    fill(page, " ", " ")
    send(page)
    summary = page.locator("[data-error-summary]")
    assert page.url.endswith("#error-summary")
    expect(summary).to_be_focused()
    assert 0 <= summary.bounding_box()["y"] < PHONE["height"] / 2
    assert summary.locator("a").count() == 2
    fill(page, f"Plainform {len(options)}")
    write(page, "<b>{{ 7 }}</b>")
    page.get_by_label("Phone number").fill("555-0100")
    send(page)
    assert page.get_by_label("Your name").input_value() == f"Plainform {len(options)}"
    assert page.locator("[name=message]").input_value() == "<b>{{ 7 }}</b>"
    assert "area code" in page.locator("[data-error-summary]").inner_text()
    page.get_by_label("Phone number").fill("602 555 0100")
    send(page)
    assert reference_on(page)
    assert page.context.cookies() == []


def test_error_summary_takes_focus_and_leads_to_the_field(open_page):
    page = open_page("/contact/", PHONE)
    fill(page, " ", " ")
    send(page)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "name"
    field = page.get_by_label("Your name")
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby").split()
    assert any("Enter a name" in page.locator(f"[id='{each}']").inner_text() for each in described)


def test_missing_answer_is_asked_for_before_anything_is_sent(open_page, site):
    page = open_page("/contact/", PHONE, java_script_enabled=False)
    press_send(page)
    assert page.evaluate("document.activeElement.name") == "name"
    assert page.url == f"{site.url}/contact/"
    page = open_page("/contact/", PHONE)
    page.get_by_label("Your name").fill("Halfway Exampleperson")
    press_send(page)
    phone = page.get_by_label("Your phone number")
    assert phone.evaluate("e => e === document.activeElement")
    assert phone.get_attribute("aria-invalid") == "true"
    error = page.locator(f"[id='{phone.get_attribute('aria-describedby').split()[-1]}']")
    assert error.inner_text() == "Enter the number we should call."
    assert page.url == f"{site.url}/contact/"
    phone.fill("602 555 0133")
    send(page)
    assert reference_on(page)


def test_what_everybody_is_asked_stands_on_one_screen(open_page):
    page = open_page("/contact/", PHONE)
    first = [page.get_by_role("heading", level=1), page.get_by_role("link", name="Call us").last]
    asked = [page.locator(f"[name={name}]").last for name in ("calling_for", "name", "phone")]
    rules = [page.locator(f"[name={name}]").last for name in ("announce", "voicemail")]
    boxes = [
        each.bounding_box()
        for each in [*first, *asked, *rules, page.get_by_role("button", name="Ask for a call")]
    ]
    assert [box["y"] for box in boxes] == sorted(box["y"] for box in boxes)
    assert boxes[-1]["y"] + boxes[-1]["height"] <= PHONE["height"]
    assert page.locator("summary").inner_text().split("\n")[0] == "More, if you like"
    assert not page.locator("[name=message]").is_visible()


@pytest.mark.parametrize("options", [{"java_script_enabled": False}, {}])
def test_who_it_is_about_drives_the_words(open_page, options):
    page = open_page("/contact/", PHONE, **options)
    relationship = page.locator("[name=relationship]")
    assert not relationship.is_visible()
    page.get_by_label("Someone I care about").check()
    page.get_by_label("Who are they to you?").fill("my aunt")
    assert page.get_by_role("group", name="If they or anyone else answers").is_visible()
    # What was written is never sent unseen.
    page.get_by_label("Myself").check()
    assert relationship.is_visible()
    relationship.fill("")
    assert not relationship.is_visible()
    assert page.get_by_role("group", name="If someone else answers").is_visible()


def test_fold_is_open_where_something_in_it_is_filled_or_wrong(open_page):
    page = open_page("/contact/", PHONE, timezone_id="America/Denver")
    fold = page.locator(".fold")
    fill(page, phone="123")
    send(page)
    page.wait_for_selector("[data-error-summary]")
    assert fold.get_attribute("open") is None
    fold.locator("summary").click()
    page.locator("[name=message]").fill("Made-up words")
    send(page)
    assert page.locator(".fold").get_attribute("open") is not None
    assert page.locator("[name=message]").input_value() == "Made-up words"


def test_keyboard_alone_is_enough(open_page, site):
    page = open_page("/", DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#_main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('[data-leave]')")
    page.goto("/contact/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || document.activeElement.type || ''")
        outline = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; })()"
        )
        assert outline, name
        if name == "name":
            page.keyboard.type("Keyboard Exampleperson")
        elif name == "phone":
            page.keyboard.type("+1 602 555 0155")
        elif name == "voicemail":
            page.keyboard.press("ArrowDown")
        elif page.evaluate("document.activeElement.matches('.fold:not([open]) summary')"):
            page.keyboard.press("Enter")
        seen.add(name)
        assert name not in ("company", "key")
        if name == "submit" or page.evaluate("document.activeElement.matches('[type=submit]')"):
            break
    page.keyboard.press("Enter")
    assert reference_on(page)
    assert {"name", "phone", "calling_for", "voicemail", "message"} <= seen


def test_time_zone_is_guessed_but_never_forced(open_page):
    page = open_page("/contact/", PHONE, timezone_id="America/Denver")
    assert page.locator("[name=time_zone]").input_value() == "America/Denver"
    page = open_page("/contact/", PHONE, timezone_id="Europe/Berlin")
    assert page.locator("[name=time_zone]").input_value() == "Europe/Berlin"


@pytest.mark.parametrize("zone", ["UTC", "Atlantic/Reykjavik"])
def test_zone_of_a_browser_that_hides_its_own_is_not_believed(open_page, zone):
    page = open_page("/contact/", PHONE, timezone_id=zone)
    assert page.locator("[name=time_zone]").input_value() == ""


@pytest.mark.parametrize("options", [{"java_script_enabled": False}, {}])
def test_back_after_a_correction_asks_nobody_to_send_again(open_page, site, options):
    page = open_page("/contact/", PHONE, **options)
    name = f"Corrected {len(options)}"
    fill(page, name, "123")
    send(page)
    page.wait_for_selector("[data-error-summary]")
    page.get_by_label("Phone number").fill("602 555 0188")
    send(page)
    reference = reference_on(page)
    page.go_back()
    assert page.url.startswith(f"{site.url}/contact/")
    # The next at this computer may be somebody else.
    assert page.get_by_label("Your name").input_value() == ""
    page.go_back()
    assert page.get_by_label("Phone number").is_visible()
    page.go_forward()
    page.go_forward()
    assert reference_on(page) == reference


@pytest.fixture
def remembering(launch, site):
    """A page of a browser that brings pages back as they were left, as browsers do."""
    # The headless shell can't.
    browser = launch(
        program=shutil.which("chromium"), ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser.new_context(base_url=site.url, extra_http_headers=own_address()).new_page()
    browser.close()


def back(page):
    """Go back, and make sure that the page is the one that was left."""
    page.go_back(wait_until="commit")
    page.wait_for_function("window.wasLeft")


def filled(page, name):
    page.goto("/contact/")
    fill(page, name)
    page.evaluate("window.wasLeft = true")


def test_what_is_sent_again_after_it_was_cancelled_is_a_new_request(remembering, site):
    page = remembering
    filled(page, "Changed-my-mind Exampleperson")
    send(page)
    first = reference_on(page)
    wait_until(lambda: (first.replace("-", ""), "new") in requests_in(site))
    other = page.context.new_page()
    other.goto("/contact/my-request/")
    look_up(other, first, "0123")
    press(other, "Cancel this request")
    press(other, "Yes, cancel it")
    other.get_by_role("status").get_by_text("cancelled").wait_for()
    back(page)
    send(page)
    second = reference_on(page)
    assert second != first
    wait_until(lambda: (second.replace("-", ""), "new") in requests_in(site))


def test_what_is_sent_again_because_no_answer_came_is_the_same_request(remembering):
    page = remembering
    filled(page, "Noanswer Exampleperson")
    key = page.locator("[name=key]").input_value()
    page.route("**/contact/", lambda route: route.abort())
    press_send(page)
    page.wait_for_url("chrome-error://**")
    back(page)
    assert page.locator("[name=key]").input_value() == key


def test_address_with_an_anchor_opens_its_answer(open_page):
    page = open_page("/faq/topics/withdrawal-and-safety/", PHONE)
    slug = page.locator("main details").nth(3).get_attribute("id")
    assert not page.locator(f"[id='{slug}']").evaluate("e => e.open")
    page.goto(f"/faq/topics/withdrawal-and-safety/#{slug}")
    page.wait_for_function(f"document.getElementById('{slug}').open")
    other = open_page(f"/faq/{slug}/", PHONE, java_script_enabled=False)
    assert other.locator("h1").is_visible()


def test_find_in_page_reaches_closed_answers(open_page):
    page = open_page("/faq/topics/withdrawal-and-safety/", PHONE)
    details = page.locator("main details").nth(3)
    words = details.evaluate("e => e.querySelector('p').textContent.trim().slice(0, 30)")
    slug = details.get_attribute("id")
    assert not details.evaluate("e => e.open")
    found = open_page(f"/faq/topics/withdrawal-and-safety/#:~:text={quote(words)}", PHONE)
    found.wait_for_function(f"document.getElementById('{slug}').open")


@pytest.mark.parametrize(
    "path",
    ["/faq/topics/withdrawal-and-safety/", "/help-now/", "/help-now/sheet/", "/contact/"],
)
def test_paper_holds_every_number_and_every_answer(open_page, path):
    page = open_page(path, DESK)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert not page.locator("[data-leave]").is_visible()
    assert page.locator("main details:not([open])").count() == 0
    numbers = page.evaluate(
        """() => [...document.querySelectorAll("[href^='tel:'], [href^='sms:']")]
          .map((link) => link.href.slice(4).replace("+1", ""))"""
    )
    printed = re.sub(r"\D", "", page.inner_text("body"))
    assert [number for number in numbers if number not in printed] == []
    # Backgrounds are not printed, so what stands on one must not be light.
    light = page.evaluate(
        """() => [...document.querySelectorAll(".button, .button *")]
          .filter((e) => e.checkVisibility())
          .filter((e) => /rgb\\(2\\d\\d/.test(getComputedStyle(e).color)).length"""
    )
    assert light == 0


def test_leaving_by_button_replaces_the_page(open_page, site):
    page = open_page("/help-now/", PHONE)
    target = page.locator("[data-leave]").get_attribute("href")
    page.route(target, lambda route: route.fulfill(body="<title>Neutral</title>"))
    page.goto("/faq/")
    page.locator("[data-leave]").click()
    page.wait_for_url(target)
    # Back leads to no page of ours in this tab, however they were reached.
    page.go_back(wait_until="commit")
    page.wait_for_url(target)
    page.wait_for_timeout(300)
    assert page.url == target
    # Whoever comes on purpose can stay.
    page.goto("/faq/")
    assert page.locator("h1").is_visible()
    page.goto("/help-now/")
    page.go_back()
    assert page.url == f"{site.url}/faq/"
    assert page.locator("h1").is_visible()
    page.complaints[:] = [c for c in page.complaints if target not in c]


def test_leaving_by_three_shifts_in_time_but_not_by_two(open_page):
    page = open_page("/faq/", DESK)
    target = page.locator("[data-leave]").get_attribute("href")
    page.route(target, lambda route: route.fulfill(body="<title>Neutral</title>"))
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    assert "1 more time" in page.locator("[data-leave-status]").inner_text()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift")
    page.wait_for_timeout(200)
    assert page.url.endswith("/faq/")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.wait_for_url(target)
    page.complaints[:] = [c for c in page.complaints if target not in c]


def test_all_answers_of_a_list_open_and_close_at_once(open_page):
    page = open_page("/faq/topics/withdrawal-and-safety/", PHONE)
    closed = page.locator("main .question:not([open])")
    assert closed.count() > 1
    page.get_by_role("button", name="Open all answers").click()
    assert closed.count() == 0
    page.locator("main .question summary").first.click()
    page.get_by_role("button", name="Open all answers").click()
    page.get_by_role("button", name="Close all answers").click()
    assert page.locator("main .question[open]").count() == 0


@pytest.mark.parametrize("size", [PHONE, DESK])
def test_leaving_is_reached_from_everywhere_and_covers_nothing(open_page, size):
    page = open_page("/articles/heroin-withdrawal-and-detox/", size)
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    strip = page.locator(".leave").bounding_box()
    assert (strip["y"], strip["height"]) == (0, 44)
    button = page.locator("[data-leave]")
    assert button.bounding_box()["height"] == 44
    assert "weather" in button.inner_text()
    # Going back by the keyboard, no link ends up below the strip.
    page.locator(".footer a").last.focus()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        top = page.evaluate("document.activeElement.getBoundingClientRect().top")
        assert top >= 44


def test_leaving_works_without_script(open_page):
    page = open_page("/", PHONE, java_script_enabled=False)
    link = page.locator("[data-leave]")
    assert link.get_attribute("href").startswith("https://")
    assert "noreferrer" in link.get_attribute("rel")


def test_thanks_leave_a_bare_address_and_can_be_loaded_again(open_page):
    page = open_page("/contact/", PHONE)
    fill(page)
    send(page)
    reference = reference_on(page)
    page.wait_for_function("location.search === ''")
    page.reload()
    page.get_by_text(reference).wait_for()
    page.wait_for_function("location.search === ''")
    page.goto("/faq/")
    page.go_back()
    page.get_by_text(reference).wait_for()
    # Another tab that finds the address in the history.
    other = open_page("/contact/thanks/", PHONE)
    assert reference not in other.content()
    assert other.locator("main a[href^='tel:+1']").first.is_visible()


def asked(page, site, message=""):
    """Send the form with the phone 602-555-0142 and return the reference once it can be found."""
    page.goto("/contact/")
    fill(page, phone="602 555 0142")
    write(page, message)
    send(page)
    reference = reference_on(page)
    wait_until(lambda: (reference.replace("-", ""), "new") in requests_in(site))
    return reference


def look_up(page, reference, digits="0142"):
    page.get_by_label("Your reference").fill(reference)
    page.get_by_label("The last four digits").fill(digits)
    send(page)


def assert_fits_and_is_accessible(page, axe):
    assert violations(axe, page) == []
    before = page.viewport_size
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    # References and phone numbers stay on one line.
    whole = "[...document.querySelectorAll('main bdi')].map(e => getComputedStyle(e).whiteSpace)"
    assert set(page.evaluate(whole)) <= {"nowrap"}
    page.set_viewport_size(before)


def test_words_that_may_mean_danger_show_the_crisis_lines_first(open_page, site, axe):
    page = open_page("/contact/", PHONE)
    wait_until((site.data / "bulletin.json").exists)
    fill(page, phone="602")
    write(page, "I don’t want to live")
    send(page)
    page.wait_for_selector("[data-error-summary]")
    page.get_by_role("link", name="Call 911").and_(page.locator(".button")).wait_for()
    assert_fits_and_is_accessible(page, axe)
    asked(page, site, "I don’t want to live")
    section = page.get_by_role("region", name="In danger now?")
    heading = page.get_by_role("heading", level=1)
    assert section.bounding_box()["y"] < heading.bounding_box()["y"]
    for name in ("Call 911", "Call 988", "Text 988"):
        box = section.get_by_role("link", name=name).bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= PHONE["height"]
    assert page.evaluate("document.activeElement === document.body")
    assert_fits_and_is_accessible(page, axe)
    reference = re.search(r"\b([2-9A-Z]{4})-([2-9A-Z]{4})\b", page.locator("main").inner_text())[0]
    follow(page, "Change the time or cancel")
    look_up(page, reference)
    page.get_by_role("heading", name="What you chose").wait_for()
    assert section.bounding_box()["y"] < heading.bounding_box()["y"]
    page.get_by_role("heading", name="Change when we call").click()
    page.get_by_label("Best time").select_option("morning")
    press(page, "Save the change")
    page.get_by_role("status").get_by_text("Saved.").wait_for()
    expect(section).to_be_focused()
    assert_fits_and_is_accessible(page, axe)
    press(page, "Cancel this request")
    page.get_by_role("heading", name="Cancel this request?").wait_for()
    assert section.bounding_box()["y"] < heading.bounding_box()["y"]
    assert_fits_and_is_accessible(page, axe)
    press(page, "Yes, cancel it")
    page.get_by_role("status").get_by_text("cancelled").wait_for()
    assert section.bounding_box()["y"] < heading.bounding_box()["y"]
    assert_fits_and_is_accessible(page, axe)


def assert_is_told(page, title):
    """The notice has the focus and is in sight, and the title begins with what it says."""
    notice = page.locator("main .review[role=status]")
    expect(notice).to_be_focused()
    assert 0 <= notice.bounding_box()["y"] < PHONE["height"] / 2
    assert page.title().startswith(f"{title} · Your request · ")


def test_every_page_of_ones_own_request_is_accessible(open_page, site, axe):
    page = open_page("/contact/", PHONE)
    reference = asked(page, site)
    follow(page, "Change the time or cancel")
    assert_fits_and_is_accessible(page, axe)
    look_up(page, reference, "9999")
    page.wait_for_selector("[data-error-summary]")
    assert_fits_and_is_accessible(page, axe)
    assert page.get_by_label("Your reference").input_value() == reference
    look_up(page, reference)
    page.get_by_role("heading", name="What you chose").wait_for()
    assert_fits_and_is_accessible(page, axe)
    for fold in ("Change when we call", "Change your answers"):
        page.get_by_role("heading", name=fold).click()
    page.locator("[name=at]").fill("2020-01-01T10:00")
    press(page, "Save the change")
    page.wait_for_selector("[data-error-summary]")
    assert_fits_and_is_accessible(page, axe)
    page.locator("[name=at]").fill("")
    page.get_by_label("Best time").select_option("morning")
    press(page, "Save the change")
    page.get_by_role("status").get_by_text("Saved.").wait_for()
    assert_is_told(page, "Saved")
    assert_fits_and_is_accessible(page, axe)
    press(page, "Cancel this request")
    page.get_by_role("heading", name="Cancel this request?").wait_for()
    assert_fits_and_is_accessible(page, axe)
    press(page, "Yes, cancel it")
    page.get_by_role("status").get_by_text("cancelled").wait_for()
    assert_is_told(page, "Cancelled")
    assert_fits_and_is_accessible(page, axe)
    assert (reference.replace("-", ""), "closed") in requests_in(site)
    assert page.url.removesuffix("#error-summary") == f"{site.url}/contact/my-request/"
    assert page.context.cookies() == []


@pytest.mark.parametrize("options", [{"java_script_enabled": False}, {}])
def test_ones_own_request_by_keyboard_alone(open_page, site, options):
    page = open_page("/contact/", PHONE, **options)
    reference = asked(page, site)
    page.goto("/contact/my-request/")
    page.get_by_label("Your reference").focus()
    page.keyboard.type(reference.lower())
    page.keyboard.press("Tab")
    page.keyboard.type("0142")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What you chose").wait_for()
    page.locator("h1").click()
    seen = []
    while not seen or "Save" not in seen[-1]:
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.name + document.activeElement.innerText"))
        assert len(seen) < 25
        if "Change when" in seen[-1]:
            page.keyboard.press("Enter")
    # The way out comes first.
    assert [each for each in seen if each][:2] == ["doCancel this request", "doDon’t call me again"]
    assert "at" in seen
    page.get_by_role("button", name="Don’t call me again").press("Enter")
    page.get_by_role("heading", name="No call about this request?").wait_for()
    page.get_by_role("button", name="Yes").press("Enter")
    page.get_by_text("We will not call you about this request").wait_for()
    assert_is_told(page, "No more calls")
    assert (reference.replace("-", ""), "closed") in requests_in(site)


def test_the_article_that_led_to_the_form_is_sent_along(open_page):
    page = open_page("/articles/why-is-heroin-so-addictive/", PHONE)
    page.locator("a[href='/contact/']").first.click()
    page.wait_for_url("**/contact/")
    assert page.locator("[name=source]").input_value() == "why-is-heroin-so-addictive"
