import pytest

from tests.factories import make_staff


@pytest.fixture
def petra():
    return make_staff("Privacy officers", username="petra")


@pytest.fixture
def officer(client, petra):
    client.force_login(petra)
    return client
