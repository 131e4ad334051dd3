"""An editor at the admin of one node, or of whichever the balancer gives."""

from __future__ import annotations

import base64
import hmac
import http.client
import re
import struct
import time
from html.parser import HTMLParser
from pathlib import Path

from bench.laboratory.drill.connections import HOST, Answer, Line
from bench.laboratory.drill.processes import Broken

NEW_APP, SECOND_STEP = "/admin/account/app/", "/admin/login/code/"


class Fields(HTMLParser):
    """Fields of the page's forms as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.textarea = self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value") or ""
        if tag == "input" and name and found.get("type") not in ("submit", "button", "file"):
            is_choice = found.get("type") in ("checkbox", "radio")
            if not is_choice or "checked" in found:
                self.values.setdefault(name, []).append(value or ("on" if is_choice else ""))
        elif tag == "textarea":
            self.textarea = name
            self.values[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in found and self.select:
            self.values.setdefault(self.select, []).append(value)

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.values[self.textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.textarea = ""
        elif tag == "select":
            self.select = ""


class Editor:
    def __init__(self, port: int, certificate: Path | None, account: str, password: str) -> None:
        self.port, self.certificate = port, certificate
        self.account, self.password = account, password
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, form: dict[str, list[str]] | None = None) -> Answer:
        """Raises OSError or http.client.HTTPException."""
        line = Line(self.port, self.certificate)
        headers = {"Referer": f"https://{HOST}{path}"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        try:
            answer = line.ask(path, "GET" if form is None else "POST", form, headers)
        finally:
            line.close()
        self.cookies.update(answer.cookies)
        return answer

    def log_in(self, recovery_code: str = "") -> None:
        fields = Fields(self.ask("/admin/login/?next=/admin/").text).values
        fields |= {"username": [self.account], "password": [self.password]}
        status = self.ask("/admin/login/", fields).status
        if status == 302 and recovery_code:
            fields = Fields(self.ask(SECOND_STEP).text).values
            status = self.ask(SECOND_STEP, {**fields, "code": [recovery_code]}).status
        if status != 302:
            raise Broken(f"log-in gave {status}")

    def add_app(self) -> list[str]:
        """Add an authenticator app, without which a public site shows nothing; recovery codes."""
        page = self.ask(NEW_APP).text
        secret = base64.b32decode(page.partition('sign-in__key">')[2].partition("<")[0])
        digest = hmac.digest(secret, struct.pack(">Q", int(time.time()) // 30), "sha1")
        (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
        code = f"{(number & 0x7FFFFFFF) % 1_000_000:06}"
        status = self.ask(NEW_APP, {**Fields(page).values, "code": [code]}).status
        if status != 302:
            raise Broken(f"the new second factor gave {status}")
        return re.findall(r"<li><code>(\d+)</code>", self.ask("/admin/account/codes/").text)

    def publish(self, address: str, summary: str) -> bool:
        """Publish the article at the admin's `address` with this summary; say whether it worked."""
        try:
            page = self.ask(address)
            if page.status != 200:
                return False
            fields = Fields(page.text).values
            fields |= {"summary": [summary], "_publish": ["1"]}
            return self.ask(address, fields).status == 302
        except (OSError, http.client.HTTPException):
            return False
