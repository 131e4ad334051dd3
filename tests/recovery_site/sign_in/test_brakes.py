from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from contact.models import AuditEntry, Brake
from contact.privacy import brakes
from tests.factories import make_request, make_staff

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
RIGHT = "a long passphrase"
CLINIC, ELSEWHERE = "192.0.2.9", "203.0.113.7"


def log_in(username="erin", password=RIGHT, address=CLINIC, **meta):
    fields = {"username": username, "password": password}
    return Client().post(LOGIN, fields, REMOTE_ADDR=address, **meta)


def guess(count, address=ELSEWHERE, username="erin", **meta):
    """The statuses of so many wrong tries, each as soon as it is taken."""
    return [log_in(username, "wrong", address, **meta).status_code for _ in range(count)]


@pytest.fixture
def erin():
    return make_staff("Editors", username="erin")


def let_pass(**span):
    for brake in Brake.objects.exclude(failed_at=None):
        brake.failed_at -= timedelta(**span)
        brake.save()


def test_guesses_at_one_account_from_everywhere_wait_longer_and_longer(erin):
    addresses = [f"198.51.100.{n}" for n in range(12)]
    assert [guess(1, address) for address in addresses[:5]] == [[200]] * 5
    waits = []
    for address in addresses[5:9]:
        refused = log_in(password=RIGHT, address=address)
        assert refused.status_code == 429
        assert f"Wait {refused['Retry-After']} seconds, then try again." in refused.text
        assert 'href="tel:+18882810805"' in refused.text
        # The failures may be hours old, so it says nothing of a short time.
        assert "<h1>Please wait before the next try</h1>" in refused.text
        waits.append(int(refused["Retry-After"]))
        let_pass(seconds=waits[-1])
        assert guess(1, address) == [200]
    assert waits == [5, 10, 20, 40]
    let_pass(seconds=80)
    # Nobody is shut out: after the wait the right password opens, and the failures are forgotten.
    assert log_in(address=ELSEWHERE).status_code == 302
    assert guess(5) == [200] * 5


def test_who_logged_in_from_a_network_before_waits_for_nobody_elsewhere(erin):
    assert log_in().status_code == 302
    assert set(guess(9)) == {200, 429}
    assert log_in(address=ELSEWHERE).status_code == 429
    assert log_in().status_code == 302
    # Whoever guesses in that network still waits, a minute at most.
    assert guess(6, CLINIC)[-1] == 429
    Brake.objects.update(failures=40)
    assert int(log_in()["Retry-After"]) == 60


@pytest.mark.parametrize("is_behind_nginx", [False, True])
def test_wrong_names_from_the_clinic_stop_no_colleague_there(erin, settings, is_behind_nginx):
    meta = {}
    if is_behind_nginx:
        settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
        meta = {"address": "127.0.0.1", "HTTP_X_FORWARDED_FOR": CLINIC}
    assert log_in(**meta).status_code == 302
    statuses = [log_in(f"junk-{n}", "x", **meta).status_code for n in range(50)]
    assert statuses[:20] == [200] * 20
    assert set(statuses[20:]) == {429}
    assert log_in(**meta).status_code == 302
    make_staff("Editors", username="otto")
    # Who never logged in from there waits some seconds, and then gets in.
    assert log_in("otto", **meta).status_code == 429
    let_pass(minutes=5)
    assert log_in("otto", **meta).status_code == 302
    # In another network behind the same proxy nobody waits.
    assert log_in("otto", **meta | {"HTTP_X_FORWARDED_FOR": ELSEWHERE}).status_code == 302


def test_other_ways_of_typing_a_name_and_one_household_count_as_one(erin):
    for n, typed in enumerate(("erin", "ｅｒｉｎ", "\u3000Ｅrin ", "ⓔrin", " ERIN ")):
        assert guess(1, f"2001:db8::{n + 1:x}", typed) == [200]
    assert log_in(address="2001:db8:1::1").status_code == 429
    for n in range(15):
        guess(1, f"2001:db8::{n + 1:x}", f"junk-{n}")
    assert guess(1, "2001:db8::ffff", "somebody") == [429]
    assert guess(1, "2001:db8:1::1", "somebody") == [200]


def test_an_own_log_in_buys_no_guesses_at_others(erin):
    make_staff("Editors", username="mallory")
    for n in range(20):
        guess(1, ELSEWHERE, f"junk-{n}")
        if n == 15:
            assert log_in("mallory", address=ELSEWHERE).status_code == 302
    assert guess(1) == [429]


def test_counts_are_forgotten_after_an_hour_and_rows_with_them(erin):
    assert log_in().status_code == 302
    assert guess(6)[-1] == 429
    let_pass(hours=1)
    assert guess(5) == [200] * 5
    let_pass(hours=1, seconds=1)
    brakes.forget_old()
    # The network that is known is kept for 90 days.
    assert Brake.objects.count() == 1
    Brake.objects.update(passed_at=timezone.now() - timedelta(days=91))
    brakes.forget_old()
    assert not Brake.objects.exists()


def test_log_ins_and_failures_are_on_record_without_what_was_typed(erin):
    log_in()
    log_in(password="wrong-secret")
    log_in("my-password-in-the-wrong-field", "x")
    entries = list(
        AuditEntry.objects.order_by("number").values_list("action", "actor_name", "detail")
    )
    assert entries == [
        ("logged in", "erin", {}),
        ("log-in failed", "system", {"account": "erin"}),
        ("log-in failed", "system", {}),
    ]
    client = Client()
    client.force_login(erin)
    client.post("/admin/logout/")
    assert AuditEntry.objects.first().action == "logged out"


def test_changing_ones_password_counts_with_other_places_that_ask_for_it(client):
    lena = make_staff("Intake leads", username="lena")
    make_request()
    client.force_login(lena)
    page, new = "/admin/password_change/", "seven quiet herons wade"
    fields = {"new_password1": new, "new_password2": new}
    for _ in range(5):
        assert "not your password" in client.post(page, fields | {"old_password": "no"}).text
    assert "Too many wrong passwords." in client.post(page, fields | {"old_password": RIGHT}).text
    assert client.post("/intake/reports/export/", export()).status_code == 429
    let_pass(seconds=5)
    assert client.post(page, fields | {"old_password": RIGHT}).status_code == 302
    assert AuditEntry.objects.filter(action="password changed", actor_name="lena").exists()
    lena.refresh_from_db()
    assert lena.check_password(new)


def export():
    today = timezone.localdate().isoformat()
    return {
        "from": today, "to": today, "include": ["name"],
        "reason": "A yearly review by the auditor", "password": RIGHT, "confirmed": "yes",
    }  # fmt: skip


def test_two_processes_share_the_counts(erin):
    # The cache, which each process has for itself, counts nothing.
    guess(5)
    cache.clear()
    assert guess(1) == [429]
