"""Logging in as a browser does, with codes of an authenticator app and a passkey in software."""

from __future__ import annotations

import hashlib
import json
import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256

LOGIN, CODE, ACCOUNT = "/admin/login/", "/admin/login/code/", "/admin/account/"
PASSWORD = "a long passphrase"


def log_in(client, username="erin", password=PASSWORD, **meta):
    return client.post(LOGIN, {"username": username, "password": password}, **meta)


def code_of(secret, steps=0):
    """The code that an app shows now, or so many steps of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def add_app(client):
    """Add an authenticator app; return its secret and the recovery codes."""
    page = client.get(f"{ACCOUNT}app/").text
    secret = re.search(r'sign-in__key">(\w+)<', page)[1]
    # A step earlier than now, so that the code of now can be used for the next log-in.
    response = client.post(f"{ACCOUNT}app/", {"code": code_of(secret, -1)}, follow=True)
    codes = re.findall(r"<li><code>(\d{10})</code>", response.text)
    assert codes, response.text
    return secret, codes


def text(data):
    return urlsafe_b64encode(data).decode().rstrip("=")


class Passkey:
    """A key pair that answers challenges as a device does after a finger was shown."""

    def __init__(self, origin="http://testserver"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.user_id, self.origin = b"credential-of-a-test", b"", origin

    def client_data(self, kind, options):
        data = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps(data).encode()

    def authenticator_data(self, flags, more=b""):
        host = self.origin.partition("//")[2].partition(":")[0]
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + b"\0\0\0\0" + more

    def answer(self, response):
        sent = {name: text(value) for name, value in response.items()}
        return json.dumps({
            "type": "public-key", "id": text(self.id), "rawId": text(self.id),
            "clientExtensionResults": {"credProps": {"rk": True}}, "response": sent,
        })  # fmt: skip

    def create(self, options):
        user_id = options["user"]["id"]
        self.user_id = urlsafe_b64decode(user_id + "=" * (-len(user_id) % 4))
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        about = b"\0" * 16 + len(self.id).to_bytes(2, "big") + self.id + public
        attestation = {
            "fmt": "none", "attStmt": {}, "authData": self.authenticator_data(0x45, about)
        }  # fmt: skip
        data = self.client_data("webauthn.create", options)
        return self.answer({"clientDataJSON": data, "attestationObject": cbor.encode(attestation)})

    def get(self, options, flags=0x05):
        data, about = self.client_data("webauthn.get", options), self.authenticator_data(flags)
        signed = self.key.sign(about + hashlib.sha256(data).digest(), ec.ECDSA(hashes.SHA256()))
        return self.answer({
            "clientDataJSON": data, "authenticatorData": about, "signature": signed,
            "userHandle": self.user_id,
        })  # fmt: skip


def options_in(page):
    data = json.loads(
        re.search(r'id="passkey-data" type="application/json">(.*?)</script>', page)[1]
    )
    return next(iter(data.values()))["publicKey"]


def add_passkey(client):
    options = options_in(client.get(f"{ACCOUNT}passkey/").text)
    key = Passkey()
    sent = {"name": "office laptop", "credential": key.create(options)}
    response = client.post(f"{ACCOUNT}passkey/", sent)
    assert response.status_code == 302, response.text
    return key


def log_in_with_passkey(client, key, **answer):
    asked = client.get(f"{LOGIN}passkey/", headers={"x-requested-with": "XMLHttpRequest"})
    options = asked.json()["request_options"]["publicKey"]
    return client.post(f"{LOGIN}passkey/", {"credential": key.get(options, **answer)})
