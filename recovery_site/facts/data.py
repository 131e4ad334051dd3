"""JSON-LD of the centre (schema.org): its number, and of its facts those that hold now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from articles.reading import structured_data

from .models import Fact, FactKind

PROPERTIES = {
    FactKind.ADDRESS: "address",
    FactKind.LANGUAGES: "knowsLanguage",
    FactKind.LEVELS: "availableService",
}
CREDENTIALS = (FactKind.LICENCE, FactKind.ACCREDITATION)


def centre(facts: Iterable[Fact]) -> dict[str, Any]:
    found: dict[str, Any] = structured_data.organization() | {
        "contactPoint": {
            "@type": "ContactPoint",
            "contactType": "intake",
            "telephone": settings.SITE_PHONE,
        }
    }
    for fact in facts:
        kind = FactKind(fact.kind)
        words = f"{fact.part}: {fact.text}" if fact.part else fact.text
        if kind in CREDENTIALS:
            credential = {"@type": "EducationalOccupationalCredential", "name": words}
            found.setdefault("hasCredential", []).append(credential)
        elif kind == FactKind.LEVELS:
            service = {"@type": "MedicalTherapy", "name": words}
            found.setdefault(PROPERTIES[kind], []).append(service)
        elif kind in PROPERTIES:
            found.setdefault(PROPERTIES[kind], []).append(words)
    return found


def website() -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "@id": f"{settings.SITE_URL}/#website",
        "name": settings.SITE_NAME,
        "url": f"{settings.SITE_URL}/",
        "publisher": {"@id": f"{settings.SITE_URL}/#organization"},
    }
