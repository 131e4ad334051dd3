import pytest

from contact.intake.card.call.safe_call import (
    FIRST_NAME_BLANK,
    call_rules,
    call_script,
    strictest_consent,
)
from contact.models import CallbackRequest
from contact.privacy.encryption import Sealed
from contact.schedule.calling_hours import day_and_time, on_both_clocks
from tests.contact.pages import at
from tests.factories import NAME

CENTRE = "Desert Bloom Recovery"
NOON = at("2026-11-24T19:00")


def asked(**over):
    return CallbackRequest(**{"name": NAME, "time_zone": "America/Phoenix"} | over)


def script_for(request):
    return call_script(request, strictest_consent(request))


def rules_for(request):
    return call_rules(request, strictest_consent(request), NOON)


@pytest.mark.parametrize("language", ["en", "es", "other"])
@pytest.mark.parametrize("calling_for", ["self", "someone_else"])
def test_without_leave_nobody_but_them_hears_who_is_calling(language, calling_for):
    lines = script_for(asked(announce="no", language=language, calling_for=calling_for))
    before = (lines.opening, lines.someone_else, lines.is_it_them, lines.voicemail)
    for line in before:
        assert CENTRE not in line
        assert not any(word in line.lower() for word in ("treatment", "recovery", "tratamiento"))
    assert NAME in lines.opening
    assert FIRST_NAME_BLANK[lines.language] in lines.someone_else
    assert CENTRE in lines.who_we_are


@pytest.mark.parametrize(
    ("language", "opening"),
    [
        ("en", "Hello, this is [your first name] from Desert Bloom Recovery. May I speak with"),
        ("es", "Hola, habla [su nombre de pila], de Desert Bloom Recovery. ¿Puedo hablar con"),
    ],
)
def test_with_leave_the_opening_names_the_centre(language, opening):
    assert script_for(asked(announce="yes", language=language)).opening.startswith(opening)


def test_the_lines_are_in_the_language_of_the_call():
    assert script_for(asked(language="es")).language == "es"
    assert script_for(asked(language="es")).opening.startswith("Hola.")
    assert script_for(asked(language="other")).language == "en"


def test_who_asks_for_someone_else_is_told_so_only_once_they_are_on_the_line():
    lines = script_for(asked(calling_for="someone_else"))
    assert "someone you care about" in lines.who_we_are
    assert "someone you care about" not in lines.opening + lines.someone_else


@pytest.mark.parametrize("language", ["en", "es"])
def test_voicemail_has_words_only_if_it_is_allowed(language):
    assert script_for(asked(voicemail="none", language=language)).voicemail == ""
    short = script_for(asked(voicemail="callback_only", language=language)).voicemail
    assert "888-281-0805" in short
    assert CENTRE not in short
    assert NAME not in short
    assert CENTRE in script_for(asked(voicemail="full", language=language)).voicemail


@pytest.mark.parametrize(
    ("voicemail", "forbidden"),
    [
        ("none", "No message. Hang up."),
        ("callback_only", "Do not say who we are or why you call."),
        ("full", ""),
    ],
)
def test_the_voicemail_rule_is_an_instruction(voicemail, forbidden):
    assert rules_for(asked(voicemail=voicemail)).voicemail.forbidden == forbidden


def test_the_rules_say_for_whom_and_whether_to_say_who_calls():
    call = rules_for(asked(calling_for="someone_else", relationship="my nephew"))
    assert call.about.words == "Someone else: my nephew"
    assert call.about.forbidden
    assert call.announce.forbidden == "Do not say who is calling or why."
    assert rules_for(asked(announce="yes")).announce.forbidden == ""


def test_what_cannot_be_opened_says_so_and_gives_no_line_to_read():
    lost = asked(name=Sealed(b"\x01" + b"0" * 40), needs=Sealed(b"\x01" + b"0" * 40))
    call = rules_for(lost)
    assert call.ask_for == call.needs == "Cannot be decrypted with the present keys."
    assert script_for(lost) is None


def test_braces_in_a_name_are_only_braces():
    assert "{me} {0}" in script_for(asked(name="{me} {0}")).opening


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-24T22:00", "today 3 p.m."),
        ("2026-11-25T15:00", "tomorrow, Wednesday 8 a.m."),
        ("2026-11-23T15:30", "yesterday 8:30 a.m."),
        ("2026-11-28T15:00", "Saturday 8 a.m."),
        ("2026-12-24T15:00", "Thursday, Dec. 24, 8 a.m."),
        ("2027-01-04T15:00", "Monday, Jan. 4, 2027, 8 a.m."),
    ],
)
def test_a_time_is_said_as_people_say_it(moment, words):
    assert day_and_time(at(moment), now=NOON) == words


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/Phoenix", "tomorrow, Wednesday 6 a.m."),
        ("America/New_York", "tomorrow, Wednesday 8 a.m. their time (6 a.m. ours)"),
        ("Asia/Tokyo", "today 10 p.m. their time (tomorrow, Wednesday 6 a.m. ours)"),
        ("", "tomorrow, Wednesday 6 a.m. on our clock; their time zone is not known"),
    ],
)
def test_a_planned_call_is_said_on_both_clocks(zone, words):
    said = on_both_clocks(at("2026-11-25T13:00"), zone, NOON)
    assert said.replace("\u00a0", " ") == words
