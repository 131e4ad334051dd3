"""References that can be read out on the phone: K7MQ-4XWD."""

from __future__ import annotations

import uuid

# No vowels (no words), and none of B8, G6, S5, Z2, O0, I1, L1 in both readings.
ALPHABET = "23456789CDFHJKMNPQRTVWXY"
REFERENCE_LENGTH = 8


def reference_for(request_id: uuid.UUID) -> str:
    """The same eight characters for the same request, every time."""
    number, characters = request_id.int, []
    for _position in range(REFERENCE_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[index])
    return "".join(characters)


def display(reference: str) -> str:
    return f"{reference[:4]}-{reference[4:]}"


def normalise(text: str) -> str:
    """What someone typed or heard, as it is stored: `k7mq 4xwd` becomes `K7MQ4XWD`."""
    return "".join(character for character in text.upper() if character.isalnum())


def is_reference(text: str) -> bool:
    normal = normalise(text)
    return len(normal) == REFERENCE_LENGTH and set(normal) <= set(ALPHABET)
