"""What the tests of deploy/ start: processes, certificates, nginx from the files as they are."""

from __future__ import annotations

import base64
import contextlib
import datetime
import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
HOST = "www.example.org"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
MAIN = """
daemon off;
worker_processes 1;
{user}
{brotli}
pid {home}/nginx.pid;
events {{ worker_connections 2048; }}
http {{
    include /etc/nginx/mime.types;
    # As Debian's own nginx.conf has it.
    gzip on;
    sendfile on;
    access_log {home}/access.log;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    {brotli_static}
    include {home}/deploy/{conf};
}}
"""


def connect(port, address="127.0.0.1"):
    """A connection from one of this machine's addresses."""
    return socket.create_connection(
        ("127.0.0.1", port), timeout=PATIENCE, source_address=(address, 0)
    )


def listens(port):
    try:
        connect(port).close()
    except OSError:
        return False
    return True


def answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/healthz", headers={"Host": HOST})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def copy_code(folder):
    """The code as a release has it: an edit meanwhile would make a new build of one process."""
    for name in ("recovery_site", "articles", "faq", "contact", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests").mkdir()
    for name in ("__init__", "beside", "durability", "site_settings", "waiting"):
        shutil.copy(ROOT / "tests" / f"{name}.py", folder / "tests")
    shutil.copy(ROOT / "manage.py", folder)


def start(command, environment, log, folder=ROOT):
    """Start a process in a group of its own."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output,
            start_new_session=True,
        )  # fmt: skip


def stop(process):
    """End a process and all that it started."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def ending():
    """A list for processes: whatever is in it ends with the block, also when a start failed."""
    processes = []
    try:
        yield processes
    finally:
        for process in processes:
            stop(process)


def environment(data):
    return {
        **os.environ,
        "SITE_URL": f"https://{HOST}",
        "TRUSTED_PROXIES": "127.0.0.1",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": base64.b64encode(secrets.token_bytes(32)).decode(),
        "INDEX_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "DATA_DIR": str(data),
        "DATABASE_URL": "",
        "MAIL_URL": "",
        "DJANGO_SETTINGS_MODULE": "tests.site_settings",
        "PYTHONUNBUFFERED": "1",
    }


def make_certificate(folder):
    """fullchain.pem and privkey.pem for HOST, as certbot leaves them."""
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)


def start_nginx(home, conf, changes):
    """Start nginx with deploy/`conf`: its places moved to `home`, and `changes` made."""
    copies = home / "deploy"
    shutil.copytree(ROOT / "deploy", copies)
    moved = {
        "/srv/recovery-site": str(home),
        "/var/lib/recovery-site": str(home / "data"),
        "/var/log/nginx": str(home),
        f"/etc/letsencrypt/live/{HOST}": str(home / "tls"),
    }
    for file in copies.glob("*.conf"):
        text = re.sub(r"^ *listen \[::\].*\n", "", file.read_text(), flags=re.MULTILINE)
        for old, new in (moved | changes).items():
            text = text.replace(old, new)
        file.write_text(text)
    main = home / "main.conf"
    main.write_text(
        MAIN.format(
            home=home,
            conf=conf,
            # The workers must reach the tests' folder, which is for its owner alone.
            user="user root;" if os.geteuid() == 0 else "",
            brotli=f"load_module {BROTLI};" if BROTLI.exists() else "",
            brotli_static="brotli_static on;" if BROTLI.exists() else "",
        )
    )
    command = ["nginx", "-c", str(main), "-e", str(home / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    return start(command, dict(os.environ), home / "nginx.log")
