"""The texts that stand for each page, which `run_jobs` tells the process."""

from __future__ import annotations

from typing import Any

from articles.publishing.kinds import publication_models
from recovery_site.models import ContentVersion
from recovery_site.search import pages
from recovery_site.search.vocabulary import current_vocabulary

from . import client

# More would take minutes of processor time at the first start and hundreds of megabytes.
MOST_PASSAGES = 20_000


def tell_process() -> None:
    """Tell the process the pages of this content version, unless it is off or holds them."""
    version = ContentVersion.current()
    try:
        held = client.ask_process({"version": version}, client.LOOKING_SECONDS)
        if held["version"] != version:
            told = {"version": version, "pages": passages()}
            client.ask_process(told, client.TELLING_SECONDS)
    except (OSError, ValueError):
        # The search goes by words alone; the process, once there, is told at the next turn.
        return


def passages() -> dict[str, str]:
    """Map each text to the address of its page: titles, summaries, the other ways to ask.

    Empty on a site with more than MOST_PASSAGES, which goes by words alone.
    """
    found: dict[str, str] = {}
    for model in publication_models().values():
        manager: Any = model._default_manager
        rows = manager.published().values_list("slug", "live__title", "live__summary")
        for slug, *texts in rows[: MOST_PASSAGES + 1].iterator():
            path = model(slug=slug).get_absolute_url()
            found |= {text: path for text in texts if text}
    for page in pages.others():
        # Their names alone are so short that they resemble every query.
        found[f"{page.name}. {page.about}"] = page.path
    found |= {text: path for path, text, _language in current_vocabulary().phrases}
    return found if len(found) <= MOST_PASSAGES else {}
