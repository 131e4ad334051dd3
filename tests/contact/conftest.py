import pytest

from tests.factories import make_staff


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
def lead(client):
    account = make_staff("Intake leads", username="lena")
    client.force_login(account)
    return client
