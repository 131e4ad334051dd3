"""Stems of English and Spanish words, so that `addicted` finds `addiction`.

The stemmers are light: forms of one word share a stem, and it matters little that some words that
are strangers to each other do so too. Words come as `words_of` gives them, without accents.
"""

from __future__ import annotations

from functools import lru_cache

SPANISH = "es"
# Forms that no ending tells.
_IRREGULAR = {
    form: stem
    for stem, forms in {
        "use": "using used uses user users usage",
        "die": "dying died dies dead death deaths deadly",
        "stop": "stopped stopping stops",
        "woman": "women", "man": "men", "child": "children kids kid", "person": "people persons",
        "wake": "waking woke woken wakes awake", "breath": "breathe breathing breathes breathed",
        "sick": "sickness", "quit": "quitting quits", "withdraw": "withdrawn withdrew",
        "give": "gave given giving gives", "take": "took taken taking takes",
        "get": "got getting gets gotten", "go": "going went gone goes",
        "safe": "safety safely safer",
        "famil": "family families", "recov": "recover recovers recovery recovering recovered",
        "news": "news", "drug": "drugs drugged", "pill": "pills", "know": "knew known knows",
    }.items()
    for form in forms.split()
}  # fmt: skip
# The longest ending comes first; a number says how many letters must stay.
_ENGLISH = (
    ("fulness", 4), ("ations", 4), ("ments", 3), ("ation", 4), ("ancies", 4), ("ances", 4),
    ("ences", 4), ("ings", 3), ("ness", 4), ("ment", 3), ("ance", 4), ("ence", 4), ("ancy", 4),
    ("ency", 4), ("ions", 4), ("ives", 4), ("ists", 4), ("ants", 4), ("ents", 4), ("able", 4),
    ("ible", 4), ("ines", 5), ("ing", 3), ("ion", 4), ("ive", 4), ("ies", 3), ("ied", 3),
    ("ers", 3), ("ors", 5), ("als", 4), ("ine", 5), ("ous", 4), ("ist", 4), ("ant", 4), ("ent", 4),
    ("est", 4), ("ly", 3), ("ed", 3), ("er", 3), ("or", 5), ("es", 3), ("al", 4), ("s", 3),
    ("e", 3), ("y", 4),
)  # fmt: skip
_IRREGULAR_SPANISH = dict.fromkeys(("usar", "uso", "usa", "usan", "usando", "usado"), "us")
_NO_PLURAL = ("ss", "us", "is")
_SPANISH = (
    ("amientos", 3), ("imientos", 3), ("amiento", 3), ("imiento", 3), ("aciones", 3),
    ("iciones", 3), ("mente", 4), ("acion", 3), ("icion", 3), ("iendo", 3), ("ciones", 3),
    ("cion", 3), ("ando", 3), ("aron", 3), ("ieron", 3), ("idades", 4), ("idad", 4), ("arme", 3),
    ("arse", 3), ("arlo", 3), ("arla", 3), ("irse", 3), ("erse", 3), ("adas", 3), ("ados", 3),
    ("idas", 3), ("idos", 3), ("ada", 3), ("ado", 3), ("ida", 3), ("ido", 3), ("ias", 4),
    ("ia", 4), ("io", 4), ("ar", 3), ("er", 3), ("ir", 3), ("an", 3), ("en", 3), ("es", 3),
    ("as", 3), ("os", 3), ("a", 3), ("o", 3), ("e", 3), ("s", 3),
)  # fmt: skip


def stem(word: str, language: str) -> str:
    return spanish_stem(word) if language == SPANISH else english_stem(word)


@lru_cache(maxsize=20_000)
def english_stem(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or not word.isalpha():
        return word
    for ending, least in _ENGLISH:
        if not word.endswith(ending) or len(word) - len(ending) < least:
            continue
        if ending == "s" and word.endswith(_NO_PLURAL):
            continue
        cut = word[: -len(ending)]
        if ending in ("ies", "ied"):
            return _without_y(f"{cut}y")
        if ending in ("ing", "ed", "er", "ers"):
            cut = _without_double(cut)
        # These may hide another ending: counselors, safely, recovery.
        return english_stem(cut) if ending in ("s", "ly", "y") else cut
    return word


def _without_y(word: str) -> str:
    return word[:-1] if len(word) > 4 else word


def _without_double(word: str) -> str:
    is_double = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz"
    return word[:-1] if is_double else word


@lru_cache(maxsize=20_000)
def spanish_stem(word: str) -> str:
    if word in _IRREGULAR_SPANISH:
        return _IRREGULAR_SPANISH[word]
    if len(word) < 4 or not word.isalpha():
        return word
    for ending, least in _SPANISH:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)]
    return word
