"""Reading addresses as editors type them: of this site, of others, of phones and mailboxes."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from articles.pictures.figures import pictures_in
from articles.text import markup
from articles.text.clean_text import clean_text

from .rows import Problem

MAX_PATH, MAX_FRAGMENT, MAX_WORDS = 300, 200, 100
SHORT_NUMBERS = {"988", *(f"{n}11" for n in range(2, 10))}
_anchor = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_scheme = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_number = re.compile(r"\+?[\d\s().-]{3,25}")
_mail = re.compile(r"[^@\s/]+@[^@\s/]+\.[a-z]{2,}", re.IGNORECASE)
_host = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE
)


class Address(NamedTuple):
    """A place on this site has `path` and `fragment`; without a path, it is on the page itself."""

    path: str = ""
    fragment: str = ""
    problem: Problem | None = None
    is_outside: bool = False


class FoundLink(NamedTuple):
    href: str
    words: str

    @property
    def address(self) -> Address:
        return parse_href(self.href)


def links_in(body: str, sources: Any = ()) -> list[FoundLink]:
    """The links of a text (`body`: sanitised HTML) and of its sources."""
    found = [
        FoundLink(unescape(href), markup.plain_text(words)[:MAX_WORDS])
        for href, words in _anchor.findall(body)
    ]
    listed = [each for each in sources if isinstance(each, dict) and each.get("url")]
    return found + [
        FoundLink(str(each["url"]), str(each.get("title", ""))[:MAX_WORDS]) for each in listed
    ]


def shown_pictures(body: str) -> list[FoundLink]:
    """The pictures of a text, as links to their files."""
    return [
        FoundLink(each.src, (each.alt or "")[:MAX_WORDS])
        for each in pictures_in(body)
        if each.address
    ]


def parse_href(href: str) -> Address:
    href = href.strip()
    scheme, _colon, rest = href.partition(":")
    match scheme.lower() if _scheme.match(href) else "":
        case "tel" | "sms":
            number, _mark, _rest = rest.partition("?")
            return Address(problem=None if is_callable(number) else Problem.NUMBER)
        case "mailto":
            is_whole = _mail.fullmatch(unquote(rest.partition("?")[0]))
            return Address(problem=None if is_whole else Problem.MAIL)
        case "http" | "https":
            return _web(href)
        case "":
            if href.startswith("//"):
                return _web(f"https:{href}")
            if href.startswith(("/", "#")):
                return _own(href)
    return Address(problem=Problem.NO_ADDRESS)


def _web(url: str) -> Address:
    try:
        parts, site = urlsplit(url), urlsplit(settings.SITE_URL)
        host, port = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return Address(problem=Problem.NO_ADDRESS)
    if host == (site.hostname or "").removeprefix("www.") and port == site.port:
        return _own(parts._replace(scheme="", netloc="").geturl() or "/")
    return Address(problem=None if "." in host else Problem.NO_ADDRESS, is_outside=True)


def _own(href: str) -> Address:
    parts = urlsplit(href)
    path, fragment = unquote(parts.path), unquote(parts.fragment)
    if clean_text(path + fragment) != path + fragment:
        return Address(problem=Problem.NO_ADDRESS)
    if path and not path.endswith("/") and "." not in path.rpartition("/")[2]:
        path += "/"
    return Address(path[:MAX_PATH], fragment[:MAX_FRAGMENT])


def is_callable(number: str) -> bool:
    """Whether a phone could call or text it: 911 and the like, short codes, or a whole number."""
    if not _number.fullmatch(number.strip()):
        return False
    digits = re.sub(r"\D", "", number)
    if "+" in number:
        return 8 <= len(digits) <= 15
    is_national = len(digits) in (5, 6, 7, 10) or (len(digits) == 11 and digits[0] == "1")
    return is_national or digits in SHORT_NUMBERS


def suggestion(typed: str) -> str:
    """The address that was probably meant by what is not one; empty if that is not clear."""
    typed = typed.strip()
    if not typed or parse_href(typed).problem is None:
        return ""
    bare = typed.partition(":")[2] if typed.lower().startswith(("tel:", "sms:")) else typed
    if is_callable(bare):
        plus = "+" if "+" in bare else ""
        return f"tel:{plus}{re.sub(r'\D', '', bare)}"
    if _mail.fullmatch(typed):
        return f"mailto:{typed}"
    if "/" in typed and _leads_somewhere(f"/{typed}"):
        return f"/{typed}"
    return f"https://{typed}" if _host.fullmatch(typed) else ""


def _leads_somewhere(path: str) -> bool:
    try:
        resolve(_own(path).path)
    except Resolver404:
        return False
    return True
