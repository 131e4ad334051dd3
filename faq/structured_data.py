"""JSON-LD of pages with questions (schema.org)."""

from __future__ import annotations

from typing import Any


def faq_page(questions: list[Any], *, whole: bool = False) -> dict[str, Any]:
    """Questions with their short answers; the whole answer if `whole` or if none is short."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question.title,
                "acceptedAnswer": {"@type": "Answer", "text": _answer(question, whole)},
            }
            for question in questions
        ],
    }


def _answer(question: Any, whole: bool) -> str:
    if whole or not question.summary:
        return f"{question.summary} {question.plain_text}".strip()
    return question.summary
