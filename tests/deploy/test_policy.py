"""What nginx says by itself must be what the application says."""

import re

from django.conf import settings
from django.utils.csp import build_policy

from tests.deploy.machine import ROOT


def test_nginx_sends_the_header_of_the_application():
    text = (ROOT / "deploy/nginx-headers.conf").read_text()
    written = re.findall('Content-Security-Policy "([^"]+)"', text)
    assert written == [build_policy(settings.SECURE_CSP)]
    assert re.findall('Cross-Origin-Resource-Policy "([^"]+)"', text) == ["same-origin"]
    assert re.findall('Referrer-Policy "([^"]+)"', text) == [settings.SECURE_REFERRER_POLICY]


def test_no_file_for_a_server_holds_a_hash():
    """A change of a style must not need a change of what runs before the site."""
    for file in (ROOT / "deploy").rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            assert not re.search(r"sha256-|\b(?!0{12})[0-9a-f]{12}\b", file.read_text()), file
