"""A real identity provider on loopback: it describes itself, signs people in by the code flow with PKCE, and does what
a broken or hostile one would."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from tests.listening import listening

CLIENT = "onrecord"
CLIENT_SECRET = "client-canary-0f9a8b7c6d5e4f3a2b1c"
Signer = RSAKey | ECKey | OKPKey | OctKey


@dataclass
class Granted:
    """What a code was given for."""

    nonce: str
    challenge: str
    redirect: str


@dataclass
class IdentityProvider:
    """Signs in `user`, with whatever else is in `claims` (None takes a claim out). What it does besides is set by the
    test:

    `document` and `answer` are laid over what it says of itself and what it gives for a code. `headers`, `algorithm`
    and `signer` make the id token. `returned` is laid over the fields that it sends the browser back with. `raw` is
    sent in place of an answer, by path: status, headers and body. `asked` holds the path of each request, `codes` and
    `tokens` all that were given.
    """

    user: str = "ann"
    claims: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, Any] = field(default_factory=dict)
    returned: dict[str, str | None] = field(default_factory=dict)
    raw: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Signer = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    signer: Signer | None = None
    token: str | None = None
    asked: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    granted: dict[str, Granted] = field(default_factory=dict)
    port: int = 0

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def described(self) -> dict[str, Any]:
        own = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "scopes_supported": ["openid", "profile", "email", "groups"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        return {name: value for name, value in (own | self.document).items() if value is not None}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser goes back to: the user is signed in without being asked anything."""
        code = f"code-canary-{secrets.token_hex(8)}"
        self.codes.append(code)
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        self.granted[code] = Granted(query["nonce"], query["code_challenge"], query["redirect_uri"])
        fields = {"code": code, "state": query["state"]} | self.returned
        return f"{query['redirect_uri']}?{urlencode({name: value for name, value in fields.items() if value})}"

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A token for a code, once, to the client that it was for, by who can show the verifier."""
        if not self._is_client(form, authorization):
            return 401, {"error": "invalid_client"}
        granted = self.granted.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            granted is None
            or form.get("redirect_uri") != granted.redirect
            or challenge.decode().rstrip("=") != granted.challenge
        ):
            return 400, {"error": "invalid_grant", "error_description": f"{form.get('code')} is no good"}
        given = {"access_token": "access-canary", "token_type": "Bearer", "id_token": self._id_token(granted)}
        return 200, {name: value for name, value in (given | self.answer).items() if value is not None}

    def _is_client(self, form: dict[str, str], authorization: str) -> bool:
        if self.described().get("token_endpoint_auth_methods_supported") == ["client_secret_post"]:
            return not authorization and (form.get("client_id"), form.get("client_secret")) == (CLIENT, CLIENT_SECRET)
        return authorization == "Basic " + base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()

    def _id_token(self, granted: Granted) -> str:
        now = int(time.time())
        own = {
            "iss": self.issuer,
            "sub": self.user,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": granted.nonce,
            "name": "Ann Archer",
            "groups": ["press", "desk"],
        }
        claims = {name: value for name, value in (own | self.claims).items() if value is not None}
        token = self.token if self.token is not None else signed(claims, self.signer or self.key, self._header())
        self.tokens.append(token)
        return token

    def _header(self) -> dict[str, Any]:
        own = {"alg": self.algorithm, "kid": "one"}
        return {name: value for name, value in (own | self.headers).items() if value is not None}


def signed(claims: dict[str, Any], key: Signer, header: dict[str, Any]) -> str:
    """A token, also one that nobody should sign, or that no library would."""
    text = f"{part(header)}.{part(claims)}"
    signature = jws.JWSRegistry.algorithms[header["alg"]].sign(text.encode(), key)
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def part(value: object) -> str:
    """A part of a token, written by hand."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """A provider for the length of the block."""
    held = IdentityProvider()
    with listening(_handler(held)) as held.port:
        yield held


def _handler(held: IdentityProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            held.asked.append(parts.path)
            if parts.path in held.raw:
                self._send(*held.raw[parts.path])
            elif parts.path == "/.well-known/openid-configuration":
                self._json(200, held.described())
            elif parts.path == "/keys":
                self._json(200, {"keys": [held.key.as_dict(private=False)]})
            elif parts.path == "/authorize":
                there = held.authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
                self._send(302, {"Location": there}, b"")
            else:
                self._send(404, {}, b"")

        def do_POST(self) -> None:
            held.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path in held.raw:
                self._send(*held.raw[self.path])
            else:
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._json(*held.exchange(form, self.headers.get("Authorization", "")))

        def _json(self, status: int, value: object) -> None:
            self._send(status, {"Content-Type": "application/json"}, json.dumps(value).encode())

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.close_connection = True
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body)), "Connection": "close"}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing on stderr."""

    return Handler


ZIPPED = (200, {"Content-Encoding": "gzip"}, gzip.compress(b'{"keys": []}' + b" " * 1_000_000))
ENDLESS = (200, {"Content-Type": "application/json"}, b'{"issuer": "' + b"x" * 1_100_000 + b'"}')
ELSEWHERE = (302, {"Location": "/.well-known/elsewhere"}, b"")
NO_JSON = (200, {"Content-Type": "text/html"}, b"<h1>Welcome</h1>")
BROKEN: tuple[int, dict[str, str], bytes] = (500, {}, b"")
A_LIST = (200, {"Content-Type": "application/json"}, b"[]")
