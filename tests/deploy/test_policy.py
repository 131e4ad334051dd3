"""What nginx says by itself, and where it looks, must go with the pages as they are now."""

import re

from django.conf import settings
from django.utils.csp import build_policy

from recovery_site.published.front import look
from tests.deploy.machine import ROOT


def written(file, pattern):
    return re.findall(pattern, (ROOT / "deploy" / file).read_text())


def test_nginx_sends_the_policy_of_the_pages():
    policy = build_policy(settings.SECURE_CSP)
    assert written("nginx-headers.conf", 'Content-Security-Policy "([^"]+)"') == [policy]


def test_nginx_looks_for_pages_that_go_with_its_policy():
    assert written("nginx-site.conf", r"/pages/front/(\w+);") == [look()]
