"""The list of code words: each can be said and heard on the phone, in both languages."""

import hashlib
import re
import unicodedata
import uuid
from itertools import islice

import pytest

from contact.records.requests.code_words import (
    PAIRS,
    WORDS_FILE,
    code_word_pairs,
    code_words,
    code_words_of,
)

LANGUAGES = ("en", "es")
# Parts of words of drugs, illness, weapons, faith and insult, in both languages.
FORBIDDEN = re.compile(
    r"anal|angel|anus|arma\b|bala(?!da)|bitch|bless|bomb(?!e|i)|caballo|cabron|chocolat|church|cock"
    r"|coca|codein|cojon|coke|concha|crack|cristal|crystal|cunt|dead|death|demon|devil|dios|dope|drog"
    r"|drug|fag|fentan|fuck|ganja|globo|godl|grass|\bgun|hach|hash|hell|herb|heroi|hierba|hospital"
    r"|iglesia|infierno|jeringa|kill|knife|maric|meth|mierda|morf|morph|mosque|muert|needle|negr|nigg"
    r"|nieve|opiat|opium|paloma\b|papel|pastilla|\bpill|pija|pipa|pipe|piss|polvo|porn|porro"
    r"|prison|puta|rape|saint|santo|satan|sex|shit|slut|smok|snow|spoon|suicid|temple|tits|vagin|vape|vena"
    r"|weed|whore|wine|zorra"
)
NAMES = re.compile(
    "amber|april|autumn|basil|brook|celeste|clay|cliff|daisy|dawn|flora|forest|gloria|grace"
    "|hazel|heather|holly|hope|iris|ivory|ivy|jasmine|jewel|joy|june|lake|laurel|leon|lily"
    "|luna|marina|mark|mesa|olive|page|paloma|pearl|penny|phoenix|piper|rafael|ray|reed|river"
    "|robin|rocky|rosa|rose|ruby|rusty|sage|savannah|sky|sol|stella|summer|valle|victoria"
    "|viola|violet|wade|angel|alba|aurora|brisa|cielo|coral|dalia|esmeralda|estrella|flor"
    "|margarita|mercedes|perla|rosario"
)
# Words that sound like another, in the list or not.
HOMOPHONES = re.compile(
    "ant|bare|bear|beach|bean|beech|beet|berry|board|bread|cell|cellar|cent|cereal|chord|deer"
    "|desert|dessert|fair|ferry|fir|flour|flower|guest|hair|hare|horse|key|knight|knot|lead"
    "|leek|links|mail|main|medal|metal|moose|muscle|mussel|night|oar|pair|pail|pear|pedal"
    "|peel|petal|phrase|pier|plain|plum|rain|rose|sail|sea|seed|sole|son|stair|stake|steak"
    "|sun|tail|tea|tide|toad|vale|vein|waist|wave|weather|whale|wood|yolk|caza|casa|cima"
    "|cocer|coser|hola|ola|pollo|poyo|rayo|taza|tasa|vaca|baca|valla|vaya|ciervo|siervo"
)


def plain(word):
    """The word without accents; an ñ is an n, as many keyboards write it."""
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def sounds(word):
    """About how a Spanish word sounds: what is only spelled otherwise becomes the same."""
    word = plain(word)
    for pattern, sound in (
        *(("ch", "1"), ("ll", "y"), ("rr", "r"), ("gu(?=[ei])", "2"), ("g(?=[ei])", "j")),
        *(("2", "g"), ("qu", "k"), ("[cz](?=[ei])|z", "s"), ("c", "k"), ("v", "b"), ("h", "")),
    ):
        word = re.sub(pattern, sound, word)
    return word


def confused(heard_words):
    """Words that one letter or sound alone tells from another."""
    known, found = {}, set()
    for word in heard_words:
        for place in range(len(word)):
            if (shorter := word[:place] + word[place + 1 :]) in heard_words:
                found |= {word, shorter}
            other = known.setdefault(f"{word[:place]}?{word[place + 1 :]}", word)
            found |= {word, other} if other != word else set()
    return found


@pytest.mark.parametrize(("language", "heard"), [("en", plain), ("es", sounds)])
def test_any_two_words_differ_by_two_letters_or_sounds(language, heard):
    listed = [heard(word) for word in code_words_of(language)]
    assert len(set(listed)) == len(listed)
    assert confused(listed) == set()
    assert confused(["tower", "towel"]) == confused(["towel", "tower"]) == {"tower", "towel"}
    assert confused(["coat", "coast"]) == confused(["coast", "coat"]) == {"coat", "coast"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_neutral_short_and_no_name(language):
    for word in code_words_of(language):
        assert re.fullmatch(r"[a-záéíóúñü]{3,14}", word), word
        assert not FORBIDDEN.search(plain(word)), word
        assert not NAMES.fullmatch(plain(word)), word
        assert not HOMOPHONES.fullmatch(plain(word)), word


def test_there_are_pairs_for_many_more_than_ever_wait():
    english, spanish = code_words_of("en"), code_words_of("es")
    assert len(english) == len(spanish) <= PAIRS
    assert len(english) * (len(english) - 1) > 400_000


def test_words_that_were_told_never_change():
    lines = WORDS_FILE.read_text(encoding="utf-8").splitlines()[:659]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert digest == "5d84d3e3fc7a6981dc71c108ce846bd8d810e5c015fd56078c8574dcb624b4d2", (
        "only add words, at the end"
    )


def test_an_entrys_pairs_are_its_own_and_never_one_word_twice(settings):
    entry = uuid.UUID(int=7)
    pairs = list(code_word_pairs(entry))
    assert pairs == list(code_word_pairs(entry))
    assert len(set(pairs)) == len(pairs)
    for number in pairs:
        first, second = code_words(number, "en")
        assert first != second
    settings.SECRET_KEY = "another"
    assert not set(pairs) & set(islice(code_word_pairs(entry), 3))


def test_each_language_has_its_own_words_and_others_the_english():
    number = 3 * PAIRS + 5
    assert code_words(number, "es") == (code_words_of("es")[3], code_words_of("es")[5])
    assert (
        code_words(number, "other")
        == code_words(number, "en")
        == (code_words_of("en")[3], code_words_of("en")[5])
    )


@pytest.mark.parametrize("number", [None, PAIRS * PAIRS, PAIRS - 1])
def test_an_unknown_number_stands_for_no_words(number):
    assert code_words(number, "en") is None
