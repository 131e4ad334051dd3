"""Phrases as staff write them: what they find, and what they can't keep waiting."""

import re

import pytest

from articles.wording.patterns import PatternError, regex_of

LISTS = {"drug": "(?:heroin|pills?)"}


@pytest.mark.parametrize(
    ("phrase", "found", "not_found"),
    [
        ("drug abuse", ["DRUG abuse"], ["drug use"]),
        ("heroin-addict", ["heroin addict"], ["heroin"]),
        ("kick/break habit", ["kick habit", "break habit"], ["habit"]),
        ("(take/get away) now", ["get away now"], ["get now"]),
        (
            "the [very] old [wise] man [here]",
            ["the old man", "the very old wise man here"],
            ["the man"],
        ),
        ("[the] addict[s]", ["addict", "the addicts"], ["addictive"]),
        ("relaps*", ["relapse", "relapsing"], ["elapse"]),
        ("_ abuse", ["any abuse"], ["abuse"]),
        ("gun ... head", ["gun head", "gun to the head"], ["gun a b c d head"]),
        ("call ,...6 now", ["call us, please, now"], ["call. now"]),
        ("(very/so)...2 bad", ["very bad", "so very bad"], ["bad"]),
        ("abuse !(by/at)", ["abuse"], ["abuse by"]),
        ("who !(is/was) _", ["who lies"], ["who is"]),
        ("@drug use", ["heroin use", "pill use"], ["water use"]),
        ("# beds", ["3 beds"], ["few beds"]),
        ("in ^", ["in Arizona"], ["in time"]),
        ("MAT", ["MAT"], ["mat"]),
        ('"#1" rehab', ["#1 rehab"], ["1 rehab"]),
        ("co[ ]pay", ["copay", "co pay"], ["co-op pay"]),
        ("don't", ["don’t"], ["do not"]),
        (r"a\w+ (?:b|c)", [r"a\w+ ?:b|c"], ["ab b"]),
    ],
)
def test_phrase_finds_what_it_says(phrase, found, not_found):
    pattern = re.compile(regex_of(phrase, LISTS), re.IGNORECASE)
    assert [text for text in found if not pattern.fullmatch(text)] == []
    assert [text for text in not_found if pattern.fullmatch(text)] == []


@pytest.mark.parametrize(
    "phrase",
    [
        *(
            "",
            "[a]",
            "...",
            "_ ^",
            "(a",
            "a)",
            "(a/)",
            "a//b",
            "/a",
            "a...3",
            "a ...11 b",
            "!a",
            "@",
            "@x",
        ),
        *(
            "*a*b",
            "[a]/b",
            "([a] b/c ...5)...3 d",
            "(" * 9 + "a" + ")" * 9,
            " ".join(["[_]"] * 10) + " a",
        ),
        *("a ...10 b ...10 c ...10 d", "a " * 700),
    ],
)
def test_phrase_that_is_unclear_or_leaves_too_much_open_is_refused(phrase):
    with pytest.raises(PatternError):
        regex_of(phrase, LISTS)
