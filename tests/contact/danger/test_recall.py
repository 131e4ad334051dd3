"""How many people in danger are found, and how many harmless messages lead with help."""

import pytest

from contact.danger.rules import decide
from contact.models import DangerPhrase

from .messages import figures, read_messages

MIN_RECALL, MAX_FALSE = 0.90, 0.10


# Once on each database, in which the rows lie.
@pytest.mark.django_db
@pytest.mark.parametrize("is_looked_at", [True, False], ids=["looked at", "never looked at"])
def test_danger_is_found_and_harmless_messages_are_left_alone(is_looked_at, rows):
    messages = [each for each in read_messages() if each.is_looked_at == is_looked_at]
    recall, false = figures(messages, rows)
    assert recall >= MIN_RECALL
    assert false <= MAX_FALSE


@pytest.mark.parametrize("name", ["rounds", "fresh"])
def test_messages_of_later_rounds_stay_found(name, rows):
    """Each round was written after the patterns before it, then looked at to mend them."""
    recall, false = figures(read_messages(name), rows)
    assert recall >= 0.95
    assert false <= 0.05


@pytest.mark.parametrize("name", ["e", "g", "k"])
def test_messages_that_nobody_weighed_are_told_apart(name, rows):
    """Danger, and harmless messages that come close to it."""
    messages = [each for each in read_messages("unseen") if each.round == name]
    recall, false = figures(messages, rows)
    assert recall >= MIN_RECALL
    assert false <= 0.06


def test_near_misses_in_spanish_are_told_apart_five_times_in_six(rows):
    """Nothing in round p is plain: each harmless one is written with words of danger."""
    messages = [each for each in read_messages("unseen") if each.round == "p"]
    recall, false = figures(messages, rows)
    assert recall >= MIN_RECALL
    assert false <= 0.15


@pytest.mark.parametrize(
    "text",
    ["nadie me golpea", "no me pega", "mi esposo no me golpea", "quiero morir de viejo"],
)
def test_few_words_that_deny_danger_are_none(text, rows):
    assert not decide(rows, text).is_danger


def test_few_ordinary_requests_read_as_danger(rows):
    """Round d is requests as the form gets them, which were not written to fool anybody."""
    messages = [each for each in read_messages("unseen") if each.round == "d"]
    _recall, false = figures(messages, rows)
    assert false <= 0.05


def test_harmless_searches_do_not_lead_with_help(rows):
    """Two or three words say little, so few signs must not add up to danger."""
    searches = [each for each in read_messages("unseen") if each.round == "s"]
    flagged = [each.text for each in searches if decide(rows, each.text).is_danger]
    assert len(flagged) / len(searches) <= 0.01, flagged


@pytest.mark.django_db
def test_the_centres_own_name_is_no_typo_of_danger(settings):
    """“Bloom” is one letter from “blood”."""
    settings.SITE_NAME = "Blod Center"
    rows = DangerPhrase.objects.rows()
    assert not decide(rows, "directions to blod center").readings[0].findings
    assert decide(rows[:-1], "directions to blod center").readings[0].findings


def test_most_danger_is_found_between_much_that_is_harmless(rows):
    """Each message in danger stands between two harmless ones."""
    messages = read_messages("fresh")
    harmless = [each.text for each in messages if not each.is_danger]
    danger = [each for each in messages if each.is_danger]
    buried = [f"{harmless[at]} {each.text} {harmless[-at]}" for at, each in enumerate(danger[::6])]
    assert sum(decide(rows, text).is_danger for text in buried) / len(buried) >= 0.7
