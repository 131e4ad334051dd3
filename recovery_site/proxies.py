"""The visitor's own address and scheme, when a proxy that we trust says so."""

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def trust_proxies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def is_trusted(address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in settings.TRUSTED_PROXIES)

    def middleware(request: HttpRequest) -> HttpResponse:
        meta = request.META
        if is_trusted(meta.get("REMOTE_ADDR", "")):
            # The rightmost address that is not one of ours; all left of it may be invented.
            for hop in reversed(meta.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                if not hop.strip():
                    break
                meta["REMOTE_ADDR"] = hop.strip()
                if not is_trusted(hop.strip()):
                    break
        else:
            meta.pop("HTTP_X_FORWARDED_PROTO", None)
        meta.pop("HTTP_X_FORWARDED_FOR", None)
        return get_response(request)

    return middleware
