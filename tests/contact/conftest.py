from datetime import UTC

import pytest
from django.apps import apps
from django.utils import timezone

from tests.factories import make_staff


@pytest.fixture
def stopped_clock(monkeypatch):
    """The desk's noon of today for as long as the test lasts, however busy the machine is.

    Named by `usefixtures`, it comes before a log-in.
    """
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    now, running = noon.astimezone(UTC), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now)
    # Defaults of columns hold the function itself.
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.default is running:
                monkeypatch.setattr(field, "_get_default", lambda: now)
    return now


@pytest.fixture
def maria():
    return make_staff("Intake", username="maria")


@pytest.fixture
def intake(client, maria):
    client.force_login(maria)
    return client


@pytest.fixture
def bob():
    return make_staff("Intake", username="bob")


@pytest.fixture
def lena():
    return make_staff("Intake leads", username="lena")


@pytest.fixture
def lead(client, lena):
    client.force_login(lena)
    return client
