"""Two application nodes, a balancer and two databases, from the files in deploy/ as they are."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.laboratory.drill.connections import HOST, get
from bench.laboratory.drill.postgres import Server
from bench.laboratory.drill.processes import kill, run, start, wait_until
from bench.laboratory.servers import ROOT, free_port
from recovery_site.environment.make_env_file import fresh_key

SERVERS = ("10.0.0.21:5432", "10.0.0.22:5432")
NODES = ("10.0.0.11:8080", "10.0.0.12:8080")
# HAProxy runs under the account of the drill.
AS_WE_ARE = {"    user haproxy\n    group haproxy\n": ""}
# The decrypted message of every request, which proves that it can still be read.
MESSAGES = """
import json
from contact.models import CallbackRequest
print(json.dumps([str(row.message) for row in CallbackRequest.objects.all()]))
"""


def changed(name: str, target: Path, changes: dict[str, str]) -> Path:
    """A copy of deploy/`name` with other addresses and places."""
    text = (ROOT / "deploy" / name).read_text()
    for old, new in changes.items():
        if old not in text:
            raise ValueError(f"deploy/{name} does not hold {old!r}")
        text = text.replace(old, new)
    target.write_text(text)
    return target


def unit_command(name: str) -> list[str]:
    """What a systemd unit runs, with this Python's programs."""
    unit = (ROOT / "deploy" / "systemd" / name).read_text().replace("\\\n", "")
    found = re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    if not found:
        raise ValueError(f"{name} starts nothing")
    command = shlex.split(found[1])
    command[0] = str(Path(sys.executable).with_name(Path(command[0]).name))
    return command


class Node:
    """An application machine: nginx, the application, its jobs, and the way to the database."""

    def __init__(
        self, home: Path, name: str, servers: list[Server], secret: dict[str, str]
    ) -> None:
        self.name, self.home = name, home / name
        self.data = self.home / "data"
        self.data.mkdir(parents=True)
        self.port, self.app_port, self.primary_port, self.reading_port = (
            free_port() for _ in range(4)
        )
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            **secret,
            "DATA_DIR": str(self.data),
            "DATABASE_URL": f"postgres://site@127.0.0.1:{self.primary_port}/postgres",
            "DATABASE_REPLICA_URL": f"postgres://site@127.0.0.1:{self.reading_port}/postgres",
        }
        self.write_haproxy(servers)
        self.write_nginx()

    def write_haproxy(self, servers: list[Server]) -> None:
        ways = {"127.0.0.1:5000": f"127.0.0.1:{self.primary_port}",
                "127.0.0.1:5001": f"127.0.0.1:{self.reading_port}"}  # fmt: skip
        ways |= {
            old: f"127.0.0.1:{server.port}" for old, server in zip(SERVERS, servers, strict=True)
        }
        changed("haproxy-postgres.cfg", self.home / "haproxy.cfg", ways | AS_WE_ARE)

    def write_nginx(self) -> None:
        shutil.copytree(ROOT / "deploy", self.home / "deploy")
        places = {
            "/srv/recovery-site": str(self.home),
            "/var/lib/recovery-site": str(self.data),
            "/var/log/nginx": str(self.home),
            "listen 8080": f"listen 127.0.0.1:{self.port}",
            "10.0.0.10": "127.0.0.1",
            "127.0.0.1:8000": f"127.0.0.1:{self.app_port}",
        }
        for file in (self.home / "deploy").glob("nginx*.conf"):
            text = file.read_text()
            for old, new in places.items():
                text = text.replace(old, new)
            file.write_text(text)
        temporary = "\n".join(
            f"{kind}_temp_path {self.home}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.home / "nginx.conf").write_text(
            f"daemon off; worker_processes 1; pid {self.home}/nginx.pid;\n"
            # Its workers must read folders that are closed to other accounts.
            f"{'user root;' if os.geteuid() == 0 else ''}\n"
            "events { worker_connections 512; }\n"
            f"http {{ include /etc/nginx/mime.types; access_log off; {temporary}\n"
            f"include {self.home}/deploy/nginx-node.conf; }}\n"
        )

    def manage(self, *command: str, changes: Mapping[str, str] | None = None) -> str:
        """Run `manage.py`; `changes` are settings in the environment that differ."""
        return run(
            [sys.executable, "-W", "ignore", "manage.py", *command], cwd=ROOT,
            env=self.environment | dict(changes or {}),
        )  # fmt: skip

    def messages(self, changes: Mapping[str, str] | None = None) -> list[str]:
        printed = self.manage("shell", "-v", "0", "-c", MESSAGES, changes=changes)
        found: list[str] = json.loads(printed)
        return found

    def start_way_to_database(self) -> None:
        command = ["haproxy", "-db", "-f", str(self.home / "haproxy.cfg")]
        self.processes.append(start(command, self.home / "haproxy.log"))

    def start(self) -> None:
        self.start_way_to_database()
        web = unit_command("recovery-site-web.service")
        web[web.index("--port") + 1] = str(self.app_port)
        jobs = unit_command("recovery-site-jobs.service")
        nginx = ["nginx", "-c", str(self.home / "nginx.conf"), "-e", str(self.home / "error.log")]
        for name, command in (("web", web), ("jobs", jobs), ("nginx", nginx)):
            log = self.home / f"{name}.log"
            self.processes.append(start(command, log, self.environment))
        wait_until(self.is_ready, 30, f"node {self.name}")

    def is_ready(self) -> bool:
        return get(self.port, "/readyz").status == 200

    def waiting(self) -> int:
        """How many acknowledged requests are in its journal alone."""
        return len([*self.data.glob("journal/new/*.sealed")])

    def forget_pages_under(self, name: str) -> None:
        """Remove the copies of all pages below /`name`/; /`name`/ itself stays."""
        for folder in self.data.glob(f"pages/versions/*/{name}/*/"):
            shutil.rmtree(folder, ignore_errors=True)

    def kill(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                kill(process)
        self.processes.clear()


class Cluster:
    """Databases, nodes and balancer, in an empty folder."""

    def __init__(self, home: Path) -> None:
        self.home, self.certificate = home, home / "certificate.pem"
        self.port, self.plain_port = free_port(), free_port()
        self.primary, self.standby = Server(home, "db1"), Server(home, "db2")
        secret = {
            "SITE_URL": f"https://{HOST}",
            "TRUSTED_PROXIES": "127.0.0.1/32",
            **{name: fresh_key() for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")},
            "DJANGO_SETTINGS_MODULE": "recovery_site.settings",
            "REVIEW_REQUIRED": "False",
            **dict.fromkeys(("DEBUG", "CACHE_URL", "MAIL_URL", "INTAKE_EMAIL"), ""),
        }
        servers = [self.primary, self.standby]
        self.nodes = [Node(home, name, servers, secret) for name in ("a", "b")]
        self.balancer: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self.primary.user:
            shutil.chown(self.home, self.primary.user)
        self.home.chmod(0o755)
        self.primary.create()
        self.primary.start()
        self.primary.ask("CREATE ROLE haproxy LOGIN")
        self.standby.copy(self.primary)
        self.standby.start()
        first, second = self.nodes
        first.start_way_to_database()
        wait_until(lambda: self.sees_database(first), 10, "HAProxy before the database")
        for command in ("migrate", "load_starter_content", "collectstatic --no-input"):
            first.manage(*command.split())
        first.kill()
        shutil.copytree(first.data / "static", second.data / "static")
        for node in self.nodes:
            node.start()
        self.start_balancer()

    def sees_database(self, node: Node) -> bool:
        through = Server(self.home, "db1")
        through.port = node.primary_port
        return through.answers()

    def make_certificate(self) -> Path:
        """A file with the certificate and its key, for the balancer."""
        key, both = self.home / "key.pem", self.home / "site.pem"
        run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", key, "-out", self.certificate, "-days", "2",
             "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
        )  # fmt: skip
        both.write_text(self.certificate.read_text() + key.read_text())
        return both

    def start_balancer(self) -> None:
        page = self.nodes[0].data / "unavailable" / "index.html"
        wait_until(page.exists, 10, "the page for when no node answers")
        changes = {
            "/etc/haproxy/unavailable.html": str(page),
            "/etc/haproxy/site.pem": str(self.make_certificate()),
            "bind :80\n": f"bind 127.0.0.1:{self.plain_port}\n",
            "bind :443": f"bind 127.0.0.1:{self.port}",
        }
        changes |= {
            old: f"127.0.0.1:{node.port}" for old, node in zip(NODES, self.nodes, strict=True)
        }
        file = changed("haproxy.cfg", self.home / "haproxy.cfg", changes | AS_WE_ARE)
        self.balancer = start(["haproxy", "-db", "-f", file], self.home / "haproxy.log")
        wait_until(
            lambda: get(self.port, "/healthz", self.certificate).status == 200, 10, "the balancer"
        )

    def stop(self) -> None:
        if self.balancer and self.balancer.poll() is None:
            kill(self.balancer)
        for node in self.nodes:
            node.kill()
        for server in (self.standby, self.primary):
            server.kill()
