"""Digests of the words of revisions, and sign-offs that stood in columns of theirs, as rows."""

import hashlib
import json

BATCH = 500
WORDS = """
    SELECT id, title, summary, body, sources, byline FROM {revisions}
    WHERE id > %s ORDER BY id LIMIT %s
"""
REVIEWS = """
    INSERT INTO {reviews} (verdict, reviewer, by_id, at, remark, next_review_on, revision_id)
    SELECT 'approved', reviewer, reviewed_by_id, reviewed_at, '', NULL, id
    FROM {revisions} WHERE reviewed_at IS NOT NULL ORDER BY reviewed_at, id
"""
# Where the live words are those of an earlier version that was signed, its sign-off stands again.
STANDING = """
    UPDATE {pages} SET review_id = (
        SELECT review.id FROM {reviews} review
        JOIN {revisions} signed ON signed.id = review.revision_id
        JOIN {revisions} live ON live.id = {pages}.live_id
        WHERE signed.publication_id = {pages}.id AND signed.words_digest = live.words_digest
        ORDER BY review.at DESC, review.id DESC LIMIT 1
    )
    WHERE live_id IS NOT NULL
"""


def fill(schema_editor, pages, revisions, reviews=None):
    with schema_editor.connection.cursor() as cursor:
        _digest(cursor, revisions)
        if reviews:
            names = {"pages": pages, "revisions": revisions, "reviews": reviews}
            for statement in (REVIEWS, STANDING):
                cursor.execute(statement.format(**names))


def _digest(cursor, revisions):
    last = 0
    while True:
        cursor.execute(WORDS.format(revisions=revisions), [last, BATCH])
        rows = cursor.fetchall()
        if not rows:
            return
        last = rows[-1][0]
        digests = [
            (_digest_of([title, summary, body, json.loads(sources), byline]), pk)
            for pk, title, summary, body, sources, byline in rows
        ]
        cursor.executemany(f"UPDATE {revisions} SET words_digest = %s WHERE id = %s", digests)


def _digest_of(words):
    as_text = json.dumps(words, sort_keys=True)
    return hashlib.blake2b(as_text.encode(), digest_size=16).hexdigest()
