import pytest

from tests.factories import make_staff


@pytest.fixture
def maria():
    return make_staff("Intake", username="maria")


@pytest.fixture
def intake(client, maria):
    client.force_login(maria)
    return client
