import time
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from contact.models import AuditEntry, CallbackRequest
from recovery_site.sign_in.models import StaffAccount, StaffSession
from tests.contact.pages import text
from tests.factories import make_request, make_staff

from .log_ins import ACCOUNT, PASSWORD, add_app, log_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "seven quiet herons wade"


@pytest.fixture
def erin():
    return make_staff("Intake leads", username="erin")


@pytest.fixture
def boss(client):
    log_in(client, make_staff(is_superuser=True, username="boss").username)
    return client


def at(monkeypatch, **span):
    """Move the clocks of sessions on."""
    later = timezone.now() + timedelta(**span)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    monkeypatch.setattr(time, "time", later.timestamp)


def is_in(client):
    return client.get("/intake/").status_code == 200


def test_work_ends_after_twelve_hours_however_busy(erin, client, monkeypatch):
    at(monkeypatch, minutes=0)
    log_in(client)
    for minutes in (*[14] * 51, 5):
        at(monkeypatch, minutes=minutes)
        assert is_in(client)
    at(monkeypatch, minutes=2)
    assert not is_in(client)


def test_own_sessions_are_listed_and_the_others_ended(erin, client):
    log_in(client, HTTP_USER_AGENT=FIREFOX)
    other = Client()
    log_in(other, HTTP_USER_AGENT="curl/8")
    stranger = Client()
    stranger.force_login(make_staff("Intake"))
    log_in(idle := Client())
    # It ended by itself; its row stays for up to an hour.
    ended = StaffSession.objects.filter(pk=idle.session.session_key)
    assert ended.update(expire_date=timezone.now()) == 1
    page = text(client.get(ACCOUNT))
    assert "Firefox, Linux" in page
    assert page.count("last used") == 2
    assert client.post(f"{ACCOUNT}sessions/end/").status_code == 302
    assert "1 other session ended." in text(client.get(ACCOUNT))
    assert (is_in(client), is_in(other), is_in(stranger)) == (True, False, True)
    assert AuditEntry.objects.filter(action="sessions ended").get().detail == {"sessions": 1}


def fields_of(account, **over):
    """The form of an account in the admin, filled in as it is stored."""
    joined = timezone.localtime(account.date_joined)
    stored = {
        "username": account.username, "first_name": "", "last_name": "", "email": "",
        "is_active": account.is_active and "on", "is_staff": account.is_staff and "on",
        "is_superuser": account.is_superuser and "on",
        "groups": [str(group.pk) for group in account.groups.all()],
        "date_joined_0": joined.strftime("%Y-%m-%d"), "date_joined_1": joined.strftime("%H:%M:%S"),
    }  # fmt: skip
    return {name: value for name, value in (stored | over).items() if value not in (False, None)}


def save(client, account, **over):
    sent = fields_of(account, **over)
    response = client.post(f"/admin/auth/user/{account.pk}/change/", sent)
    assert response.status_code == 302, text(response)


def test_roles_disabling_and_passwords_end_all_sessions_of_the_account(erin, boss):
    intake = str(Group.objects.get(name="Intake").pk)
    steps = {
        "roles changed": lambda: save(boss, erin, groups=[intake]),
        "account disabled": lambda: save(boss, erin, is_active=None),
        "password changed": lambda: boss.post(
            f"/admin/auth/user/{erin.pk}/password/",
            {"password1": NEW, "password2": NEW, "usable_password": "true", "set-password": "1"},
        ),
    }
    for action, step in steps.items():
        log_in(erins := Client())
        assert is_in(erins), action
        save(boss, erin, first_name="Erin")
        assert is_in(erins), action
        step()
        assert not is_in(erins), action
        assert not StaffSession.objects.filter(account=erin).exists(), action
        entry = AuditEntry.objects.filter(action=action).first()
        assert (entry.actor_name, entry.detail["account"]) == ("boss", "erin")
        erin.refresh_from_db()
        erin.is_active = True
        erin.save()
    assert AuditEntry.objects.filter(action="roles changed").first().detail["groups"] == ["Intake"]
    # Whoever gets a password from somebody else chooses their own before anything else.
    log_in(erins, password=NEW)
    assert erins.get("/intake/").url == "/admin/password_change/"
    assert erins.get(ACCOUNT).url == "/admin/password_change/"
    own = "brisk otters sort pebbles"
    sent = {"old_password": NEW, "new_password1": own, "new_password2": own}
    assert erins.post("/admin/password_change/", sent).status_code == 302
    assert is_in(erins)


def test_rights_of_a_group_end_the_sessions_of_its_members(erin, boss):
    log_in(erins := Client())
    group = erin.groups.get()
    sent = {"name": group.name, "permissions": [str(group.permissions.first().pk)]}
    assert boss.post(f"/admin/auth/group/{group.pk}/change/", sent).status_code == 302
    assert not StaffSession.objects.filter(account=erin).exists()
    assert erins.get("/intake/").status_code == 302
    assert AuditEntry.objects.first().action == "roles changed"


def test_a_new_account_chooses_its_own_password_first(boss):
    sent = {"username": "nora", "password1": NEW, "password2": NEW, "usable_password": "true"}
    assert boss.post("/admin/auth/user/add/", sent).status_code == 302
    nora = StaffAccount.objects.get(account__username="nora")
    assert nora.must_change_password
    assert AuditEntry.objects.first().action == "account made"


def test_twelve_characters_do_with_a_second_factor(erin, client):
    log_in(client)
    short = "kelp-91-otter"
    sent = {"old_password": PASSWORD, "new_password1": short, "new_password2": short}
    assert "at least 15" in text(client.post("/admin/password_change/", sent))
    add_app(client)
    assert client.post("/admin/password_change/", sent).status_code == 302


EMERGENCY = "/admin/login/emergency/"


def emergency_code(name="erin"):
    out = StringIO()
    call_command("emergency_access", name, stdout=out)
    return out.getvalue().strip()


def test_emergency_access_lets_one_account_in_once(erin, client):
    log_in(owner := Client())
    add_app(owner)
    code = emergency_code()
    assert "not right" in text(client.post(EMERGENCY, {"username": "erin", "code": "ABCD"}))
    make_staff("Intake", username="otto")
    assert "not right" in text(client.post(EMERGENCY, {"username": "otto", "code": code}))
    typed = code.lower().replace("-", " ")
    assert client.post(EMERGENCY, {"username": "erin", "code": typed}).status_code == 302
    assert not is_in(owner)
    # The old password is lost: a new one is chosen without it, and a factor added.
    assert client.get("/intake/").url == "/admin/password_change/"
    asked = client.get("/admin/password_change/").text
    assert "old password" not in asked
    assert "old_password" not in asked
    assert "The one of before no longer works" in asked
    sent = {"new_password1": NEW, "new_password2": NEW}
    assert client.post("/admin/password_change/", sent).status_code == 302
    assert is_in(client)
    assert "old_password" in client.get("/admin/password_change/").text
    assert "not right" in text(Client().post(EMERGENCY, {"username": "erin", "code": code}))
    assert log_in(Client(), password=NEW).status_code == 302
    made = AuditEntry.objects.filter(action="emergency code made").get()
    assert (made.actor_name, made.detail) == ("system", {"account": "erin"})
    used = AuditEntry.objects.filter(action="emergency code used").get()
    assert (used.actor_name, used.detail) == ("erin", {"factors": 1})
    assert log_in(Client(), "otto").status_code == 302


def test_an_emergency_code_is_short_lived_and_stored_as_a_hash(erin, client):
    code = emergency_code()
    stored = StaffAccount.objects.get(account=erin).emergency_code
    assert code.replace("-", "").lower() not in stored
    StaffAccount.objects.update(emergency_until=timezone.now() - timedelta(seconds=1))
    assert "too old" in text(client.post(EMERGENCY, {"username": "erin", "code": code}))
    for _ in range(4):
        client.post(EMERGENCY, {"username": "erin", "code": "x"})
    assert client.post(EMERGENCY, {"username": "erin", "code": "x"}).status_code == 429
    assert not client.post(EMERGENCY, {"username": "", "code": ""}).cookies.get("sessionid")


def test_emergency_access_is_for_active_staff_alone(erin):
    erin.is_active = False
    erin.save()
    for name in ("erin", "nobody"):
        with pytest.raises(CommandError, match="no active staff account"):
            emergency_code(name)


STATE = "/intake/pulse/session/"


def test_a_page_asks_whether_its_session_and_its_hold_last_and_extends_neither(
    erin, client, monkeypatch
):
    at(monkeypatch, minutes=0)
    assert client.get(STATE).json() == {"account": None}
    log_in(client)
    asked = make_request(claimed_by=erin, claimed_until=timezone.now() + timedelta(minutes=3))
    other = make_request()
    StaffSession.objects.update(expire_date=timezone.now() + timedelta(seconds=100))
    rows = [
        list(model.objects.order_by("pk").values()) for model in (StaffSession, CallbackRequest)
    ]
    for pk, holds in ((asked.pk, True), (other.pk, False)):
        state = client.get(STATE, {"request": pk}).json()
        assert state == {"account": str(erin.pk), "seconds": 100, "holds": holds}
    assert "holds" not in client.get(STATE, {"request": "nonsense"}).json()
    assert rows == [
        list(model.objects.order_by("pk").values()) for model in (StaffSession, CallbackRequest)
    ]
    StaffSession.objects.update(expire_date=timezone.now())
    assert client.get(STATE).json() == {"account": None}
