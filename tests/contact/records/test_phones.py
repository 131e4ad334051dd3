import pytest
from django.core.exceptions import ValidationError

from contact.records import phones

WAYS = [
    "602-555-0123", "(602) 555-0123", "6025550123", "602.555.0123", "602/555/0123",
    "602,555,0123", "1 602 555 0123", "1-602-555-0123", "+1 602.555.0123", "+16025550123",
    "001 602 555 0123", "00 1 602 555 0123", "tel:+1-602-555-0123", "TEL: 602 555 0123",
    "６０２－５５５－０１２３", "٦٠٢٥٥٥٠١٢٣", "\u202a+1 602-555-0123\u202c",
    "602\u2011555\u20110123",
    "602\u00a0555\u00a00123", "  602 555 0123  ", "6 0 2 5 5 5 0 1 2 3",
    "call me at 602 555 0123 after five", "602-555-0123 home", "602 555 0123 or +1 (602) 555-0123",
    "602 555 0123 ask for my sister", "6o2-555-o123", "(6O2) 555 O123",
]  # fmt: skip


@pytest.mark.parametrize("text", WAYS)
def test_a_number_is_read_in_any_way_it_is_written(text):
    assert phones.parse(text) == ("+16025550123", "")


@pytest.mark.parametrize(
    "text",
    ["602-555-0123 x12", "602-555-0123 ext. 12", "602 555 0123 extension 12", "602 555 0123 #12",
     "602-555-0123,,12", "tel:+16025550123;ext=12", "602-555-0123 x 12 (work)", "6025550123X12",
     "602 555 0123 poste 12", "+1 (602) 555-0123 interno 12", "602-555-0123 (int. 12)",
     "602 555 0123, extensión: 12", "602 555 0123 anexo 12", "602 555 0123 ramal 12",
     "602 555 0123 ext. no. 12", "602 555 0123 exten 12",
     "(602) 555-0123 (work) x12", "602 555 0123 work, ext 12"],
)  # fmt: skip
def test_an_extension_is_kept(text):
    assert phones.parse(text) == ("+16025550123", "12")


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("1-800-FLOWERS", "+18003569377"),
        ("602-555-FOOD", "+16025553663"),
        ("+44 20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
        ("011 44 20 7946 0958", "+442079460958"),
        ("44 20 7946 0958", "+442079460958"),
        ("+52 55 1234 5678", "+525512345678"),
        ("+52 1 55 1234 5678", "+525512345678"),
        ("+521 (55) 1234-5678", "+525512345678"),
        ("5215512345678", "+525512345678"),
        ("011 52 1 55 1234 5678", "+525512345678"),
        ("+54 9 11 2345 6789", "+5491123456789"),
        ("+47 22 12 34 56", "+4722123456"),
        ("+4722123456", "+4722123456"),
        ("011 60 3 2615 8188", "+60326158188"),
    ],
)
def test_letters_and_other_countries_are_read(text, e164):
    assert phones.parse(text) == (e164, "")


@pytest.mark.parametrize(
    "text",
    ["602-555-0101 or 602-555-0102", "602 555 0101\n480 555 0100", "602 555 0101 o 480 555 0100"],
)
def test_of_two_numbers_we_ask_which_one(text):
    with pytest.raises(ValidationError, match=r"two numbers here.*only the one we should call"):
        phones.parse(text)


@pytest.mark.parametrize("text", ["+602 555 0123", "+602-555-0123", "+6025550123"])
def test_a_plus_that_may_be_a_slip_is_asked_about(text):
    with pytest.raises(ValidationError) as asked:
        phones.parse(text)
    (question,) = asked.value.messages
    assert "Is it the US number (602)\xa0555-0123?" in question
    assert "write 011 in front" in question


@pytest.mark.parametrize("text", ["O602 555 0123", "0602 555 0123"])
def test_a_zero_in_front_is_asked_about(text):
    with pytest.raises(ValidationError) as asked:
        phones.parse(text)
    assert "Is it the US number (602)\xa0555-0123? Then leave out the 0" in asked.value.message


@pytest.mark.parametrize(
    ("e164", "concern"),
    [
        ("+16025550123", "may be made up"),
        ("+10000000000", "may be made up"),
        ("+19999999999", "may be made up"),
        ("+19002345678", "cost extra"),
        ("+881612345678", "satellite"),
        ("+870773111632", "satellite"),
        ("+18882810805", "our own number"),
        ("+12115550199", "may be made up"),
    ],
)
def test_staff_are_warned_of_unusual_numbers(settings, e164, concern):
    settings.SITE_PHONE = "888-281-0805"
    assert concern in " ".join(map(str, phones.concerns(e164)))


@pytest.mark.parametrize("e164", ["+16022621111", "+525512345678", "+442079460958", "nonsense"])
def test_nothing_is_said_of_a_usual_number(e164):
    assert phones.concerns(e164) == []


def test_a_number_that_nobody_has_is_still_taken():
    assert phones.parse("(000) 000-0000").e164 == "+10000000000"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "no digits"),
        ("hello", "Use digits only"),
        ("+", "no digits"),
        ("555-0123", "area code is missing"),
        ("555-0123 mom", "area code is missing"),
        ("911", "digits are missing"),
        ("602555012", "digits are missing"),
        ("1-602-555-01234", "too many digits.*start with +"),
        ("9" * 200, "too many digits"),
        ("x" * 200, "Use digits only"),
        ("six o two", "Use digits only"),
        ("602-555-l23z", "Use digits only"),
    ],
)
def test_a_refusal_says_how_to_mend_it(text, advice):
    with pytest.raises(ValidationError, match=advice) as refused:
        phones.parse(text)
    assert "602\u2011555\u20110123" in refused.value.message


def test_numbers_are_shown_as_staff_dial_them():
    assert phones.national("+16025550123") == "(602) 555-0123"
    assert phones.national("+442079460958") == "+44 20 7946 0958"
    assert phones.national("not a number") == "not a number"
