"""Help lines and places are found while somebody is on the line."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contact.models import Place
from tests.contact.cards import text
from tests.factories import make_helpline

pytestmark = pytest.mark.django_db
PLACES = "/intake/places/"


@pytest.fixture(autouse=True)
def places():
    today = timezone.localdate()
    Place.objects.create(
        name="Example Shelter", area="Tucson", languages="English, Spanish",
        phone="520-555-0123", dial="+15205550123", verified_on=today,
    )  # fmt: skip
    Place.objects.create(
        name="Example Clinic", area="Mesa", languages="English", verified_on=today - timedelta(200)
    )
    Place.objects.create(name="Uncalled Place", area="Tucson")
    Place.objects.create(name="Retired Place", area="Tucson", verified_on=today, is_active=False)
    make_helpline(name="Example Line", languages="en,es", phone="988", dial="988")
    make_helpline(name="Unchecked Line", verified_on=None)


def names(client, term=""):
    page = text(client.get(PLACES, {"term": term}))
    known = ("Example Shelter", "Example Clinic", "Example Line")
    assert not [each for each in ("Uncalled", "Retired", "Unchecked") if each in page]
    return [name for name in known if name in page]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("", ["Example Shelter", "Example Clinic", "Example Line"]),
        ("tucson", ["Example Shelter"]),
        ("SPANISH", ["Example Shelter", "Example Line"]),
        ("español", ["Example Shelter", "Example Line"]),
        ("example mesa", ["Example Clinic"]),
        ("mesa spanish", []),
        ("%", []),
    ],
)
def test_they_are_found_by_name_area_and_language(intake, term, expected):
    if term == "español":
        Place.objects.filter(name="Example Shelter").update(languages="English, español")
    assert names(intake, term) == expected


def test_numbers_can_be_dialled_and_old_checks_are_marked(intake):
    page = text(intake.get(PLACES))
    assert '<a href="tel:+15205550123">520-555-0123</a>' in page
    assert '<a href="tel:988">988</a>' in page
    clinic = page.split("Example Clinic")[1].split("</li>")[0]
    assert "check again first" in clinic
    assert page.count("check again first") == 2
