"""Leads set up intake and get hints about gaps in their rules."""

import re
from datetime import date, time

import pytest
from django.contrib.admin.models import LogEntry

from contact.models import DangerPhrase, Desk, OpeningHours, Place, RetryStep, SpecialDay
from tests.contact.pages import said, text
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
ADMIN = "/admin/contact/"
PAGES = ("desk", "openinghours", "specialday", "retrystep", "dangerphrase", "place")
NO_HOURS = (
    "No opening hours yet. Until you add them, visitors are not told by when we call, calls are "
    "planned by the caller's clock alone, and every hour counts as staffed."
)


def staffed(*hours, days=range(5)):
    for weekday in days:
        for opens, closes in hours:
            OpeningHours.objects.create(weekday=weekday, opens=time(opens), closes=time(closes))


def hours(**over):
    return {"weekday": "0", "opens": "09:00", "closes": "12:00"} | over


def special(**over):
    return {"date": "2026-12-24", "name": "Made-up holiday", "opens": "", "closes": ""} | over


def step(**over):
    empty = {"minutes": "", "days": "", "part_of_day": ""}
    return {"outcome": "no_answer", "tries": "4", **empty} | over


# Who may


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "group", ["Editors", "Medical reviewers", "Intake", "Intake leads", "Privacy officers"]
)
def test_leads_set_the_desk_up_and_nobody_else(client, page, group):
    client.force_login(make_staff(group))
    status = client.get(f"{ADMIN}{page}/", follow=True).status_code
    looks = group == "Intake leads" or (group, page) == ("Intake", "place")
    assert status == (200 if looks else 403)
    adds = group == "Intake leads" and page != "desk"
    assert client.get(f"{ADMIN}{page}/add/").status_code == (200 if adds else 403)


def test_intake_looks_places_up_without_changing_them(client):
    place = Place.objects.create(name="Example Clinic", verified_on=date(2026, 1, 2))
    client.force_login(make_staff("Intake"))
    assert "Example Clinic" in text(client.get(f"{ADMIN}place/"))
    url = f"{ADMIN}place/{place.pk}/change/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"name": "Other"}).status_code == 403


# The desk


def test_the_rules_of_the_desk_are_one_page(lead):
    url = f"{ADMIN}desk/1/change/"
    assert not Desk.objects.exists()
    assert lead.get(f"{ADMIN}desk/")["Location"] == url
    assert "what visitors are told" in text(lead.get(url))
    data = {"target_minutes": "45", "minutes_per_call": "15", "unattended_minutes": "20"}
    data["review_days"] = "30"
    answer = lead.post(url, data, follow=True)
    assert answer.redirect_chain[-1][0] == url
    desk = Desk.objects.get()
    assert (desk.target_minutes, desk.minutes_per_call, desk.unattended_minutes) == (45, 15, 20)
    assert LogEntry.objects.get().object_repr == "Rules of the desk"
    assert lead.post(url, data | {"target_minutes": "0"}).status_code == 200
    assert Desk.objects.get().target_minutes == 45


def test_the_rules_of_the_desk_are_neither_added_nor_deleted(client):
    client.force_login(make_staff(is_superuser=True))
    Desk.current()
    assert client.get(f"{ADMIN}desk/add/").status_code == 403
    assert client.post(f"{ADMIN}desk/1/delete/", {"post": "yes"}).status_code == 403
    assert Desk.objects.count() == 1


# Opening hours


def test_without_hours_the_list_says_what_that_means(lead):
    assert said(lead.get(f"{ADMIN}openinghours/")) == [NO_HOURS]
    staffed((8, 20))
    assert said(lead.get(f"{ADMIN}openinghours/")) == []


def test_hours_are_added_and_listed_by_weekday(lead):
    url = f"{ADMIN}openinghours/"
    lead.post(f"{url}add/", hours(weekday="2", opens="13:00", closes="00:00"))
    lead.post(f"{url}add/", hours(weekday="2"))
    lead.post(f"{url}add/", hours())
    page = text(lead.get(url))
    shown = ["Monday", "9 a.m. – noon", "Wednesday", "9 a.m. – noon", "1 p.m. – midnight"]
    places = []
    for words in shown:
        places.append(page.index(words, places[-1] if places else page.index("<tbody")))
    assert places == sorted(places)
    assert LogEntry.objects.count() == 3


def test_a_row_is_copied_to_the_next_weekday(lead):
    staffed((9, 12), days=[0])
    url = f"{ADMIN}openinghours/{OpeningHours.objects.get().pk}/change/"
    assert 'type="time"' in lead.get(url).text
    assert 'value="09:00"' in lead.get(url).text
    lead.post(url, hours(weekday="1", _saveasnew="yes"))
    assert list(OpeningHours.objects.values_list("weekday", flat=True)) == [0, 1]


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"opens": "11:00", "closes": "14:00"}, "overlap with others of the same day"),
        ({"opens": "08:00", "closes": "00:00"}, "overlap with others of the same day"),
        ({"opens": "14:00", "closes": "13:00"}, "must close after it opens"),
        ({"opens": "14:00", "closes": "14:00"}, "must close after it opens"),
        ({"closes": "late"}, "Enter a valid time"),
        ({"weekday": "7"}, "Select a valid choice"),
    ],
)
def test_hours_that_contradict_are_refused(lead, over, words):
    staffed((9, 12), days=[0])
    response = lead.post(f"{ADMIN}openinghours/add/", hours(**over))
    assert response.status_code == 200
    assert words in text(response)
    assert OpeningHours.objects.count() == 1


def test_hours_that_touch_are_fine(lead):
    staffed((9, 12), days=[0])
    data = hours(opens="12:00", closes="13:00")
    assert lead.post(f"{ADMIN}openinghours/add/", data).status_code == 302


def test_a_time_of_day_that_visitors_choose_in_vain_is_told(lead):
    staffed((9, 12), (13, 17))
    (words,) = said(lead.get(f"{ADMIN}openinghours/"))
    assert "never staffed at the time “Evening (5 to 9 p.m.)”" in words
    staffed((17, 18), days=[5])
    assert said(lead.get(f"{ADMIN}openinghours/")) == []


# Special days


def test_a_holiday_is_closed_all_day_and_another_day_has_its_hours(lead):
    url = f"{ADMIN}specialday/"
    lead.post(f"{url}add/", special())
    lead.post(f"{url}add/", special(date="2026-12-31", opens="09:00", closes="11:00"))
    lead.post(f"{url}add/", special(date="2026-12-31", opens="11:00", closes="12:00"))
    page = text(lead.get(url))
    assert "Closed all day" in page
    assert "9 a.m. – 11 a.m." in page
    assert SpecialDay.objects.count() == 3


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"opens": "09:00"}, "Give both times"),
        ({"opens": "12:00", "closes": "09:00"}, "Give both times"),
        ({"date": "2026-12-25"}, "This date is there already"),
        ({"date": "2026-12-25", "opens": "09:00", "closes": "12:00"}, "This date is there already"),
        ({"date": "2026-12-31"}, "This date is there already"),
        ({"date": "2026-12-31", "opens": "08:00", "closes": "10:00"}, "overlap"),
        ({"date": "2026-12-31", "opens": "10:00", "closes": "00:00"}, "overlap"),
        ({"date": "someday"}, "Enter a valid date"),
    ],
)
def test_a_special_day_that_contradicts_is_refused(lead, over, words):
    SpecialDay.objects.create(date=date(2026, 12, 25), name="Closed")
    SpecialDay.objects.create(date=date(2026, 12, 31), name="Short", opens=time(9), closes=time(11))
    response = lead.post(f"{ADMIN}specialday/add/", special(**over))
    assert response.status_code == 200
    assert words in text(response)
    assert SpecialDay.objects.count() == 2


def test_the_browser_offers_its_own_calendar(lead):
    day = SpecialDay.objects.create(date=date(2026, 12, 25), name="Closed")
    page = lead.get(f"{ADMIN}specialday/{day.pk}/change/").text
    assert re.search(r'<input type="date" name="date" value="2026-12-25"', page)


def test_a_special_day_can_be_saved_again_as_it_is(lead):
    day = SpecialDay.objects.create(date=date(2026, 12, 25), name="Closed")
    url = f"{ADMIN}specialday/{day.pk}/change/"
    assert lead.post(url, special(date="2026-12-25")).status_code == 302


# Next tries


def test_each_rule_is_a_plain_sentence_and_rules_stand_by_outcome(lead):
    RetryStep.objects.all().delete()
    for outcome, tries, minutes, days, part in (
        ("voicemail", 1, None, 0, "evening"),
        ("no_answer", 2, 90, None, ""),
        ("no_answer", 1, 120, None, ""),
        ("no_answer", 3, None, 1, "morning"),
        ("no_answer", 4, None, 3, ""),
        ("no_answer", 5, 60, None, ""),
    ):
        RetryStep.objects.create(
            outcome=outcome, tries=tries, minutes=minutes, days=days, part_of_day=part
        )
    page = text(lead.get(f"{ADMIN}retrystep/"))
    assert re.findall(r"field-outcome[^>]*>([^<]+)<|>(After try [^<]+)<", page) == [
        ("No answer", ""),
        ("", "After try 1: in 2 hours"),
        ("No answer", ""),
        ("", "After try 2: in 90 minutes"),
        ("No answer", ""),
        ("", "After try 3: the next day, in the morning"),
        ("No answer", ""),
        ("", "After try 4: 3 days later"),
        ("No answer", ""),
        ("", "After try 5: in 1 hour"),
        ("Left the voicemail they allowed", ""),
        ("", "After try 1: later the same day, in the evening"),
    ]


def test_a_rule_for_danger_says_so_and_its_gaps_are_filled_by_the_others(lead):
    RetryStep.objects.filter(is_urgent=True).delete()
    RetryStep.objects.create(outcome="no_answer", tries=3, minutes=15, is_urgent=True)
    response = lead.get(f"{ADMIN}retrystep/")
    assert "After try 3, if words may mean danger: in 15 minutes" in text(response)
    assert said(response) == []


@pytest.mark.parametrize(
    "over", [{"minutes": "60"}, {"days": "2", "part_of_day": "morning"}, {"days": "1"}]
)
def test_a_rule_is_added(lead, over):
    assert lead.post(f"{ADMIN}retrystep/add/", step(**over)).status_code == 302
    assert RetryStep.objects.filter(outcome="no_answer", tries=4).exists()


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({}, "Give either minutes, or days"),
        ({"minutes": "60", "days": "1"}, "Give either minutes, or days"),
        ({"minutes": "60", "part_of_day": "morning"}, "Give either minutes, or days"),
        ({"minutes": "60", "tries": "1"}, "already exists"),
        ({"minutes": "60", "tries": "0"}, "greater than or equal to 1"),
        ({"minutes": "60", "outcome": "stop"}, "Select a valid choice"),
        ({"minutes": "60", "outcome": "call_later"}, "Select a valid choice"),
    ],
)
def test_a_rule_that_says_two_things_or_none_is_refused(lead, over, words):
    before = RetryStep.objects.count()
    response = lead.post(f"{ADMIN}retrystep/add/", step(**over))
    assert response.status_code == 200
    assert words in text(response)
    assert RetryStep.objects.count() == before


def test_the_rules_that_a_desk_starts_with_need_no_advice(lead):
    assert said(lead.get(f"{ADMIN}retrystep/")) == []


def test_a_gap_between_the_rules_is_told(lead):
    rules = RetryStep.objects.filter(outcome="no_answer", is_urgent=False)
    rules.filter(tries=3).update(tries=4)
    (words,) = said(lead.get(f"{ADMIN}retrystep/"))
    assert words == (
        "No answer: there is no rule for try 3, so a lead decides after it, "
        "before the later rules are reached."
    )
    rules.filter(tries=1).delete()
    (words,) = said(lead.get(f"{ADMIN}retrystep/"))
    assert "no rule for try 1" in words


def test_a_rule_for_a_part_of_the_day_without_anyone_at_the_desk_is_told(lead):
    staffed((9, 12), (13, 17))
    (words,) = said(lead.get(f"{ADMIN}retrystep/"))
    assert "Evening (5 to 9 p.m.)" in words
    RetryStep.objects.filter(part_of_day="evening").update(part_of_day="morning")
    assert said(lead.get(f"{ADMIN}retrystep/")) == []


# Words that may mean danger


def test_words_are_added_and_found(lead):
    url = f"{ADMIN}dangerphrase/"
    data = {"words": "the zebrafinch is gone", "kind": "any", "language": "en", "points": "200"}
    assert lead.post(f"{url}add/", data).status_code == 302
    assert "the zebrafinch is gone" in text(lead.get(url, {"q": "zebra"}))
    assert "already exists" in text(lead.post(f"{url}add/", data))


@pytest.mark.parametrize("words", ["", "!!!", "a", "I ?", "…"])
def test_words_that_any_message_may_hold_are_refused(lead, words):
    before = DangerPhrase.objects.count()
    data = {"words": words, "kind": "any", "language": "en", "points": "200"}
    assert lead.post(f"{ADMIN}dangerphrase/add/", data).status_code == 200
    assert DangerPhrase.objects.count() == before


def test_without_words_the_list_says_what_that_means(lead):
    assert said(lead.get(f"{ADMIN}dangerphrase/")) == []
    DangerPhrase.objects.all().delete()
    (words,) = said(lead.get(f"{ADMIN}dangerphrase/"))
    assert words.startswith("No words yet.")


def test_languages_are_named(lead):
    DangerPhrase.objects.create(words="zebrafinch", language="es")
    page = text(lead.get(f"{ADMIN}dangerphrase/", {"q": "zebrafinch"}))
    assert 'class="field-in_language">Spanish (español)</td>' in page
    assert "zebrafinch" in text(lead.get(f"{ADMIN}dangerphrase/", {"language": "es", "q": "zebra"}))
    english = text(lead.get(f"{ADMIN}dangerphrase/", {"language": "en", "q": "zebrafinch"}))
    assert "field-words" not in english


# Places


def test_a_place_is_offered_once_someone_has_verified_it(lead):
    place = Place.objects.create(name="Example Clinic")
    url = f"{ADMIN}place/"
    assert said(lead.get(url)) == ["1 place is not offered, because nobody has verified it."]
    page = text(lead.get(url))
    assert 'aria-label="Verified on: Example Clinic"' in page
    assert "Not offered: nobody has verified it." in page
    assert f'<a href="{url}{place.pk}/change/">Example Clinic</a>' in page
    data = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-id": str(place.pk),
        "form-0-verified_on": "2026-11-01",
        "form-0-is_active": "on",
        "_save": "Save",
    }
    assert lead.post(url, data).status_code == 302
    assert list(Place.objects.offered()) == [place]
    response = lead.get(url)
    assert "Not offered" not in text(response)
    assert LogEntry.objects.get().object_repr == "Example Clinic"


@pytest.mark.parametrize(
    "over", [{"dial": "call us"}, {"url": "javascript:alert(1)"}, {"name": ""}]
)
def test_a_wrong_place_is_explained(lead, over):
    data = {"name": "Example Clinic", "is_active": "on"}
    assert lead.post(f"{ADMIN}place/add/", data | over).status_code == 200
    assert not Place.objects.exists()


def test_leads_retire_places_instead_of_deleting_them(lead):
    place = Place.objects.create(name="Example Clinic")
    assert lead.post(f"{ADMIN}place/{place.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Place.objects.exists()


@pytest.mark.parametrize("page", PAGES)
def test_every_page_leads_back_to_the_calls(lead, page):
    add = "add/" if page != "desk" else ""
    for url in {f"{ADMIN}{page}/", f"{ADMIN}{page}/{add}"}:
        assert '<a href="/intake/">Back to the calls</a>' in text(lead.get(url, follow=True))


@pytest.mark.parametrize("page", ["desk", "openinghours", "specialday", "retrystep"])
def test_pages_with_times_say_whose_clock_it_is(lead, page, settings):
    settings.TIME_ZONE = "America/New_York"
    add = "add/" if page != "desk" else ""
    for url in {f"{ADMIN}{page}/", f"{ADMIN}{page}/{add}"}:
        page_text = text(lead.get(url, follow=True))
        assert "on the centre’s clock (America/New_York)" in page_text


def test_editors_are_not_led_to_the_calls(client):
    client.force_login(make_staff("Editors"))
    assert "/intake/" not in text(client.get(f"{ADMIN}helpline/"))


@pytest.mark.parametrize("page", ["dangerphrase", "place"])
def test_the_search_has_a_label_to_read(lead, page):
    assert '<label for="searchbar">Search ' in text(lead.get(f"{ADMIN}{page}/"))


@pytest.mark.parametrize("page", PAGES)
def test_every_list_is_named_in_whole_words(lead, page):
    response = lead.get(f"{ADMIN}{page}/", follow=True)
    assert "hourss" not in response.text
    assert response.text.count("<h1") <= 2
