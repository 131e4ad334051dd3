"""References that can be read out on the phone: K7MQ-4XWD."""

from __future__ import annotations

import uuid

# Without vowels, which make words, and with one of each pair B8, G6, S5, Z2, O0, I1, L1.
ALPHABET = "23456789CDFHJKMNPQRTVWXY"
REFERENCE_LENGTH = 8


def reference_for(request_id: uuid.UUID) -> str:
    """Derive the eight characters of a reference from the request's id."""
    number, characters = request_id.int, []
    for _position in range(REFERENCE_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[index])
    return "".join(characters)


def display(reference: str) -> str:
    return f"{reference[:4]}-{reference[4:]}"


def normalise(text: str) -> str:
    """Return a typed reference as it is stored: `k7mq 4xwd` becomes `K7MQ4XWD`."""
    return "".join(character for character in text.upper() if character.isalnum())


def is_reference(text: str) -> bool:
    normal = normalise(text)
    return len(normal) == REFERENCE_LENGTH and set(normal) <= set(ALPHABET)
