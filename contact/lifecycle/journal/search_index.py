"""Writing the keys under which staff find a request."""

from __future__ import annotations

from collections.abc import Iterable

from contact.models import CallbackRequest, SearchKey
from contact.privacy.encryption import readable
from contact.records.requests.search_keys import keys_of


def index_requests(requests: Iterable[CallbackRequest]) -> None:
    """Write the search keys of new requests."""
    SearchKey.objects.bulk_create(
        SearchKey(request_id=request.pk, key=key, asked_at=request.created_at)
        for request in requests
        for key in sorted(keys_of(readable(request, "name"), readable(request, "phone")))
    )


def index_again(request: CallbackRequest) -> None:
    """Write the search keys of a request whose name or number was corrected."""
    request.search_keys.all().delete()
    index_requests([request])
