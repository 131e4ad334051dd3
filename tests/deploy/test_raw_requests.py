"""Requests that can be read in two ways get one refusal, and nobody another's answer."""

import pytest

from tests.deploy import machine
from tests.deploy.raw_requests import HIDDEN, ODD, UNCLEAR, said_to, statuses


def at_nginx(site):
    return site.connect()


def at_granian(site):
    return machine.connect(site.app_port)


def all_answers(site, connect, requests, after=b""):
    for name, sent in requests.items():
        with connect(site) as connection:
            yield name, said_to(connection, sent + after)
    # The connections that nginx keeps to the application give everybody their own page.
    assert site.ask_application("/healthz").text == site.ask("/healthz").text
    assert site.ask("/contact/").status == 200


def test_nginx_refuses_what_can_be_read_in_two_ways(site):
    for name, answer in all_answers(site, at_nginx, UNCLEAR, HIDDEN):
        # Whoever hangs up while more is sent may take the answer along.
        assert len(statuses(answer)) <= 1, name
        assert all(400 <= status < 600 for status in statuses(answer)), name


def test_granian_answers_no_request_that_is_hidden_in_another(site):
    for name, answer in all_answers(site, at_granian, UNCLEAR, HIDDEN):
        assert len(statuses(answer)) <= 1, name
        assert b" 500 " not in answer[:20], name


def test_a_request_behind_a_whole_one_is_answered(site):
    """What the others look for would be seen."""
    head = UNCLEAR["two lengths"].replace(b"Content-Length: 80\r\n", b"")
    last = HIDDEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    for connect in (at_nginx, at_granian):
        with connect(site) as connection:
            assert len(statuses(said_to(connection, head + last))) == 2


@pytest.mark.parametrize("connect", [at_nginx, at_granian])
def test_odd_requests_get_nothing_of_another_site_and_no_echo(site, connect):
    for name, answer in all_answers(site, connect, ODD):
        assert len(statuses(answer)) <= 1, name
        assert b" 500 " not in answer[:20], name
        assert b"evil.example" not in answer, name
        assert b"X-Secret" not in answer, name
