"""For editors: which pages help their visitors least, by the answers to their live versions."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from articles.publishing.kinds import form_url

from .answers import ANSWERED_MODELS, HelpfulAnswer, HelpfulCount, HelpfulReason

# Fewer may be the answers of one or two people, who could be recognized by whoever knows them.
LEAST_ANSWERS = 5
# From so many answers on, a page that helps fewer than half waits for an editor.
LEAST_TO_ACT = 10
MOST_PAGES = 200


class HelpfulRow(NamedTuple):
    title: str
    url: str
    yes: int
    no: int
    reasons: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return self.yes + self.no

    @property
    def share(self) -> int:
        return round(100 * self.yes / self.total)


def live_counts() -> QuerySet[HelpfulCount]:
    """Counts of versions that visitors read now."""
    is_live = [
        Q(kind=kind)
        & Exists(model.objects.filter(pk=OuterRef("publication"), live__number=OuterRef("number")))
        for kind, model in ANSWERED_MODELS.items()
    ]
    return HelpfulCount.objects.filter(is_live[0] | is_live[1])


def answered(least: int) -> Any:
    """`kind`, `publication`, `yes` and `no` of live versions with at least so many answers."""
    return (
        live_counts()
        .filter(answer__in=HelpfulAnswer.values)
        .values("kind", "publication")
        .annotate(
            yes=Coalesce(Sum("count", filter=Q(answer=HelpfulAnswer.YES)), 0),
            no=Coalesce(Sum("count", filter=Q(answer=HelpfulAnswer.NO)), 0),
            total=Sum("count"),
        )
        .filter(total__gte=least)
    )


def pages_that_help_few(kind: str) -> int:
    """How many pages of this kind helped fewer than half of those who answered."""
    found: int = answered(LEAST_TO_ACT).filter(kind=kind, yes__lt=F("no")).count()
    return found


def rows() -> list[HelpfulRow]:
    """Pages with enough answers, the least helpful first."""
    worst_first = answered(LEAST_ANSWERS).order_by(F("yes") * 1.0 / F("total"), "-total")
    found = list(worst_first[:MOST_PAGES])
    titles: dict[tuple[str, int], str] = {}
    for kind, model in ANSWERED_MODELS.items():
        keys = [row["publication"] for row in found if row["kind"] == kind]
        titles |= {
            (kind, pk): title
            for pk, title in model.objects.filter(pk__in=keys).values_list("pk", "live__title")
        }
    reasons: dict[tuple[str, int], list[tuple[str, int]]] = {}
    said = live_counts().filter(
        answer__in=HelpfulReason.values, publication__in={row["publication"] for row in found}
    )
    for each in said.order_by("-count", "answer"):
        why = (str(HelpfulReason(each.answer).label), each.count)
        reasons.setdefault((each.kind, each.publication), []).append(why)
    return [
        HelpfulRow(
            titles[key],
            form_url(ANSWERED_MODELS[key[0]], key[1]),
            row["yes"],
            row["no"],
            reasons.get(key, []),
        )
        for row in found
        if (key := (row["kind"], row["publication"])) in titles
    ]


@require_safe
def helpful_pages(request: HttpRequest) -> HttpResponse:
    if not any(
        request.user.has_perm(f"{m._meta.app_label}.view_{k}") for k, m in ANSWERED_MODELS.items()
    ):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("Was this page helpful?"),
        "rows": rows(),
        "least": LEAST_ANSWERS,
    }
    return TemplateResponse(request, "admin/helpful.html", context)
