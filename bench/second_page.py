"""Bytes of each public page after the home page, in Chromium, headers included.

`python -m bench.second_page http://localhost:8000` measures a site that runs there.
"""

from __future__ import annotations

import argparse
import re
import urllib.request
from collections import Counter
from statistics import mean, median
from typing import Any

from playwright.sync_api import sync_playwright

_LINK = re.compile(r'href="?(/[a-z0-9/_-]*/)["\s>#]')
_PRIVATE = ("/contact/", "/search/", "/admin/", "/intake/", "/helpful/")
_CLICK = """path => {
    const link = document.createElement("a");
    link.href = path;
    document.body.append(link);
    link.click();
}"""


def public_pages(site: str) -> list[str]:
    """Return the addresses that links lead to, the home page first."""
    found = ["/"]
    for path in found:  # It grows meanwhile.
        with urllib.request.urlopen(site + path) as answer:
            links = _LINK.findall(answer.read().decode())
        for link in links:
            if link not in found and not link.startswith(_PRIVATE):
                found.append(link)
    return found


def measure(page: Any, site: str, paths: list[str]) -> list[tuple[str, int, str]]:
    """Return each page with its bytes and its coding."""
    answers: dict[str, Any] = {}
    sizes: dict[str, int] = {}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.responseReceived", lambda e: answers.update({e["requestId"]: e}))
    network.on(
        "Network.loadingFinished",
        lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}),
    )
    measured = []
    for path in paths:
        page.goto(f"{site}/")
        page.evaluate(_CLICK, path)
        page.wait_for_url(f"{site}{path}*")
        page.wait_for_timeout(60)
        number, answer = next(
            (number, each["response"])
            for number, each in reversed(answers.items())
            if each["type"] == "Document"
        )
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        measured.append((path, sizes[number], headers.get("content-encoding", "")))
    return measured


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.second_page", description=__doc__)
    parser.add_argument("site", help="its address, as http://localhost:8000")
    site = parser.parse_args().site.rstrip("/")
    paths = public_pages(site)[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        measured = measure(browser.new_page(), site, paths)
        browser.close()
    bytes_of = [size for _path, size, _coding in measured]
    print(f"{len(paths)} pages after the home page: {Counter(each[2] for each in measured)}")
    print(f"mean {mean(bytes_of):.0f}, median {median(bytes_of):.0f}, most {max(bytes_of)} bytes")


if __name__ == "__main__":
    main()
