"""Any script's digits, dashes and spaces as the plain ones."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

LETTER = r"[^\W\d_]"
# The letter O typed for a zero, in Latin, Cyrillic and Greek. Between spaces it is a Spanish "or".
ZEROS = "oO\u043e\u041e\u03bf\u039f"
# A small L or a capital I typed for a one.
LETTERS_FOR_DIGITS = str.maketrans(dict.fromkeys(ZEROS, "0") | dict.fromkeys("lI", "1"))
WITH_LETTERS = re.compile(rf"(?<!{LETTER})(?=[{ZEROS}lI]*\d)[\d{ZEROS}lI]+(?!{LETTER})")
LETTER_L_IN_FRONT = re.compile(rf"(?<!{LETTER})[lI](?=[-.]\d)")
IDEOGRAPHS = {ord(digit): str(at) for at, digit in enumerate("〇一二三四五六七八九")}
IDEOGRAPHS[ord("零")] = "0"
BEFORE = re.compile(r"\bb4\b", re.IGNORECASE)
# Two of them make a flag.
FLAG_LETTERS = {chr(0x1F1E6 + at): chr(ord("a") + at) for at in range(26)}
# As a spreadsheet writes a number that it takes for an amount.
DECIMALS = re.compile(r"(?<=\d{10})\.0+$")
SCHEME = re.compile(r"^(?:tel|phone|sms|callto|facetime|whatsapp):\s*(?://)?", re.IGNORECASE)
CODE_TWICE = re.compile(r"\+\s?(\d{1,3})\s*(?=\+\s?\1(?!\d))")
# The address of a chat holds a whole number with its country code.
CHAT = re.compile(
    r"(?:https?://)?(?:wa\.me/|(?:api|web)\.whatsapp\.com/send/?\?phone=)\+?", re.IGNORECASE
)


def plain_characters(text: str) -> str:
    """Return the text with plain digits, dashes and spaces, without invisible characters."""
    text = unescape(text).replace("%2B", "+").replace("%20", " ")
    characters = []
    for character in unicodedata.normalize("NFKC", text):
        category = unicodedata.category(character)
        if category == "Nd":
            character = str(unicodedata.decimal(character))
        elif category == "Pd" or character in "\u2212\u30fc":
            character = "-"
        elif character == "×":
            character = "x"
        elif character in FLAG_LETTERS:
            character = FLAG_LETTERS[character]
        elif category in ("Zs", "Zl", "Zp", "Cc"):
            character = " "
        elif category in ("Cf", "Cs", "Mc", "Me", "Mn"):
            continue
        characters.append(character)
    text = "".join(characters).translate(IDEOGRAPHS).strip()
    text = BEFORE.sub("before", text)
    text = LETTER_L_IN_FRONT.sub("1", text)
    text = WITH_LETTERS.sub(lambda found: found[0].translate(LETTERS_FOR_DIGITS), text)
    return CODE_TWICE.sub("", CHAT.sub(" +", SCHEME.sub("", DECIMALS.sub("", text))))


def fold_characters(word: str) -> str:
    """Return the word in lower case and without accents, for looking it up."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))
