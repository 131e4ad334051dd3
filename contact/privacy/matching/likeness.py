"""Near-same texts, known by keyed hashes: nothing of a text can be read from its marks.

A text becomes its shingles (runs of three words), these a MinHash signature, this a few marks.
Texts that share nearly all shingles share at least one mark, others hardly ever
(Broder 1997; banding as in Leskovec et al., Mining of Massive Datasets, 3.4).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

from contact.privacy.keys import Purpose, keyed_hash

# People in need write the same few words; a copied text has more.
LEAST_WORDS = 8
SHINGLE_WORDS = 3
BANDS, ROWS_A_BAND = 5, 3
MARK_BYTES = 12


def marks(text: str) -> list[str]:
    """Return the marks of a text; none for a short one."""
    words = re.findall(r"[^\W\d_]+", _plain(text))
    if len(words) < LEAST_WORDS:
        return []
    runs = range(len(words) - SHINGLE_WORDS + 1)
    shingles = {" ".join(words[n : n + SHINGLE_WORDS]).encode() for n in runs}
    key = keyed_hash(Purpose.LIKENESS, "likeness", "shingles")
    # One hash of a shingle holds a value for each row.
    size = BANDS * ROWS_A_BAND * 4
    hashes = [hashlib.blake2b(each, key=key, digest_size=size).digest() for each in shingles]
    lowest = [min(each[n : n + 4] for each in hashes) for n in range(0, size, 4)]
    bands = (b"".join(lowest[n * ROWS_A_BAND : (n + 1) * ROWS_A_BAND]) for n in range(BANDS))
    return [
        keyed_hash(Purpose.LIKENESS, f"likeness {n}", band.hex()).hex()[: 2 * MARK_BYTES]
        for n, band in enumerate(bands)
    ]


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))
