"""What editors do in the admin; the policy against foreign scripts holds all the while."""

import re

from playwright.sync_api import expect

from articles.pictures.making import MOST_FILE_BYTES
from tests.articles.pictures.files import picture_bytes
from tests.waiting import wait_until

from .accessibility import WCAG, violations, violations_at
from .conftest import DESK, PHONE

AREA = ".ProseMirror[contenteditable=true]"
ADD = "/admin/articles/article/add/"


def open_editor(page):
    area = page.locator(AREA)
    area.wait_for()
    return area


def click_into(area, where, kind):
    """Click, and wait until the editor has read it: a key before that goes elsewhere."""
    where.click()
    read = "({ editor }, kind) => { const { node, $from } = editor.state.selection;"
    read += " return (node ?? $from.parent).type.name === kind }"
    wait_until(lambda: area.evaluate(read, kind))


def forget_refusals(page):
    """The browser itself reports each 403; here they are what the test is about."""
    page.complaints[:] = [line for line in page.complaints if "403" not in line]


def fill_in(page, title):
    page.locator("#id_title").fill(title)
    page.keyboard.press("Tab")
    page.locator("#id_topic").select_option(index=1)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def throw_away(offer):
    """In two steps: the first alone throws nothing away."""
    offer.get_by_text("Throw them away…").click()
    press(offer, "Throw them away for good")


def minutes(n):
    return n * 60 * 1000


def kept_words(page):
    return [name for name in page.evaluate("Object.keys(sessionStorage)") if "words" in name]


def told(page):
    message = page.locator(".messagelist .success")
    refusal = page.locator(".errornote, .messagelist > .error")
    message.or_(refusal).first.wait_for()
    page.wait_for_load_state()
    assert refusal.all_inner_texts() == []
    return message.inner_text()


def test_article_is_written_with_every_tool_and_published(log_in, open_page):
    page = log_in("editor", ADD)
    area = open_editor(page)
    fill_in(page, "Written in a browser")
    assert page.locator("#id_slug").input_value() == "written-in-a-browser"
    area.click()
    write = page.keyboard
    write.type("Plain, then ")
    write.press("Control+b")
    write.type("strong")
    write.press("Control+b")
    write.press("Enter")
    write.type("## Part one")
    write.press("Enter")
    write.type("- first")
    write.press("Enter")
    write.type("second")
    write.press("Enter")
    write.press("Enter")
    write.type("Mind this")
    page.get_by_label("Box around it").select_option("Important box")
    area.locator(".callout").wait_for()
    area.focus()
    write.press("Enter")
    write.press("Enter")
    write.type("Read on")
    words = area.locator("p", has_text="Read on")
    words.wait_for()
    page.wait_for_timeout(300)
    words.select_text()
    page.locator("[title='insert link']:not(.disabled)").click()
    page.locator(".prose-editor-dialog input[name=href]").fill("/faq/")
    page.locator(".prose-editor-dialog").get_by_role("button", name="Add link").click()
    area.locator("a[href='/faq/']").wait_for()
    # It has the focus again a frame after the link is there.
    area.and_(page.locator(":focus")).wait_for()
    write.press("ArrowRight")
    page.wait_for_timeout(300)  # the editor reads the selection a moment after the key
    write.press("Enter")
    page.get_by_title("Insert table").click()
    page.locator(".prose-editor-dialog").get_by_role("button").first.click()
    write.type("A cell")
    press(page, "Publish")
    page.wait_for_url(re.compile(r"/article/\d+/change/"))
    assert "visitors read version 1" in told(page)
    seen = open_page("/articles/written-in-a-browser/", PHONE)
    for tag, words in (
        ("strong", "strong"),
        ("h2", "Part one"),
        ("li", "second"),
        ("th", "A cell"),
    ):
        assert seen.locator(f".prose {tag}", has_text=words).count() == 1, tag
    assert seen.locator(".prose div.callout[role=note]").inner_text() == "Mind this"
    assert seen.locator(".prose a[href='/faq/']").inner_text() == "Read on"


def test_saving_what_was_only_opened_makes_no_version(log_in):
    page = log_in("editor", "/admin/articles/article/")
    page.get_by_role("link", name="Why is heroin so addictive?", exact=True).click()
    open_editor(page)
    press(page, "Save draft")
    assert "Visitors read this version, 1" in told(page)


def test_words_come_back_after_a_log_in_that_ran_out(log_in, site):
    page = log_in("editor", ADD)
    area = open_editor(page)
    fill_in(page, "Slow thoughts")
    area.click()
    page.keyboard.type("Precious words")
    page.context.clear_cookies(name="sessionid")
    press(page, "Save draft")
    page.wait_for_url("**/admin/login/**")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill(site.logins["editor"])
    press(page, "Log in")
    area = open_editor(page)
    press(page, "Bring them back")
    assert area.inner_text() == "Precious words"
    press(page, "Save draft")
    assert "Saved as version 1" in told(page)
    assert page.locator("#id_title").input_value() == "Slow thoughts"


def test_words_of_one_page_outlive_other_pages_reloads_and_a_new_log_in(log_in, site):
    page = log_in("editor", "/admin/articles/article/")
    page.get_by_role("link", name="Life after treatment", exact=True).click()
    open_editor(page)
    article = page.url
    # Someone logs in anew in another tab: this form's token is old, so words stay in the tab.
    other = page.context.new_page()
    page.context.clear_cookies()
    other.goto("/admin/login/?next=/admin/")
    other.get_by_label("Username").fill("editor")
    other.get_by_label("Password").fill(site.logins["editor"])
    press(other, "Log in")
    other.wait_for_url("**/admin/")
    page.locator("#id_summary").fill("Half a thought")
    related = page.locator("#id_related_to option")
    before = related.count()
    page.locator("#id_related_remove_all").click()
    press(page, "Save draft")
    assert "logged in anew" in page.locator("main").inner_text()
    page.get_by_role("link", name="Go back to the page").click()
    offer = page.locator("[data-unsaved]")
    offer.wait_for()
    forget_refusals(page)
    page.reload()
    offer.wait_for()
    # Another article is opened, written and saved, another question moved.
    page.goto("/admin/articles/article/")
    page.get_by_role("link", name="Why is heroin so addictive?", exact=True).click()
    open_editor(page)
    assert offer.is_hidden()
    page.locator("#id_note").fill("x")
    press(page, "Save draft")
    assert told(page)
    page.goto("/admin/faq/question/arrange/")
    page.get_by_role("button", name=re.compile("^Move down")).first.click()
    expect(page.locator(".arrange__told")).to_contain_text("Moved to place 2")
    page.goto(article)
    open_editor(page)
    # Words typed beside the offer do not take its place.
    page.locator("#id_summary").fill("A newer thought")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    press(page, "Bring them back")
    assert page.locator("#id_summary").input_value() == "A newer thought"
    assert related.count() == before > 0
    press(page, "Bring them back")
    assert page.locator("#id_summary").input_value() == "Half a thought"
    assert related.count() == 0
    press(page, "Save draft")
    assert "Saved as version" in told(page)
    # What the second one replaced was never saved.
    throw_away(page.locator("[data-unsaved]"))
    assert kept_words(page) == []
    page.reload()
    assert offer.is_hidden()


def test_words_of_a_tab_that_died_are_taken_up_in_another_browser(log_in):
    page = log_in("editor", ADD)
    area = open_editor(page)
    line = page.locator("[data-kept-line]")
    # A choice alone is kept as words are.
    page.locator("#id_related_add_all").click()
    line.get_by_text("Kept for you at").wait_for()
    related = page.locator("#id_related_to option").all_inner_texts()
    fill_in(page, "Typed before the crash")
    area.click()
    page.keyboard.type("Every keystroke")
    page.context.set_offline(True)
    page.keyboard.type(" counts")
    line.get_by_text("no connection").wait_for()
    page.complaints.clear()  # the browser's own, of the connection
    page.context.set_offline(False)
    line.get_by_text("Kept for you at").wait_for()
    page.context.close()
    page = log_in("editor", "/admin/")
    page.get_by_role("link", name="Typed before the crash").click()
    assert open_editor(page).inner_text() == "Every keystroke counts"
    assert page.locator("#id_related_to option").all_inner_texts() == related != []
    press(page, "Save draft")
    assert "Saved as version 1" in told(page)
    page.goto(ADD)
    open_editor(page)
    assert page.locator("[data-kept]").count() == 0


def test_words_are_offered_to_their_account_alone_until_thrown_away(log_in):
    page = log_in("editor", ADD)
    open_editor(page)
    page.locator("#id_summary").fill("Never mind")
    page.on("dialog", lambda dialog: dialog.accept())
    # In the same tab somebody else is logged in, and then the author again.
    own, others = page.context.cookies(), log_in("admin").context.cookies()
    for cookies, is_offered in ((others, False), (own, True)):
        page.context.clear_cookies()
        page.context.add_cookies(cookies)
        page.reload()
        open_editor(page)
        # By the tab or by the server, whichever has them by now.
        offer = page.locator(".unsaved:visible")
        expect(offer).to_have_count(int(is_offered))
    throw_away(offer)
    expect(offer).to_have_count(0)
    page.reload()
    open_editor(page)
    expect(offer).to_have_count(0)
    assert kept_words(page) == []
    forget_refusals(page)


def test_everything_about_a_version_can_be_reached_on_a_phone(log_in):
    page = log_in("editor", "/admin/articles/article/", PHONE)
    page.get_by_role("link", name="Life after treatment", exact=True).click()
    open_editor(page)
    page.locator("#id_summary").fill("Another summary")
    page.locator("[data-kept-line]").get_by_text("Kept for you at").wait_for()
    for name in ("Save draft", "Save and preview", "Publish"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box["width"] > PHONE["width"] / 5, name
    press(page, "Save draft")
    page.get_by_role("link", name="Versions").click()
    for link in page.locator(".versions__do a").all():
        box = link.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    assert page.get_by_role("link", name="Restore…").count() >= 1
    page.get_by_role("link", name="Phone and desktop").first.click()
    for name in ("The page on a phone", "The page on a desktop"):
        seen = page.frame_locator(f"iframe[title='{name}']").locator("main h1")
        seen.wait_for()
        assert seen.inner_text() == "Life after treatment"


def test_editor_works_as_plain_html_without_scripts(log_in):
    page = log_in("editor", ADD, PHONE, java_script_enabled=False)
    page.locator("#id_title").fill("Without scripts")
    page.locator("#id_slug").fill("without-scripts")
    page.locator("#id_topic").select_option(index=1)
    page.locator("#id_body").fill("<p>Typed <strong>by hand</strong></p><script>1</script>")
    press(page, "Save draft")
    assert "Saved as version 1" in told(page)
    text = page.locator("#id_body").input_value()
    assert text == "<p>Typed <strong>by hand</strong></p>"


def test_questions_are_put_in_order_by_keyboard_and_by_dragging(log_in, open_page):
    page = log_in("editor", "/admin/faq/question/arrange/")
    rows = page.locator(".arrange ol").first.locator("li")
    rows.first.locator(".arrange__handle").wait_for()
    name = rows.nth(1).get_by_role("link").inner_text()
    told = page.locator(".arrange__told")
    count = rows.count()

    def focused():
        return page.evaluate("document.activeElement.textContent.trim()")

    rows.nth(1).get_by_role("button", name=f"Move up: {name}").focus()
    page.keyboard.press("Enter")
    expect(told).to_have_text(f"{name}: Moved to place 1 of {count}.")
    # Its own button can do nothing at the top.
    assert focused().endswith(f"Move down: {name}")
    page.keyboard.press("Enter")
    expect(told).to_have_text(f"{name}: Moved to place 2 of {count}.")
    assert focused().endswith(f"Move down: {name}")
    rows.nth(1).locator(".arrange__handle").hover()
    page.mouse.down()
    top = rows.first.bounding_box()
    page.mouse.move(top["x"] + 20, top["y"] + 5, steps=5)
    page.mouse.up()
    expect(told).to_have_text(f"{name}: Moved to place 1 of {count}.")
    assert rows.first.get_by_role("link").inner_text() == name
    assert open_page("/faq/").locator(".question-links a").first.inner_text() == name


def test_moves_that_were_not_saved_are_put_back_in_every_list(log_in):
    page = log_in("editor", "/admin/faq/question/arrange/")
    page.locator(".arrange__handle").first.wait_for()
    order = "[...document.querySelectorAll('.arrange li')].map((row) => row.dataset.key).join()"
    before = page.evaluate(order)
    page.route("**/place/", lambda route: route.fulfill(body="<title>Refused</title>"))
    moved = page.evaluate(
        f"""() => {{
          for (const list of document.querySelectorAll(".arrange ol")) {{
            list.querySelector("[data-step='1']:enabled")?.click();
          }}
          return {order};
        }}"""
    )
    assert moved != before
    wait_until(lambda: page.evaluate(order) == before)


def test_a_paste_from_a_word_processor_is_understood_and_says_what_it_left_out(log_in):
    page = log_in("editor", ADD)
    area = open_editor(page)
    area.click()
    page.keyboard.type("Before ")
    area.evaluate(
        """(area) => {
            const data = new DataTransfer();
            data.setData("text/html", "<p>Take <s>40 mg</s> 4 mg of <b>water</b>.</p>" +
              "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>One</p>");
            data.setData("text/plain", "Take 40 mg 4 mg of water.\\nOne");
            area.dispatchEvent(new ClipboardEvent("paste", {
                clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert page.locator(".paste-notice li").inner_text() == "Struck out or deleted: 40 mg"
    assert area.locator("strong").inner_text() == "water"
    assert area.locator("ul li").inner_text() == "One"
    assert "Before Take 4 mg of water." in area.inner_text()


def test_staff_pages_are_accessible_and_fit(log_in, axe):
    # Django's own two-list picker names an icon where ARIA does not allow it.
    rules = {"rules": WCAG, "leaving_out": [".selector"]}
    page = log_in("editor", bypass_csp=True)
    page.goto("/admin/articles/article/")
    link = page.get_by_role("link", name="Life after treatment", exact=True)
    article = link.get_attribute("href").split("?")[0]
    excess = "document.documentElement.scrollWidth - innerWidth"
    for path in (
        "/admin/", "/admin/articles/article/", article, article.replace("change", "versions"),
        article.replace("change", "unpublish"), "/admin/articles/article/?state=bin",
        article.replace("change", "versions/compare") + "?old=1&new=1", "/admin/faq/question/",
        "/admin/faq/question/arrange/", "/admin/import/",
        article.replace("change", "preview/1/widths"),
    ):  # fmt: skip
        page.set_viewport_size(PHONE)
        page.goto(path)
        if path == article:
            open_editor(page)
        assert violations(axe, page, **rules) == []
        assert page.evaluate(excess) <= 0, path
        assert violations_at(axe, page, DESK, **rules) == []
        assert page.evaluate(excess) <= 0, path


def test_tools_stay_in_reach_in_a_long_text_and_answer_to_keys(log_in):
    page = log_in("editor", "/admin/articles/article/", PHONE)
    page.get_by_role("link", name="Life after treatment", exact=True).click()
    area = open_editor(page)
    tools = page.get_by_role("toolbar", name="Tools for the text")
    tools.wait_for()
    assert area.get_attribute("spellcheck") == "true"
    area.locator("p").last.scroll_into_view_if_needed()
    assert tools.bounding_box()["y"] >= 0
    row = page.locator(".publish-row").bounding_box()
    assert row["y"] + row["height"] <= PHONE["height"]
    assert row["height"] < PHONE["height"] / 8
    area.locator("p").first.select_text()
    bold = tools.get_by_role("button", name="bold", exact=True)
    bold.click()
    tools.locator("[data-name=bold][aria-pressed=true]").wait_for()
    page.keyboard.press("Alt+F10")
    focused = page.locator(":focus")
    assert tools.locator(":focus").count() == 1
    page.keyboard.press("Home")
    assert focused.get_attribute("aria-label") == "Kind of paragraph"
    page.keyboard.press("ArrowRight")
    assert focused.get_attribute("aria-label") == "Box around it"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert focused.get_attribute("aria-label") == "Insert table"
    assert tools.locator("[tabindex='0']").count() == 1
    page.keyboard.press("ArrowRight")
    for level in (2, 3, 4):
        page.keyboard.press("ArrowDown")
        area.locator(f"h{level} strong").wait_for()
    page.keyboard.press("Escape")
    page.locator(f"{AREA}:focus").wait_for()
    for kind, shown in (
        ("Urgent box", "blockquote.urgent"),
        ("Quotation", "blockquote:not([class])"),
    ):
        page.get_by_label("Box around it").select_option(kind)
        area.locator(f"{shown} h4").wait_for()
    page.get_by_label("Box around it").select_option("No box")
    area.locator("> h4").wait_for()


def test_errors_lead_to_their_fields(log_in):
    page = log_in("editor", ADD)
    open_editor(page)
    page.locator("#id_topic").select_option(index=1)
    press(page, "Publish")
    page.get_by_role("link", name="Title: It needs a title.").click()
    page.locator("#id_title:focus").wait_for()
    page.locator(".error-links").get_by_role("link", name=re.compile("^Text: ")).click()
    page.locator(f"{AREA}:focus").wait_for()


def test_link_dialog_offers_what_was_meant_and_finds_pages_by_title(log_in):
    page = log_in("editor", ADD)
    area = open_editor(page)
    area.click()
    page.keyboard.type("Words to link")
    page.wait_for_timeout(300)
    dialog = page.locator(".prose-editor-dialog")
    href = dialog.locator("input[name=href]")

    def link_to(typed, *choices):
        area.locator("p").select_text()
        page.locator("[title='insert link']:not(.disabled)").click()
        is_new = not area.locator("a").count()
        page.get_by_role("dialog", name="New link" if is_new else "Edit Link").wait_for()
        done = "Add link" if is_new else "Update"
        href.fill(typed)
        dialog.get_by_role("button", name=done).click()
        for name in choices:
            assert dialog.is_visible(), f"{typed} was taken"
            dialog.get_by_role("button", name=name).click()
            dialog.get_by_role("button", name=done).click()
        dialog.wait_for(state="detached")
        return area.locator("a").get_attribute("href")

    assert link_to("988", "Use tel:988") == "tel:988"
    assert link_to("nida.nih.gov", "Use https://nida.nih.gov") == "https://nida.nih.gov"
    found = link_to("heroin addictive", "Why is heroin so addictive?")
    assert found == "/articles/why-is-heroin-so-addictive/"
    assert link_to("sms:988") == "sms:988"
    fill_in(page, "With a link to text")
    press(page, "Save draft")
    assert "Saved as version 1" in told(page)
    assert page.locator(f"{AREA} a").get_attribute("href") == "sms:988"


def test_picture_is_added_described_and_changed(axe, log_in, open_page):
    page = log_in("editor", ADD)
    area = open_editor(page)
    fill_in(page, "With a picture")
    area.click()
    page.keyboard.type("Words before it.")
    page.locator(".prose-menubar [data-name=figure]").click()
    dialog = page.get_by_role("dialog", name="Picture")
    photo = {
        "name": "photo.png",
        "mimeType": "image/png",
        "buffer": picture_bytes((900, 450), "PNG"),
    }
    dialog.locator("[name=file]").set_input_files(photo | {"buffer": b"<svg/>"})
    dialog.locator("[name=alt]").fill("A path in the desert")
    dialog.locator("[name=caption]").fill("At dusk")
    dialog.get_by_role("button", name="Use it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("SVG")
    dialog.locator("[name=file]").set_input_files(photo | {"buffer": bytes(MOST_FILE_BYTES + 1)})
    dialog.get_by_role("button", name="Use it").click()
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("^The file is larger than 10 MB"))
    dialog.locator("[name=file]").set_input_files(photo)
    dialog.get_by_role("button", name="Use it").click()
    image = area.locator("figure img")
    expect(image).to_have_attribute("alt", "A path in the desert")
    expect(image).to_have_js_property("naturalWidth", 900)
    expect(area.locator("figcaption")).to_have_text("At dusk")
    page.keyboard.type("Words after it.")
    expect(area.locator("figure + p")).to_have_text("Words after it.")
    click_into(area, area.locator("figcaption"), "caption")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("Between.")
    expect(area.locator("figure + p")).to_have_text("Between.")
    expect(area.locator("figcaption")).to_have_text("At dusk")
    click_into(area, image, "figure")
    page.locator(".prose-menubar [data-name=figure]").click()
    dialog = page.get_by_role("dialog", name="Change this picture")
    assert dialog.locator("[name=alt]").input_value() == "A path in the desert"
    dialog.locator("[name=alt]").fill("A path at dusk")
    assert violations(axe, page, WCAG) == []
    dialog.get_by_role("button", name="Use it").click()
    expect(image).to_have_attribute("alt", "A path at dusk")
    click_into(area, image, "figure")
    page.keyboard.type("Next.")
    expect(area.locator("figure")).to_have_count(1)
    expect(area.locator("figure + p")).to_have_text("Next.")
    page.get_by_role("button", name="Save draft", exact=True).click()
    told(page)
    open_editor(page)
    expect(area.locator("figure img")).to_have_attribute("alt", "A path at dusk")
    expect(area.locator("figcaption")).to_have_text("At dusk")
    expect(image).to_have_js_property("naturalWidth", 900)
    click_into(area, image, "figure")
    page.keyboard.press("Delete")
    expect(area.locator("figure, img:not(.ProseMirror-separator)")).to_have_count(0)


def test_advice_stands_beside_the_words_and_leaves_the_caret_alone(axe, log_in):
    page = log_in("editor", ADD)
    area, panel = open_editor(page), page.locator(".live-advice")
    said = panel.get_by_role("status")
    fill_in(page, "Advice while typing")
    area.click()
    page.keyboard.type("Sleep. An addict ca")
    expect(said).to_have_text("Advice: 1 thing to look at")
    page.keyboard.type("me to us.")
    expect(panel.locator("q")).to_have_text("An addict came to us.")
    assert area.inner_text() == "Sleep. An addict came to us."
    marked = "[...CSS.highlights.get('advice')].map(String)"
    assert page.evaluate(marked) == ["An addict came to us."]
    panel.get_by_role("button", name="Go there").press("Enter")
    expect(area).to_be_focused()
    page.wait_for_function("String(getSelection()) === 'An addict came to us.'")
    press(page, "Save draft")
    told(page)
    open_editor(page)
    panel.get_by_role("button", name="Dismiss…").press("Enter")
    page.keyboard.type("A title")
    assert violations(axe, page, WCAG, leaving_out=[".selector"]) == []
    page.keyboard.press("Enter")
    expect(said).to_have_text("Advice: nothing to look at")
    expect(panel.locator("summary")).to_be_focused()
    expect(page.locator("fieldset.links q")).to_contain_text("An addict came to us.")
    expect(page.get_by_text("(dismissed now)")).to_be_visible()
    assert page.evaluate(marked) == []
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(said).to_have_text("No advice now: the site could not be reached.")
