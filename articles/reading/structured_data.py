"""JSON-LD of articles (schema.org). A review appears only if one was recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from articles.publishing.reviews import ReviewedPublication
from articles.publishing.revision import Revision


def organization() -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "MedicalOrganization",
        "@id": f"{settings.SITE_URL}/#organization",
        "name": settings.SITE_NAME,
        "url": f"{settings.SITE_URL}/",
        "telephone": settings.SITE_PHONE,
    }


def day_of(moment: datetime) -> str:
    """The day on the centre's clock. The time of day helps nobody and costs bytes."""
    return timezone.localdate(moment).isoformat()


def breadcrumbs(*steps: tuple[str, str]) -> dict[str, Any]:
    """`steps` are (name, path), beginning with the home page."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": n,
                "name": name,
                "item": f"{settings.SITE_URL}{path}",
            }
            for n, (name, path) in enumerate(steps, 1)
        ],
    }


def medical_page(publication: ReviewedPublication, revision: Revision) -> dict[str, Any]:
    page: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "url": f"{settings.SITE_URL}{publication.get_absolute_url()}",
        "name": revision.title,
        "description": revision.summary,
        "inLanguage": publication.language,
        "publisher": organization(),
        "citation": [source["url"] for source in revision.sources if source.get("url")],
    }
    if publication.published_at:
        page["datePublished"] = day_of(publication.published_at)
    if publication.updated_at:
        page["dateModified"] = day_of(publication.updated_at)
    if publication.review and not publication.is_review_overdue:
        page["lastReviewed"] = day_of(publication.review.at)
        page["reviewedBy"] = {"@type": "Person", "name": publication.review.reviewer}
    return page
