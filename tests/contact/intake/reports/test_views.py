import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from contact.intake.reports.charts.panels import percent
from contact.models import AuditEntry, CallAttempt
from tests.contact.pages import text
from tests.factories import NAME, PHONE, make_request, make_staff

pytestmark = pytest.mark.django_db

PATHS = ["/intake/reports/", "/intake/reports/to-share/", "/intake/reports/statistics/"]
SHARED = "/intake/reports/to-share/?from=2026-03-01&to=2026-03-31"
MARCH = "?from=2026-03-01&to=2026-03-31"
MONDAY = datetime(2026, 3, 2, 17, tzinfo=UTC)


def ask(number, **over):
    values = {"created_at": MONDAY, "hour_of_week": 10} | over
    return [make_request(**values) for _ in range(number)]


def table(response):
    """The statistics as {(report, group, measure): value}."""
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(content)))
    assert lines[0] == ["42 CFR part 2 prohibits unauthorized use or disclosure of these records."]
    return {tuple(line[:3]): line[3] for line in lines[2:]}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("groups", "status"),
    [(["Intake leads"], 200), (["Intake"], 403), (["Privacy officers"], 403), (["Editors"], 403)],
)
def test_only_leads_see_reports(client, path, groups, status):
    client.force_login(make_staff(*groups))
    assert client.get(path).status_code == status


def test_privacy_officers_are_told_so_and_led_back(client):
    client.force_login(make_staff("Privacy officers"))
    page = text(client.get("/intake/reports/"))
    assert "The reports are for leads" in page
    assert '<a class="button button--primary" href="/intake/">Back to the calls</a>' in page
    assert 'svg class="chart' not in page


@pytest.mark.parametrize("path", PATHS)
def test_others_log_in_first(client, path):
    assert client.get(path).headers["Location"] == f"/admin/login/?next={path}"


@pytest.mark.parametrize("path", PATHS)
def test_reports_are_only_read(lead, path):
    assert lead.post(path).status_code == 405


def test_thirty_days_are_shown_unless_others_are_asked_for(lead):
    ask(6, created_at=timezone.now())
    ask(7)
    assert lead.get("/intake/reports/").context["statistics"].requests.total == 6
    assert lead.get(f"/intake/reports/{MARCH}").context["statistics"].requests.total == 7


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=nonsense", "Write the day like 2026-01-31."),
        ("from=2026-02-30&to=2026-03-01", "Write the day like 2026-01-31."),
        ("from=2026-03-02&to=2026-03-01", "The first day lies after the last."),
        ("from=2025-01-01&to=2026-01-02", "Choose at most 366 days."),
        ("from=0001-01-01&to=0001-01-02", "2000"),
        ("to=9999-12-31", "2200"),
        ("from=%00&to=%F0%9F%8C%B5", "Write the day like 2026-01-31."),
        ("from=2026-03-01'--&to=<script>", "Write the day like 2026-01-31."),
    ],
)
def test_days_that_make_no_sense_are_said_so_and_the_usual_ones_shown(lead, query, words):
    ask(6, created_at=timezone.now())
    response = lead.get(f"/intake/reports/?{query}")
    assert response.status_code == 200
    assert words in text(response)
    assert response.context["statistics"].requests.total == 6
    assert lead.get(f"/intake/reports/statistics/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("from=2024-01-01&to=2024-12-31", "2024-01-01", "2024-12-31"),
        ("to=2026-03-30", "2026-03-01", "2026-03-30"),
        ("from=2024-01-01", "2024-01-01", "2024-12-31"),
    ],
)
def test_a_missing_day_follows_from_the_other(lead, query, first, last):
    dates = lead.get(f"/intake/reports/?{query}").context["dates"]
    assert (dates.first.isoformat(), dates.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "No requests in these days."),
        (1, "Fewer than 5 requests in these days"),
        (4, "Fewer than 5 requests in these days"),
        (5, "Asked for a call"),
    ],
)
def test_few_requests_make_no_charts_to_share(lead, number, words):
    ask(number)
    page = text(lead.get(SHARED))
    assert words in page
    assert ('<svg class="chart' in page) == (number >= 5)
    assert "No calls in these days." in page


def test_each_chart_has_a_name_and_a_table_with_the_same_numbers(lead):
    maria = make_staff(username="maria")
    for request in ask(6, source="some-article", first_attempt_minutes=10, asked_while_open=True):
        CallAttempt.objects.create(request=request, by=maria, outcome="reached", at=MONDAY)
    page = text(lead.get(f"/intake/reports/{MARCH}"))
    charts = re.findall(r'<svg class="chart.*?</svg>', page, re.DOTALL)
    titles = [re.search(r"<title[^>]*>([^<]+)", chart)[1] for chart in charts]
    assert len(charts) == 9
    assert titles == re.findall(r"<caption>([^<]+)</caption>", page)
    assert all('role="img"' in chart and "aria-labelledby" in chart for chart in charts)
    assert "style=" not in page
    assert "some-article" in page


def test_the_page_says_how_many_hours_stand_together(lead):
    ask(6)
    page = text(lead.get(SHARED))
    assert "A field holds one hour." in page
    assert "10:00</th>" in page
    ask(3, hour_of_week=33)
    ask(3, hour_of_week=34)
    page = text(lead.get(SHARED))
    assert "A field holds 3 hours: smaller ones would hide more" in page
    assert "09:00–12:00</th>" in page
    assert "chart--middle" in page


def test_the_page_says_when_even_many_hours_hold_too_few(lead):
    for day in range(7):
        ask(1, hour_of_week=day * 24)
    page = text(lead.get(SHARED))
    assert "Even in fields of 6 hours there are too few to show." in page


def test_long_waits_are_told_in_hours_and_missing_ones_as_never(lead):
    ask(6, first_attempt_minutes=1560)
    page = " ".join(text(lead.get(f"/intake/reports/{MARCH}")).split())
    assert '<th scope="row">Half tried within</th><td>26 h</td><td>–</td>' in page
    assert '<th scope="row">Tried within 1 h</th><td>0 of 6 (0%)</td>' in page
    assert "1560" not in page
    ask(7)
    page = " ".join(text(lead.get(f"/intake/reports/{MARCH}")).split())
    assert '<th scope="row">Half tried within</th><td>never</td>' in page
    assert '<th scope="row">Never tried</th><td>7 of 13 (54%)</td>' in page


def test_the_load_of_each_account_is_drawn_by_its_calls(lead):
    for username, number, outcome in (("maria", 12, "reached"), ("omar", 6, "no_answer")):
        account = make_staff(username=username)
        for request in ask(number):
            CallAttempt.objects.create(request=request, by=account, outcome=outcome, at=MONDAY)
    page = text(lead.get(f"/intake/reports/{MARCH}"))
    drawing = re.search(r"<svg[^>]*staff-title.*?</svg>", page, re.DOTALL)[0]
    values = re.findall(r"chart__value[^>]*>([^<]+)<", drawing)
    assert values == ["12 calls · 100% reached", "6 calls · 0% reached"]
    lengths = re.findall(r'chart__bar"[^>]*width="([\d.]+)"', drawing)
    assert [float(length) for length in lengths] == [360, 180]


def test_leads_see_small_groups_and_what_leaves_the_desk_hides_them(lead):
    ask(12, language="es")
    ask(7)
    ask(3, language="other")
    page = text(lead.get(f"/intake/reports/{MARCH}"))
    assert languages(page) == ["7 · 32%", "12 · 55%", "3 · 14%"]
    page = text(lead.get(SHARED))
    assert languages(page) == ["hidden", "12 · 55%", "hidden"]
    assert re.findall(r"Another language</th>\s*<td>(\w+)", page) == ["hidden"]
    found = table(lead.get(f"/intake/reports/statistics/{MARCH}"))
    assert found["Language", "Spanish (español)", "Number"] == "12"
    assert found["Language", "English", "Number"] == "hidden"
    assert found["Language", "Another language", "Number"] == "hidden"
    assert found["Language", "Another language", "Share"] == "hidden"
    assert found["Requests", "", "Number"] == "22"


def languages(page):
    drawing = re.search(r"<svg[^>]*languages-title.*?</svg>", page, re.DOTALL)[0]
    return re.findall(r"chart__value[^>]*>([^<]+)<", drawing)


def test_small_groups_are_hidden_while_others_see_the_screen(lead):
    ask(12, language="es")
    ask(3, language="other")
    days = {"from": "2026-03-01", "to": "2026-03-31"}
    answer = lead.post("/intake/reports/shared-screen/", days | {"on": "yes"})
    assert answer.url == f"/intake/reports/{MARCH}"
    for address in (answer.url, "/intake/reports/?from=2026-02-20&to=2026-03-20"):
        assert languages(text(lead.get(address))) == ["hidden", "hidden", "hidden"]
    lead.post("/intake/reports/shared-screen/", days)
    assert languages(text(lead.get(answer.url))) == ["0 · 0%", "12 · 80%", "3 · 20%"]


@pytest.mark.parametrize(
    ("groups", "status"), [(["Intake leads"], 302), (["Intake"], 403), (["Privacy officers"], 403)]
)
def test_only_leads_say_who_sees_the_screen(client, groups, status):
    client.force_login(make_staff(*groups))
    assert client.post("/intake/reports/shared-screen/", {"on": "yes"}).status_code == status
    assert client.get("/intake/reports/shared-screen/").status_code in (403, 405)


def test_the_file_holds_what_the_page_to_share_shows(lead):
    ask(9, first_attempt_minutes=3, asked_while_open=True, language="es")
    ask(3, first_attempt_minutes=500, asked_while_open=True)
    ask(6, created_at=MONDAY - timedelta(days=31), asked_while_open=True)
    page = lead.get(SHARED).context
    file = table(lead.get(f"/intake/reports/statistics/{MARCH}"))
    shown = {
        (panel.title, group, column): value
        for panel in (*page["try_panels"], *page["request_panels"])
        for group, values in panel.rows
        for column, value in zip(panel.columns, values, strict=True)
    }
    for figure in page["request_figures"]:
        shown["Requests", figure.label, "These days"] = figure.value
        shown["Requests", figure.label, "Days before"] = figure.before
    assert shown.items() <= file.items()
    assert file["Requests", "Asked for a call", "Days before"] == "6"
    assert file["Days", "", "Time zone"] == "America/Phoenix"


def test_every_figure_says_what_counts(lead):
    maria = make_staff(username="maria")
    for request in ask(6, priority=0, asked_while_open=True):
        CallAttempt.objects.create(request=request, by=maria, outcome="reached", at=MONDAY)
    ask(1, is_secret_shopper=True)
    page = lead.get(f"/intake/reports/{MARCH}")
    names = ("request_figures", "danger_figures", "call_figures", "try_panels", "request_panels",
             "call_panels", "shopper_panels")  # fmt: skip
    explained = [each.counts for name in names for each in page.context[name]]
    assert text(page).count(">What counts<") == len(explained) == 18
    assert all(explained)
    assert "(America/Phoenix)" in text(page)


def test_the_file_says_nothing_where_there_is_too_little(lead):
    ask(3)
    assert table(lead.get(f"/intake/reports/statistics/{MARCH}")) == {
        ("Days", "", "From"): "2026-03-01",
        ("Days", "", "To"): "2026-03-31",
        ("Days", "", "Time zone"): "America/Phoenix",
        ("Days before", "", "From"): "2026-01-29",
        ("Days before", "", "To"): "2026-02-28",
        ("Requests", "", "Number"): "hidden",
        ("Left out as spam", "", "Number"): "0",
        ("Calls", "", "Number"): "0",
        ("Talks that they began", "", "Number"): "0",
        ("Secret shoppers", "", "Number"): "0",
    }


def test_neither_page_nor_file_holds_what_people_told_us(lead):
    ask(6, relationship="my nephew Quentin", needs="relay service please")
    page = text(lead.get(f"/intake/reports/{MARCH}"))
    response = lead.get(f"/intake/reports/statistics/{MARCH}")
    file = b"".join(response.streaming_content).decode()
    for told in (NAME, PHONE[2:], "zebrafinch", "Quentin", "relay"):
        assert told not in page
        assert told not in file
    assert response["Cache-Control"] == "no-store, private"
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == (
        'attachment; filename="callback-statistics-2026-03-01-to-2026-03-31.csv"'
    )
    assert not AuditEntry.objects.exists()


def test_an_account_named_like_a_formula_stays_text(lead):
    nasty = make_staff(username="nasty", first_name="=1+1")
    for request in ask(6):
        CallAttempt.objects.create(request=request, by=nasty, outcome="reached", at=MONDAY)
    found = table(lead.get(f"/intake/reports/statistics/{MARCH}"))
    assert found["Calls by account", "'=1+1", "Calls"] == "6"


def test_the_page_carries_the_notice_of_42_cfr_part_2(lead):
    page = text(lead.get("/intake/reports/"))
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in page


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        (1, 3, "33%"),
        (2, 3, "67%"),
        (1, 8, "13%"),
        (0, 5, "0%"),
        (5, 5, "100%"),
        (None, 5, "hidden"),
    ],
)
def test_shares_are_whole_percents(part, whole, share):
    assert percent(part, whole) == share


def test_leads_read_none_and_not_hidden_where_there_is_nothing(lead):
    make_request()
    figures = text(lead.get("/intake/reports/")).partition("<h2>Requests</h2>")[2]
    assert "when asked while open" in figures
    assert "hidden" not in figures.partition("<h2>Take along</h2>")[0].replace(
        "visually-hidden", ""
    )
