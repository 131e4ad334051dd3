import base64
import json
from datetime import timedelta
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse

from contact.models import AuditEntry
from recovery_site.apps import check_demo_log_ins
from recovery_site.sign_in.models import StaffAccount, StaffSession
from recovery_site.sign_in.passwords import emergency
from recovery_site.sign_in.sessions import assurance
from recovery_site.staff.demo_staff import create_demo_staff
from tests.contact.pages import text
from tests.factories import make_staff
from tests.test_project import staff_paths, workspace_paths

from .log_ins import (
    ACCOUNT,
    CODE,
    LOGIN,
    add_app,
    add_passkey,
    code_of,
    log_in,
    log_in_with_passkey,
    options_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def public(settings):
    settings.SITE_IS_LOCAL = False
    settings.SECOND_FACTOR_REQUIRED = True
    settings.SITE_URL = "http://testserver"
    # There is no TLS in a test; a real public site has it.
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True


@pytest.fixture
def erin():
    return make_staff("Intake leads", username="erin")


def actions():
    return list(AuditEntry.objects.order_by("number").values_list("action", flat=True))


def test_without_a_second_factor_staff_reach_nothing_but_enrolment(public, erin, client):
    assert log_in(client)["Location"] == "/intake/"
    own = (ACCOUNT, "/admin/login/", "/admin/logout/", "/admin/password_change/")
    for path in [*staff_paths(), *workspace_paths()]:
        if path.startswith(own):
            continue
        for response in (client.get(path), client.post(path)):
            assert (response.status_code, response.url) == (302, ACCOUNT), path
    page = text(client.get(ACCOUNT))
    assert "Until then you see no other page." in page
    assert client.get("/admin/password_change/").status_code == 200
    # Whoever never went through our log-in is no better off.
    forced = Client()
    forced.force_login(erin)
    assert forced.get("/intake/").url == ACCOUNT


def test_an_app_is_added_and_asked_for_at_the_next_log_in(public, erin, client):
    log_in(client)
    page = client.get(f"{ACCOUNT}app/")
    assert 'src="data:image/svg+xml;base64,' in page.text
    assert "img-src 'self' data:" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert "not right" in text(client.post(f"{ACCOUNT}app/", {"code": "000000"}))
    secret, codes = add_app(client)
    assert len(set(codes)) == 10
    assert "cannot be shown again" in text(client.get(f"{ACCOUNT}codes/"))
    assert client.get("/intake/").status_code == 200
    other = Client()
    assert log_in(other).url == CODE
    assert other.get("/intake/").url == "/admin/login/?next=/intake/"
    assert "not right" in text(other.post(CODE, {"code": "12345"}))
    used = code_of(secret)
    assert other.post(CODE, {"code": f"{used[:3]} {used[3:]}"})["Location"] == "/intake/"
    assert other.get("/intake/").status_code == 200
    # The same code again, in another process with nothing in its memory.
    cache.clear()
    third = Client()
    log_in(third)
    assert "was used before" in text(third.post(CODE, {"code": used}))
    assert third.get("/intake/").status_code == 302
    assert [each for each in actions() if each != "listed"] == [
        "logged in", "factor added", "log-in failed", "logged in", "log-in failed"
    ]  # fmt: skip


def test_no_session_without_a_factor_outlives_the_first_one(public, erin, client):
    thief = Client()
    log_in(thief)
    log_in(client)
    add_app(client)
    assert thief.get(ACCOUNT).url.startswith("/admin/login/")


def test_a_recovery_code_works_once(public, erin, client):
    log_in(client)
    _secret, codes = add_app(client)
    client = Client()
    assert log_in(client).url == CODE
    assert client.post(CODE, {"code": codes[3]}).status_code == 302
    log_in(other := Client())
    assert "was used before" in text(other.post(CODE, {"code": codes[3]}))
    assert other.post(CODE, {"code": codes[4]}).status_code == 302


def test_guesses_at_codes_wait_longer_and_longer(public, erin, client):
    log_in(client)
    secret, _codes = add_app(client)
    log_in(guesser := Client())
    for _ in range(5):
        assert "not right" in text(guesser.post(CODE, {"code": "1"}))
    page = text(guesser.post(CODE, {"code": code_of(secret)}))
    assert "Wait 5 seconds, then try again." in page
    assert guesser.get("/intake/").status_code == 302


def test_a_passkey_is_a_second_factor_and_logs_in_alone(public, erin, client):
    log_in(client)
    key = add_passkey(client)
    assert client.get("/intake/").status_code == 200
    assert "office laptop" in client.get(ACCOUNT).text
    alone = Client()
    assert log_in_with_passkey(alone, key)["Location"] == "/intake/"
    assert alone.get("/intake/").status_code == 200
    # Without finger, face or PIN the key alone does not do.
    assert log_in_with_passkey(Client(), key, flags=0x01).url == "/admin/login/?passkey=failed"
    second = Client()
    assert log_in(second).url == CODE
    sent = {"credential": key.get(options_in(second.get(CODE).text))}
    assert second.post(CODE, sent)["Location"] == "/intake/"
    erin.is_active = False
    erin.save()
    late = Client()
    assert log_in_with_passkey(late, key).url.startswith("/admin/login/")
    assert late.get("/intake/").url.startswith("/admin/login/")


@pytest.mark.parametrize(
    "nonsense", ["", "x", "[]", "{}", "1", '{"response": 7}', '{"response": {"userHandle": "MQ"}}']
)
def test_nonsense_in_the_place_of_a_passkey_is_refused(public, erin, client, nonsense):
    client.get(f"{LOGIN}passkey/", headers={"x-requested-with": "XMLHttpRequest"})
    assert client.post(f"{LOGIN}passkey/", {"credential": nonsense}).status_code == 302
    log_in(client)
    assert client.post(f"{ACCOUNT}passkey/", {"credential": nonsense}).status_code == 200
    add_app(client)
    log_in(second := Client())
    second.get(CODE)
    assert second.post(CODE, {"credential": nonsense}).status_code == 200
    assert second.get("/intake/").status_code == 302


def test_seeds_are_sealed_wherever_they_are_stored(public, erin, client, settings):
    log_in(client)
    page = client.get(f"{ACCOUNT}app/").text
    waiting = page.partition('sign-in__key">')[2].partition("<")[0]
    assert waiting not in StaffSession.objects.get().session_data
    assert waiting not in base64.b64decode(StaffSession.objects.get().session_data).decode("latin1")
    secret, codes = add_app(client)
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not any(code in stored for code in codes)
    settings.FIELD_KEYS = [base64.b64encode(b"9" * 32).decode(), *settings.FIELD_KEYS]
    call_command("rotate_keys", verbosity=0)
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    log_in(again := Client())
    assert again.post(CODE, {"code": code_of(secret)}).status_code == 302


def test_the_last_factor_is_not_removed_on_a_public_site(public, erin, client):
    log_in(client)
    add_app(client)
    page = f"{ACCOUNT}factors/{Authenticator.objects.get(type='totp').pk}/remove/"
    assert "Add another one first." in text(client.post(page))
    assert Authenticator.objects.filter(type="totp").exists()
    add_passkey(client)
    assert client.post(page).url == ACCOUNT
    assert not Authenticator.objects.filter(type="totp").exists()
    assert actions()[-1] == "factor removed"
    other = make_staff("Editors")
    foreign = Authenticator.objects.create(user=other, type="webauthn", data={})
    assert client.post(f"{ACCOUNT}factors/{foreign.pk}/remove/").status_code == 404


def test_sign_up_password_reset_mail_and_social_pages_are_closed(client):
    client.force_login(make_staff(is_superuser=True))
    for path in (
        "signup/", "password/reset/", "password_reset/", "email/", "confirm-email/", "inactive/",
        "login/code/confirm/", "reauthenticate/", "3rdparty/", "social/connections/", "2fa/",
        "mfa/authenticator/", "account/emailaddress/",
    ):  # fmt: skip
        for start in ("/accounts/", "/account/", "/admin/account/", "/admin/"):
            assert client.get(start + path).status_code == 404, start + path
    for name in ("account_signup", "account_reset_password", "account_email", "account_inactive"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_the_log_in_page_leads_on_and_never_round_in_circles(erin, client):
    client.force_login(erin)
    assert client.get("/admin/login/?next=/admin/contact/openinghours/").url == (
        "/admin/contact/openinghours/"
    )
    for foreign in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert client.get("/admin/login/", {"next": foreign}).url == "/intake/"
        sent = {"username": "erin", "password": "a long passphrase", "next": foreign}
        assert Client().post(LOGIN, sent)["Location"] == "/intake/"
    erin.is_staff = False
    erin.save()
    page = client.get("/admin/login/?next=/admin/")
    assert "that account may not open this page" in text(page)
    assert log_in(Client()).status_code == 200


def test_a_local_site_asks_for_no_factor_but_for_one_that_there_is(erin, client):
    assert log_in(client).url == "/intake/"
    assert client.get("/intake/").status_code == 200
    secret, _codes = add_app(client)
    other = Client()
    assert log_in(other).url == CODE
    assert other.post(CODE, {"code": code_of(secret)}).url == "/intake/"
    page = f"{ACCOUNT}factors/{Authenticator.objects.get(type='totp').pk}/remove/"
    assert client.post(page).status_code == 302
    assert log_in(Client()).url == "/intake/"


def test_a_public_site_is_checked_before_its_tables_are_made(settings, monkeypatch):
    settings.SITE_IS_LOCAL = False
    monkeypatch.setattr(StaffAccount._meta, "db_table", "not_made_yet")
    assert check_demo_log_ins(databases=["default"]) == []


def test_demo_log_ins_open_a_local_site_alone(client, settings):
    logins = create_demo_staff()
    name, password, _role = logins[0]
    assert log_in(client, name, password).status_code == 302
    assert client.get("/admin/").status_code == 200
    settings.SITE_IS_LOCAL = False
    assert client.get("/admin/").url.startswith("/admin/login/")
    assert [each.id for each in check_demo_log_ins(databases=["default"])] == ["recovery_site.W003"]
    for name, password, _role in logins:
        assert "correct username and password" in log_in(Client(), name, password).text
    # The mark is of the printed password: a new one makes it a log-in like any other.
    settings.SITE_IS_LOCAL = True
    name, password, _role = logins[1]
    log_in(own := Client(), name, password)
    new = "seven quiet herons wade"
    fields = {"old_password": password, "new_password1": new, "new_password2": new}
    assert own.post("/admin/password_change/", fields).status_code == 302
    settings.SITE_IS_LOCAL = False
    assert log_in(Client(), name, new).status_code == 302
    # An emergency code opens one, and takes the printed password from whoever saw it.
    name, password, _role = logins[2]
    code = emergency.make_code(User.objects.get(username=name))
    own = Client()
    assert own.post(f"{LOGIN}emergency/", {"username": name, "code": code}).status_code == 302
    assert "correct username and password" in log_in(Client(), name, password).text
    fields = {"new_password1": new, "new_password2": new}
    assert own.post("/admin/password_change/", fields).status_code == 302
    assert log_in(Client(), name, new).status_code == 302


def test_a_public_site_makes_no_demo_log_ins(settings):
    settings.SITE_IS_LOCAL = False
    assert create_demo_staff() == []


def test_another_administrator_resets_a_factor_and_never_their_own(public, erin, client):
    boss = make_staff(is_superuser=True, username="boss")
    log_in(erins := Client())
    add_app(erins)
    log_in(client, "boss")
    add_app(client)
    reset = "/admin/auth/user/{}/reset-factors/"
    assert "Authenticator" in client.get(f"/admin/auth/user/{erin.pk}/change/").text
    assert "another administrator" in text(client.post(reset.format(boss.pk)))
    assert Authenticator.objects.filter(user=boss).exists()
    assert client.post(reset.format(erin.pk)).status_code == 302
    assert not Authenticator.objects.filter(user=erin).exists()
    assert erins.get("/intake/").url.startswith("/admin/login/")
    entry = AuditEntry.objects.first()
    assert (entry.action, entry.actor_name, entry.detail) == (
        "factors reset", "boss", {"account": "erin", "factors": 1}
    )  # fmt: skip
    # Who may not change accounts resets nothing.
    log_in(erins)
    add_app(erins)
    assert erins.post(reset.format(boss.pk)).status_code == 403


def test_what_matters_asks_for_the_password_again(client, monkeypatch):
    erin = make_staff(is_superuser=True, username="erin")
    log_in(client)
    roles = f"/admin/auth/user/{erin.pk}/change/"
    group = f"/admin/auth/group/{make_staff('Intake').groups.get().pk}/change/"
    assert client.get(roles).status_code == 200
    now = assurance.time.time()
    monkeypatch.setattr(assurance.time, "time", lambda: now + 601)
    for page in (roles, group, f"/admin/auth/user/{erin.pk}/password/", f"{ACCOUNT}app/"):
        confirm = client.get(page).url
        assert confirm.startswith("/admin/account/confirm/?next=%2Fadmin%2F"), page
    assert "not your password" in text(client.post(confirm, {"password": "wrong"}))
    sent = {"password": "a long passphrase", "next": roles}
    assert client.post(confirm, sent).url == roles
    assert client.get(roles).status_code == 200


def test_junk_passkeys_fill_neither_the_trail_nor_the_table_of_sessions(client):
    statuses = [client.post(f"{LOGIN}passkey/", {"credential": "1"}).status_code for _ in range(22)]
    assert statuses == [302] * 20 + [429] * 2
    assert actions() == ["log-in failed"] * 20
    ask = {"x-requested-with": "XMLHttpRequest"}
    asked = [Client().get(f"{LOGIN}passkey/", headers=ask).status_code for _ in range(32)]
    assert asked == [200] * 30 + [429] * 2


def test_demo_log_ins_of_an_earlier_release_are_known_by_their_names_and_moment():
    migration = import_module("recovery_site.migrations.0018_end_earlier_sessions")
    accounts = [make_staff(username=name) for name in migration.DEMO]
    late = accounts[0]
    for days, marked in ((3, 0), (0, len(accounts))):
        late.date_joined = accounts[1].date_joined + timedelta(days=days)
        late.save()
        migration.mark_demo_log_ins(apps, None)
        assert StaffAccount.objects.filter(is_demo=True).count() == marked
