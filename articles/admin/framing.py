"""Previews in frames of staff pages. No other page of the site stands in a frame, or has one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import get_nonce
from django.utils.csp import CSP, build_policy


def within_own_pages(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    response["X-Frame-Options"] = "SAMEORIGIN"
    return _with_policy(response, request, "frame-ancestors")


def around_own_pages(response: HttpResponse, request: HttpRequest) -> HttpResponse:
    return _with_policy(response, request, "frame-src")


def _with_policy(response: Any, request: HttpRequest, directive: str) -> HttpResponse:
    """The policy of staff pages, with our own pages allowed in `directive`."""
    # The nonce stands in the policy only after a template used it.
    if hasattr(response, "render"):
        response.render()
    policy = settings.STAFF_CSP | {directive: [CSP.SELF]}
    response[str(CSP.HEADER_ENFORCE)] = build_policy(policy, get_nonce(request))
    return response
