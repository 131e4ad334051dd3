"""Patterns as staff write them, and how people write."""

import time

import pytest

from contact.danger.kinds import PatternKind
from contact.danger.patterns import PatternError
from contact.danger.rules import compiled, decide
from contact.danger.verdict import PatternRow, Reading

LISTS = (
    PatternRow("family: mother son friend", PatternKind.LIST),
    PatternRow("do not, dont = do not", PatternKind.SPELLING),
    PatternRow("kms = kill myself", PatternKind.SPELLING),
    PatternRow("not", PatternKind.NEGATION),
    PatternRow("going to want thoughts of", PatternKind.BRIDGE),
    PatternRow("# years ago", PatternKind.PAST),
    PatternRow("that was # years ago", PatternKind.AFTERTHOUGHT),
    PatternRow("traffic ... killing me", PatternKind.EXPRESSION),
    PatternRow("killing", PatternKind.ORDINARY),
)


def found(pattern, text, *, can_be_past=False):
    return decide([*LISTS, PatternRow(pattern, PatternKind.ANY, "en", can_be_past)], text).is_danger


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("hurt/harm myself", "I may harm myself"),
        ("suicid*", "SUICIDAL"),
        ("end my [own] life", "end my life"),
        ("end my [own] life", "end my own life"),
        ("took ... pills", "took all of his pills"),
        ("took ... pills", "took pills"),
        ("@family has a gun", "My friend has a gun"),
        ("took # pills", "took 3 pills"),
        ("took ## pills", "took thirty pills"),
        ("died in #year", "he died in 2019"),
        ("don't want to live", "I dont want to live"),
        ("kill myself", "kms"),
        ("gun … head", "a gun to my head"),
        ("self-harm", "self harm"),
    ],
)
def test_what_a_pattern_says_is_found(pattern, text):
    assert found(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("took ... pills", "took four long walks without pills"),
        ("took ... pills", "He took me home. Pills are bad"),
        ("took ## pills", "took 2 pills"),
        ("died in #year", "he died in 20 minutes"),
        ("@family has a gun", "The guard has a gun"),
        ("end my [own] life", "end my happy life"),
    ],
)
def test_what_it_does_not_say_is_not(pattern, text):
    assert not found(pattern, text)


@pytest.mark.parametrize(
    "text",
    [
        "overdoes", "overdsoe", "ovrdose", "overdosse", "0verdose", "over dose", "OVERDOSE",
        "he took an overdose!!", "myfriendoverdose",
    ],
)  # fmt: skip
def test_typos_are_found(text):
    assert found("overdose/myfriend", text)


@pytest.mark.parametrize("text", ["overalls", "over", "dose", "cloverdose", "verdose"])
def test_other_words_are_no_typos(text):
    assert not found("overdose", text)


@pytest.mark.parametrize(
    ("text", "is_danger"),
    [
        ("I will kill myself", True),
        ("I will not kill myself", False),
        ("I am not going to kill myself", False),
        ("I am not well, kill myself", True),
        ("I do not know how to stop, so I kill myself", True),
        ("not to kill myself or want to kill myself", False),
        ("traffic is killing me", False),
    ],
)
def test_a_negation_or_an_expression_takes_back_only_what_it_belongs_to(text, is_danger):
    rows = [*LISTS, PatternRow("kill myself"), PatternRow("killing me")]
    assert decide(rows, text).is_danger is is_danger


@pytest.mark.parametrize(
    ("text", "is_danger"),
    [
        ("I overdosed", True),
        ("I overdosed two years ago", False),
        ("I overdosed. That was 3 years ago", False),
        ("I moved 3 years ago. Now my son overdosed", True),
    ],
)
def test_the_past_takes_back_what_can_be_past(text, is_danger):
    assert found("overdosed", text, can_be_past=True) is is_danger


def test_a_sign_of_the_present_keeps_the_past_away():
    rows = [
        *LISTS,
        PatternRow("overdosed", PatternKind.ANY, "en", True),
        PatternRow("right now", PatternKind.PRESENT),
    ]
    assert decide(rows, "He was here 2 years ago and overdosed right now").is_danger
    assert not decide(rows, "He overdosed 2 years ago. I call from work right now").is_danger


@pytest.mark.parametrize(
    ("text", "is_danger"),
    [
        ("That was 3 years ago. His lips were blue", False),
        ("It was 3 years ago. I slept. He woke me. His lips were blue", True),
        ("He left 3 years ago. Now his lips are blue", True),
    ],
)
def test_a_story_stays_in_its_past_for_the_next_sentences(text, is_danger):
    rows = [LISTS[5], PatternRow("lips ... blue", PatternKind.OVERDOSE, "en", True)]
    assert decide(rows, text).is_danger is is_danger


@pytest.mark.parametrize(
    ("text", "is_danger"),
    [
        ("my dad will kill me if I am late", False),
        ("my dad will kill me if he finds out", True),
    ],
)
def test_an_expression_takes_back_nothing_that_says_more(text, is_danger):
    rows = [
        PatternRow("will kill me if", PatternKind.EXPRESSION),
        PatternRow("kill me", PatternKind.VIOLENCE),
        PatternRow("will kill me if he finds", PatternKind.VIOLENCE),
    ]
    assert decide(rows, text).is_danger is is_danger


def test_the_past_takes_back_nothing_else():
    assert found("want to die", "My son died 2 years ago and I want to die")


def test_every_text_counts_for_itself():
    rows = [PatternRow("kill myself")]
    assert decide(rows, "fine", "kill myself").is_danger
    assert not decide(rows, "kill", "myself").is_danger


def test_the_verdict_says_what_was_found_and_what_took_it_back():
    rows = [
        *LISTS,
        PatternRow("matarme", PatternKind.SUICIDE, "es"),
        PatternRow("overdosed", PatternKind.OVERDOSE, "en", True),
    ]
    verdict = decide(rows, "I overdosed 2 years ago. Voy a matarme")
    past, now = verdict.readings[0].findings
    assert (past.written, past.taken_back_by.words) == ("overdosed", "# years ago")
    assert (now.row.words, now.taken_back_by) == ("matarme", None)
    assert verdict.language == "es"


@pytest.mark.parametrize(
    "pattern",
    [
        "[my] life",
        "my [life]",
        "... life",
        "a [b",
        "a ]",
        "@nobody dies",
        "ab* c",
        "a/",
        "[] a",
        "",
    ],
)
def test_a_pattern_that_cannot_be_read_is_explained(pattern):
    with pytest.raises(PatternError):
        compiled(LISTS).check(PatternRow(pattern))


@pytest.mark.parametrize("signs", ["rope, ", "one of four words", "@nobody", "ab*", "!!"])
def test_signs_that_cannot_be_read_are_explained(signs):
    with pytest.raises(PatternError):
        compiled(LISTS).check(PatternRow(signs, PatternKind.SIGN))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (PatternKind.LIST, "family"),
        (PatternKind.SPELLING, "kms"),
        (PatternKind.SPELLING, "kms = …"),
    ],
)
def test_a_definition_has_two_sides(kind, words):
    with pytest.raises(PatternError):
        compiled(LISTS).check(PatternRow(words, kind))


def test_a_row_that_cannot_be_read_counts_as_its_words():
    assert found("[gun", "a gun")


SIGNS = (
    *LISTS,
    PatternRow("rope, @family cri*, took ##", PatternKind.SIGN, "en", False, 60),
    PatternRow("tonight, esta noche", PatternKind.SIGN, "es", False, 50),
    PatternRow("class, insurance, parking, price", PatternKind.SIGN, "en", False, -60),
    PatternRow("goodbye", PatternKind.SUICIDE, "en", False, 150),
    PatternRow("kill myself", PatternKind.SUICIDE),
)


def points(text):
    return decide(SIGNS, text).readings[0].points


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("a rope", 60),
        ("a rope, a rope, a rope", 60),
        ("a rope tonight", 110),
        ("cuerda esta noche", 50),
        ("my mother cried tonight", 110),
        ("she cried, my mother", 0),
        ("took 30 ROPES", 60),
        ("took 3", 0),
        ("the insurance class", -100),
    ],
)
def test_signs_add_up_and_each_counts_once(text, total):
    assert points(text) == total


def test_nothing_written_reads_like_spaces():
    rules = compiled((*LISTS, PatternRow("overdos*")))
    assert rules.reading("") == rules.reading(" ") == Reading()


def test_a_weak_pattern_needs_words_that_do_not_speak_against_it():
    assert decide(SIGNS, "goodbye").is_danger
    assert not decide(SIGNS, "goodbye to the class").is_danger
    assert not decide(SIGNS, "not goodbye").is_danger


def test_a_pattern_of_most_points_counts_whatever_else_is_written():
    assert decide(
        SIGNS, "the price of the insurance, the class, the parking, kill myself"
    ).is_danger


def test_a_long_text_counts_by_the_passage_that_has_most_points():
    long = "the price of the insurance and the class and the parking. " + "Thank you. " * 25
    assert not decide(SIGNS, long).is_danger
    assert decide(SIGNS, f"{long} A rope tonight.").is_danger


def test_signs_far_apart_in_a_long_text_add_up():
    assert decide(SIGNS, f"A rope. {'Thank you. ' * 40} Tonight.").is_danger


def test_the_language_of_signs_is_that_with_most_points():
    assert decide(SIGNS, "a rope and my mother cried esta noche").language == "en"
    assert decide(SIGNS, "a rope and my mother").language == ""


HOSTILE = {
    "one letter": "a" * 10_000,
    "no spaces": "killmyself" * 1_000,
    "letters": "i " * 5_000,
    "negated": "not going to kill myself or " * 360,
    "gaps": "took all of his " * 625,
    "signs": "k*!|$@" * 1_600,
    "new words": " ".join(f"overd{n:x}se" for n in range(900)),
    "accents": "a\u0301" * 5_000,
    "dots": "." * 10_000,
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_costs_no_more_than_its_length(name):
    from contact.models import DangerPhrase

    rows = DangerPhrase.objects.rows()
    decide(rows, "warm")
    start = time.process_time()
    decide(rows, HOSTILE[name])
    took = time.process_time() - start
    print(f"{name}: {took * 1000:.0f} ms")
    # What grows with the square of the length takes many seconds.
    assert took < 2
