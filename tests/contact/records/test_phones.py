import csv
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from contact.records import phones
from contact.visitor.callback_form.forms import PhoneField

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
    assert phones.parse_phone(text) == ("+16025550123", "")


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
    assert phones.parse_phone(text) == ("+16025550123", "12")


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
    assert phones.parse_phone(text) == (e164, "")


@pytest.mark.parametrize(
    "text",
    ["602-555-0101 or 602-555-0102", "602 555 0101\n480 555 0100", "602 555 0101 o 480 555 0100"],
)
def test_of_two_numbers_we_ask_which_one(text):
    with pytest.raises(ValidationError, match=r"two numbers here.*only the one we should call"):
        phones.parse_phone(text)


@pytest.mark.parametrize("text", ["+602 555 0123", "+602-555-0123", "+6025550123"])
def test_a_plus_that_may_be_a_slip_is_asked_about(text):
    with pytest.raises(ValidationError) as asked:
        phones.parse_phone(text)
    (question,) = asked.value.messages
    assert "Is it the US number (602)\xa0555-0123?" in question
    assert "write 011 in front" in question


@pytest.mark.parametrize("text", ["O602 555 0123", "0602 555 0123"])
def test_a_zero_in_front_is_asked_about(text):
    with pytest.raises(ValidationError) as asked:
        phones.parse_phone(text)
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
        ("+8821612345678", "satellite"),
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
    assert phones.parse_phone("(000) 000-0000").e164 == "+10000000000"


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "not a phone number"),
        ("hello", "not a phone number"),
        ("+", "not a phone number"),
        ("911", "not a phone number"),
        ("six o two", "not a phone number"),
        ("x" * 200, "not a phone number"),
        ("555-0123", "area code is missing"),
        ("555-0123 mom", "area code is missing"),
        ("602555012", "digits are missing"),
        ("1-602-555-01234", "too many digits.*start with +"),
        ("9" * 200, "too many digits"),
        ("602-555-l23z", "Use digits only"),
    ],
)
def test_a_refusal_says_how_to_mend_it(text, advice):
    with pytest.raises(ValidationError, match=advice) as refused:
        phones.parse_phone(text)
    assert "602\u2011555\u20110123" in refused.value.message


def test_numbers_typed_by_people_are_read_asked_about_or_refused(settings):
    """`ask`: two readings or something missing; `refuse`: it is no phone number."""
    settings.SITE_PHONE = "888-281-0805"
    field = PhoneField(longest=200)
    with Path(__file__).with_name("phones.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    misread = [
        (row["typed"], row["expected"], got)
        for row in rows
        if (got := _reading(field, row["typed"])) != row["expected"]
    ]
    assert len(rows) > 100
    assert misread == []


def _reading(field, typed):
    try:
        phone = field.clean(typed)
    except ValidationError as problem:
        return "refuse" if problem.code == "no_phone" else "ask"
    return f"{phone.e164} x{phone.extension}".removesuffix(" x")


AREA = st.from_regex(r"[2-9](?!11)[0-9]{2}", fullmatch=True)
LINE = st.from_regex(r"[0-9]{4}", fullmatch=True)
GAP = st.sampled_from(["", " ", "-", ".", " - ", "/", "\u00a0", "\u2011", "·", ") ", "_", ","])
SCRIPT = st.sampled_from(["0", "\uff10", "\u0660", "\u06f0", "\u0966", "\U0001d7ce"])
EXTENSION = st.from_regex(r"[0-9]{1,7}", fullmatch=True)


@given(
    AREA, AREA, LINE, GAP, GAP, SCRIPT, EXTENSION,
    st.sampled_from(["", "1 ", "+1", "+1 (", "001 ", "call me: ", "mi celular es ", "2nd line "]),
    st.sampled_from([None, " x", " ext. ", ", extensión ", " option ", " #", " poste ", " press "]),
    st.sampled_from(["", " thanks", " after 5pm", " (mom)"]),
)  # fmt: skip
def test_any_us_number_is_kept_as_typed(
    area, exchange, line, gap, second_gap, script, extension, before, word, after
):
    digits = "".join(chr(ord(script) + int(each)) for each in area + exchange + line)
    number = gap.join([digits[:3], digits[3:6]]) + second_gap + digits[6:]
    typed = before + number + (f"{word}{extension}" if word else "") + after
    kept = phones.parse_phone(typed)
    assert kept == (f"+1{area}{exchange}{line}", extension if word else "")


@given(AREA, AREA, LINE, st.integers(0, 10), st.sampled_from("023456789"))
def test_a_digit_too_many_or_too_few_is_never_taken_silently(area, exchange, line, place, digit):
    digits = area + exchange + line
    for wrong in (digits[:place] + digit + digits[place:], digits[:place] + digits[place + 1 :]):
        if len(wrong) != 10:
            with pytest.raises(ValidationError):
                phones.parse_phone(wrong)
            with pytest.raises(ValidationError):
                phones.parse_phone(f"{wrong[:3]}-{wrong[3:6]}-{wrong[6:]}")


@given(st.text() | st.text("0123456789 +-.()#x,/:oOlI*@aepntr", max_size=40))
def test_whatever_is_typed_is_a_number_or_a_question(typed):
    try:
        kept = phones.parse_phone(typed)
    except ValidationError:
        return
    assert re.fullmatch(r"\+[0-9]{6,15}", kept.e164)
    assert re.fullmatch(r"[0-9]{0,7}", kept.extension)


def test_numbers_are_shown_as_staff_dial_them():
    assert phones.national("+16025550123") == "(602) 555-0123"
    assert phones.national("+442079460958") == "+44 20 7946 0958"
    assert phones.national("not a number") == "not a number"
