"""Content security policies: which styles, scripts and other sources a browser may use."""

from __future__ import annotations

from django.utils.csp import CSP

from . import inline_assets

Policy = dict[str, list[str]]

# The header is constant, so that nginx can send it too; the rest of the policy, which names the
# styles and scripts of each page by their hashes, travels in the page ({% page_policy %}).
HEADER_POLICY: Policy = {
    "object-src": [CSP.NONE],
    "frame-src": [CSP.NONE],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
PAGE_POLICY: Policy = {
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
}
# Staff pages load files; previews carry the styles and scripts of visitors' pages. The editor loads
# its modules through an inline import map and adds its own style element.
STAFF_POLICY: Policy = (
    HEADER_POLICY
    | PAGE_POLICY
    | {
        "script-src": [CSP.SELF, *inline_assets.sources(inline_assets.SCRIPT), CSP.NONCE],
        "style-src": [CSP.SELF, *inline_assets.sources(inline_assets.STYLE), CSP.NONCE],
        "img-src": [CSP.SELF, "data:"],
        "font-src": [CSP.SELF],
    }
)
