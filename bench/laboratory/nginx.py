"""nginx over a folder of ready pages: as a plain file server, and with the site behind it."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bench.laboratory.servers import ROOT, WORKERS

BROTLI = "ngx_http_brotli_static_module.so"
# Headers that nginx sends without being told.
OWN = {
    *("connection", "content-encoding", "content-length", "content-type", "date", "etag"),
    *("last-modified", "server", "vary"),
}
MODULES = [Path("/usr/lib/nginx/modules"), Path("/usr/share/nginx/modules")]


def brotli_module() -> Path | None:
    return next((folder / BROTLI for folder in MODULES if (folder / BROTLI).exists()), None)


def version() -> str:
    said = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=True).stderr
    brotli = "brotli_static" if brotli_module() else "no brotli"
    return f"{said.strip().rpartition('/')[2]} ({brotli})"


def static(
    pages: Path, work: Path, headers: Sequence[tuple[str, str]] = (), *, kept_open: bool = False
) -> Callable[[int], list[str]]:
    """A server of `pages` alone, with `headers` besides its own.

    With `kept_open`, it keeps files open for a minute, and sends old ones as long.
    """
    added = "\n".join(
        f'add_header {name} "{value}";' for name, value in headers if name.lower() not in OWN
    )
    cache = "open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s;"
    shared = f"""
    access_log off;
    keepalive_requests 1000000;
    {cache if kept_open else ""}"""
    own = f"""
        charset utf-8;
        gzip_static on;
        gzip_vary on;
        {_brotli()}
        {added}
        location / {{ root {pages}; try_files ${{uri}}index.html =404; }}"""
    return _command(work, shared, own)


def before(address: str, data: Path, work: Path) -> Callable[[int], list[str]]:
    """The site's own configuration, without TLS, before the application at `address`."""
    shared, own = (
        _placed(ROOT / "deploy" / name, {
            "server 127.0.0.1:8000;": f"server {urlsplit(address).netloc};",
            "/srv/recovery-site": str(ROOT),
            "/var/lib/recovery-site": str(data),
            "/var/log/nginx/": f"{work}/",
        })
        for name in ("nginx-shared.conf", "nginx-site.conf")
    )  # fmt: skip
    return _command(work, f"{_brotli()}{shared}", own)


def caching(address: str, work: Path) -> Callable[[int], list[str]]:
    """A proxy that caches the answers of `address` for a minute, in each coding."""
    shared = f"""
    access_log off;
    keepalive_requests 1000000;
    proxy_cache_path {work / "cache"} keys_zone=answers:10m;"""
    own = f"""
        location / {{
            proxy_pass {address};
            proxy_cache answers;
            proxy_cache_key "$uri $http_accept_encoding";
            proxy_cache_valid 200 60s;
            proxy_cache_use_stale updating;
            proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
        }}"""
    return _command(work, shared, own)


def _brotli() -> str:
    return "brotli_static on;" if brotli_module() else ""


def _placed(file: Path, places: dict[str, str]) -> str:
    """The configuration with this run's places instead of those of a real machine."""
    text = file.read_text()
    for usual, here in places.items():
        text = text.replace(usual, here)
    return text


def _command(work: Path, shared: str, own: str) -> Callable[[int], list[str]]:
    """The command, with `shared` in the http block and `own` in the server block."""

    def command(port: int) -> list[str]:
        work.mkdir(exist_ok=True)
        (work / "nginx.conf").write_text(_configuration(work, port, shared, own))
        return ["nginx", "-e", str(work / "error.log"), "-p", str(work), "-c", "nginx.conf"]

    return command


def _configuration(work: Path, port: int, shared: str, own: str) -> str:
    module = brotli_module()
    load = f"load_module {module};" if module else ""
    # Its workers must read folders that are closed to other accounts.
    account = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
    temporary = "\n    ".join(
        f"{kind}_temp_path {work / kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""{load}
{account}
daemon off;
pid {work / "nginx.pid"};
worker_processes {WORKERS};
events {{ worker_connections 1024; }}
http {{
    {temporary}
    # The same as in Debian's nginx.conf.
    sendfile on;
    tcp_nopush on;
    types {{ text/html html; text/css css; text/javascript js; image/svg+xml svg; }}
    {shared}
    server {{
        listen 127.0.0.1:{port};
        {own}
    }}
}}
"""
