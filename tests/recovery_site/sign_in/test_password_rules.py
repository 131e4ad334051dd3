import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

REFUSED = {
    "aaaaaaaaaaaaaaaa": "repeats the same characters",
    "abcabcabcabcabcabc": "repeats the same characters",
    "abcdefghijklmnopqr": "repeats the same characters",
    "123456789012345678": "repeats the same characters",
    "desertbloom1234567": "the name of the site",
    "D3sert-Bloom#7788!": "the name of the site",
    "Summer2026!!Summer2026!!": "mostly a season",
    "Winter2025Winter!": "repeats the same characters|mostly a season",
    "PasswordWelcome2026": "mostly a season",
    "qwertyuiop12345678": "common password",
    "correcthorsebatterystaple": "that many know",
    "Correct Horse Battery Staple 1!": "that many know",
    "I-am-Quarrington-99": "your own name",
    "xx-ysolde-xx-99-yy": "your own name",
    "erin.doyle-erin.x77": "your own name",
    "Summer2026!!": "at least 15",
    "desertbloom12": "at least 15",
    "aaaaaaaaaaaa": "at least 15",
    "fourteen chars": "at least 15",
}
TAKEN = [
    "a long passphrase",
    "wrong mule charger paperclip",
    "In summer we walk the old canal",
    "kX7!pQz2#vR9mLw4",
    "8412-9930-kelp-7751",
    "el perro come tortillas azules",
]


def test_passwords_that_people_guess_are_refused_with_the_reason():
    erin = User(username="erin.doyle", first_name="Ysolde", last_name="Quarrington")
    for password, reason in REFUSED.items():
        with pytest.raises(ValidationError) as refused:
            validate_password(password, erin)
        assert any(part in " ".join(refused.value.messages) for part in reason.split("|")), password
    for password in TAKEN:
        validate_password(password, erin)
