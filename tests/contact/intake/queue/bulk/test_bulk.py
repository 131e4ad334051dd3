import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from contact.lifecycle.team import claims
from contact.models import CallbackRequest
from contact.privacy.audit_trail.audit import AuditEntry
from tests.contact.intake.queue.test_views import messages_of
from tests.factories import NAME, make_request, make_staff

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def lina():
    return make_staff("Intake leads", username="lina", first_name="Lina")


@pytest.fixture
def lead(client, lina):
    client.force_login(lina)
    return client


@pytest.fixture
def requests():
    return [make_request(phone=f"+160255501{n:02d}") for n in range(3)]


def chosen(*requests, **more):
    tokens = [f"{request.pk}:{request.version}" for request in requests]
    return {"chosen": tokens, "back": "list=now", **more}


def post(client, do, *requests, **more):
    """Confirmed; the messages that follow, without the way back."""
    data = chosen(*requests, do=do, confirmed="1", **more)
    response = client.post("/intake/bulk/", data, follow=True)
    assert response.redirect_chain[-1][0] == "/intake/?list=now", response.text
    return [re.sub(r" <a [^>]*>Take it back</a>$", "", text) for text in messages_of(response)]


def outcomes(*requests):
    return [CallbackRequest.objects.get(pk=request.pk).outcome for request in requests]


@pytest.mark.parametrize("do", ["spam", "duplicate", "assign", "release"])
def test_asks_first_with_references_alone(lead, requests, do):
    response = lead.post("/intake/bulk/", chosen(*requests[:2], do=do))
    assert response.status_code == 200
    assert str(requests[0]) in response.text
    assert str(requests[2]) not in response.text
    assert NAME not in response.text
    # Identifiers in attributes are random, and may hold any four digits.
    seen = strip_tags(response.text)
    assert not [request for request in requests if request.phone[-4:] in seen]
    assert 'href="/intake/?list=now"' in response.text
    assert outcomes(*requests) == ["", "", ""]
    entry = AuditEntry.objects.get()
    assert entry.action == "listed"
    assert set(entry.detail["references"]) == {str(requests[0]), str(requests[1])}


def test_closes_as_spam_what_was_ticked_and_nothing_else(intake, requests, maria):
    assert post(intake, "spam", *requests[:2]) == ["Done: 2 requests."]
    assert outcomes(*requests) == ["spam", "spam", ""]
    entries = AuditEntry.objects.filter(action="closed")
    assert {entry.request_id for entry in entries} == {request.pk for request in requests[:2]}
    assert {entry.actor for entry in entries} == {maria}


@pytest.mark.parametrize("do", ["duplicate", "assign", "release"])
def test_the_rest_is_for_leads(intake, requests, do):
    assert do not in intake.get("/intake/").text.partition('id="_bulk"')[2]
    response = intake.post("/intake/bulk/", chosen(*requests, do=do, confirmed="1"))
    assert response.status_code == 403
    assert outcomes(*requests) == ["", "", ""]


class TestDuplicates:
    def test_are_closed_and_linked_to_where_they_are_handled(self, lead, requests):
        handled, *others = requests
        post(lead, "duplicate", *others, of=str(handled).lower())
        assert outcomes(*requests) == ["", "duplicate", "duplicate"]
        handled.refresh_from_db()
        assert set(handled.persons_others()) == set(others)

    def test_need_no_such_reference(self, lead, requests):
        post(lead, "duplicate", requests[0], of="")
        assert outcomes(*requests) == ["duplicate", "", ""]

    def test_may_be_linked_already(self, lead, requests):
        handled, one, other = requests
        CallbackRequest.objects.exclude(pk=one.pk).update(person=one.person)
        assert post(lead, "duplicate", one, other, of=str(handled)) == ["Done: 2 requests."]
        assert outcomes(*requests) == ["", "duplicate", "duplicate"]
        one.refresh_from_db()
        assert set(one.persons_others()) == {handled, other}

    def test_take_those_linked_with_them_along(self, lead, requests):
        handled, one, friend = requests
        CallbackRequest.objects.filter(pk=friend.pk).update(person=one.person)
        post(lead, "duplicate", one, of=str(handled))
        handled.refresh_from_db()
        assert set(handled.persons_others()) == {one, friend}

    def test_unknown_reference_is_asked_for_again(self, lead, requests):
        data = chosen(requests[0], do="duplicate", confirmed="1", of="2222-2222")
        response = lead.post("/intake/bulk/", data)
        assert "There is no request with this reference." in response.text
        assert outcomes(*requests) == ["", "", ""]

    def test_a_request_is_no_duplicate_of_itself(self, lead, requests):
        said = post(lead, "duplicate", *requests[:2], of=str(requests[0]))
        assert said[1].startswith(f"Left as they are: {requests[0]}")
        assert outcomes(*requests) == ["", "duplicate", ""]


class TestAssign:
    def test_gives_them_to_a_colleague_and_takes_them_back(self, lead, requests, maria):
        post(lead, "assign", *requests, to=maria.pk)
        rows = list(CallbackRequest.objects.all())
        assert {row.assigned_to for row in rows} == {maria}
        post(lead, "assign", *rows, to="")
        assert {row.assigned_to for row in CallbackRequest.objects.all()} == {None}

    @pytest.mark.parametrize("group", ["Privacy officers", "Editors"])
    def test_never_to_someone_who_can_not_call(self, lead, requests, group):
        other = make_staff(group)
        data = chosen(*requests, do="assign", confirmed="1", to=other.pk)
        response = lead.post("/intake/bulk/", data)
        assert "Select a valid choice" in response.text
        assert not CallbackRequest.objects.filter(assigned_to=other).exists()

    def test_two_of_one_person_are_both_done(self, lead, maria):
        one = make_request()
        pair = [one, make_request(person=one.person)]
        assert post(lead, "assign", *pair, to=maria.pk) == ["Done: 2 requests."]


class TestRelease:
    def test_frees_what_a_colleague_holds(self, lead, requests, maria):
        taken = claims.take_next(maria)
        assert post(lead, "release", taken) == ["Done: 1 request."]
        assert not CallbackRequest.objects.held().exists()

    def test_both_of_one_person(self, lead, maria):
        one = make_request()
        make_request(person=one.person)
        claims.take_next(maria)
        assert post(lead, "release", *CallbackRequest.objects.all()) == ["Done: 2 requests."]

    def test_leaves_another_person_on_the_line(self, lead, maria):
        held, other = make_request(), make_request(name="Zenobia Quickly")
        assert claims.claim(held, maria)
        held.refresh_from_db()
        assert post(lead, "release", held, other) == [
            "Done: 1 request.",
            f"Left as they are: {other} (nobody holds it).",
        ]

    def test_leaves_what_nobody_holds(self, lead, requests):
        assert post(lead, "release", requests[0]) == [
            f"Left as they are: {requests[0]} (nobody holds it)."
        ]


class TestLeftAsTheyAre:
    def test_held_by_a_colleague(self, lead, requests, maria):
        taken = claims.take_next(maria)
        others = [request for request in requests if request != taken]
        said = post(lead, "spam", taken, *others)
        assert said == ["Done: 2 requests.", f"Left as they are: {taken} (maria is calling)."]
        assert outcomes(taken, *others) == ["", "spam", "spam"]

    def test_held_by_oneself_is_done(self, lead, requests, lina):
        taken = claims.take_next(lina)
        assert post(lead, "spam", taken) == ["Done: 1 request."]

    def test_changed_since_it_was_ticked(self, lead, requests):
        CallbackRequest.objects.filter(pk=requests[1].pk).update(version=7)
        said = post(lead, "spam", *requests)
        assert said[0] == "Done: 2 requests."
        assert said[1].startswith(f"Left as they are: {requests[1]} (it has changed")
        assert outcomes(*requests) == ["spam", "", "spam"]

    def test_changed_between_question_and_answer(self, lead, requests):
        question = lead.post("/intake/bulk/", chosen(requests[0], do="spam"))
        CallbackRequest.objects.filter(pk=requests[0].pk).update(version=7)
        assert f"{requests[0].pk}:0" in question.text
        assert "it has changed" in post(lead, "spam", requests[0])[0]

    def test_changed_between_tick_and_question(self, lead, requests):
        ticked = chosen(requests[0], do="spam")
        CallbackRequest.objects.filter(pk=requests[0].pk).update(version=7)
        question = lead.post("/intake/bulk/", ticked)
        tokens = re.findall(r'name="chosen" value="([^"]+)"', question.text)
        answer = {"do": "spam", "confirmed": "1", "chosen": tokens, "back": "list=now"}
        assert "it has changed" in messages_of(lead.post("/intake/bulk/", answer, follow=True))[0]
        assert outcomes(requests[0]) == [""]

    @pytest.mark.parametrize("do", ["spam", "duplicate"])
    def test_the_second_of_one_person_that_changed(self, lead, do):
        one = make_request()
        pair = [one, make_request(person=one.person)]
        CallbackRequest.objects.filter(pk=pair[1].pk).update(version=7)
        said = post(lead, do, *pair)
        assert said[0] == "Done: 1 request."
        assert "it has changed" in said[1]
        assert outcomes(*pair) == [do, ""]

    def test_closed_meanwhile(self, lead, requests):
        ticked = chosen(requests[0], do="spam", confirmed="1")
        post(lead, "duplicate", requests[0])
        assert "already closed" in messages_of(lead.post("/intake/bulk/", ticked, follow=True))[0]
        assert outcomes(requests[0]) == ["duplicate"]

    def test_unknown_one(self, lead, requests):
        ghost = CallbackRequest(version=0)
        said = post(lead, "spam", ghost, requests[0])
        assert said[0] == "Done: 1 request."
        assert "(not possible)" in said[1]


class TestRefusals:
    def test_nothing_ticked(self, intake, requests):
        assert post(intake, "spam") == ["Tick the requests first."]

    @pytest.mark.parametrize("token", ["", "x", "1:2", "-" * 36 + ":1", "0" * 36 + ":1", "٣:1"])
    def test_broken_ticks(self, intake, requests, token):
        data = {"do": "spam", "chosen": [token], "confirmed": "1", "back": "list=now"}
        response = intake.post("/intake/bulk/", data, follow=True)
        assert messages_of(response) == ["Tick the requests first."]

    def test_more_than_a_hundred(self, intake):
        many = [CallbackRequest(version=0) for _ in range(101)]
        assert post(intake, "spam", *many) == ["At most 100 at once."]

    @pytest.mark.parametrize("do", ["", "reopen", "came_in"])
    def test_unknown_step(self, lead, requests, do):
        assert post(lead, do, *requests) == []
        assert outcomes(*requests) == ["", "", ""]


def test_closed_ones_can_not_be_ticked(lead):
    make_request(outcome="spam", created_at=timezone.now() - HOUR)
    assert 'name="chosen"' not in lead.get("/intake/?list=closed").text


@pytest.mark.parametrize("over", [{"status": "lead"}, {"priority": 0}])
def test_only_leads_close_a_delicate_one_as_spam(client, lina, over):
    delicate = make_request(**over)
    client.force_login(make_staff("Intake"))
    data = chosen(delicate, do="spam", confirmed="1")
    assert "a lead decides" in client.post("/intake/bulk/", data, follow=True).text
    assert outcomes(delicate) == [""]
    client.force_login(lina)
    client.post("/intake/bulk/", data)
    assert outcomes(delicate) == ["spam"]
