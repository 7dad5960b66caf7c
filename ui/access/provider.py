"""The identity provider over HTTP: what it says of itself, its keys, and an id token for a code.

Its answers are small, come in seconds or not at all, and lead nowhere else. They are asked for when somebody signs in,
so a provider that is down stops nobody who is in already, nor the server from starting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from rag.exposure import is_loopback
from ui.access import signed
from ui.access.metadata import WELL_KNOWN, BadProvider, Metadata, metadata

LARGEST_ANSWER = 1024 * 1024
"""Bytes."""
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
"""For a whole answer, however slowly it comes."""
KEPT_SECONDS = 3600.0
"""What a provider says of itself and its keys are asked for again after that."""
RENEWED_SECONDS = 60.0
"""Tokens by a key that is not known make us ask for the keys again, at most this often."""
PAUSE_SECONDS = 5.0
"""Nobody is asked for so long after a failure."""


class Refused(Exception):
    """The provider gave no token for this code: it was used, has expired, or is another's."""


@dataclass(frozen=True, slots=True)
class _Known:
    metadata: Metadata
    keys: tuple[signed.Key, ...]
    since: float


class Provider:
    """One identity provider, asked as one client. Can be used from several threads."""

    def __init__(self, issuer: str, client: str, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.issuer = issuer
        self.client = client
        self._secret = secret
        self._clock = clock
        self._known: _Known | None = None
        self._failed = -PAUSE_SECONDS
        self._lock = threading.Lock()

    def sign_in_url(self, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Where a browser is sent to sign in. Raises BadProvider."""
        found = self.described()
        return str(
            prepare_grant_uri(
                found.authorize,
                client_id=self.client,
                response_type="code",
                redirect_uri=redirect,
                scope=" ".join(found.scopes),
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    def id_token(self, code: str, redirect: str, verifier: str) -> str:
        """The id token for `code`. Raises Refused, or BadProvider where there is no good answer."""
        found = self.described()
        # A client of its own for each: authlib's keeps the last token, which another thread could be given.
        with self._http(found) as http:
            try:
                answer = http.fetch_token(
                    found.token,
                    grant_type="authorization_code",
                    code=code,
                    redirect_uri=redirect,
                    code_verifier=verifier,
                )
            except OAuthError:
                # What the provider says of it can hold the code.
                raise Refused from None
            except (httpx2.HTTPError, ValueError):
                raise BadProvider(f"{self.issuer} gave no token; see to the provider") from None
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise BadProvider(f"{self.issuer} gave no id token; allow the scope openid to this client there")
        return token

    def described(self) -> Metadata:
        """What the provider says of itself. Raises BadProvider."""
        return self._current().metadata

    def key(self, header: signed.Header) -> signed.Key | None:
        """The key that a token with this header was signed by; None if the provider has none. Raises BadProvider."""
        return _chosen(self._current().keys, header) or _chosen(self._current(renew=True).keys, header)

    def _current(self, *, renew: bool = False) -> _Known:
        """What is known, asked for again where it is old. One asks; whoever would wait long for that one is refused,
        as is everybody for some seconds after a failure, so that a provider that is down holds up no threads."""
        if not self._lock.acquire(timeout=CONNECT_SECONDS):
            raise BadProvider(f"{self.issuer} takes long to say who it is; see to the provider")
        try:
            now = self._clock()
            if self._known is None or now - self._known.since >= (RENEWED_SECONDS if renew else KEPT_SECONDS):
                if now - self._failed < PAUSE_SECONDS:
                    raise BadProvider(f"{self.issuer} failed a moment ago; see to the provider")
                self._failed = now
                self._known = self._asked()
                self._failed = -PAUSE_SECONDS
            return self._known
        finally:
            self._lock.release()

    def _asked(self) -> _Known:
        with self._http() as http:
            found = metadata(self._get(http, self.issuer.rstrip("/") + WELL_KNOWN), self.issuer)
            published = self._get(http, found.keys).get("keys")
        candidates = [each for each in published if isinstance(each, dict)] if isinstance(published, list) else []
        keys = tuple(filter(None, map(signed.published_key, candidates)))
        if not keys:
            raise BadProvider(f"{self.issuer} publishes no key that it signs with; see to the provider")
        return _Known(found, keys, self._clock())

    def _get(self, http: OAuth2Client, url: str) -> Mapping[str, Any]:
        try:
            response = http.request("GET", url, withhold_token=True)
            document = response.json() if response.status_code == 200 else None
        except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
            document = None
        if not isinstance(document, dict):
            raise BadProvider(f"{self.issuer} cannot be reached or gave no description of itself; check oidc_issuer")
        return document

    def _http(self, found: Metadata | None = None) -> OAuth2Client:
        """A client that follows nobody, takes in what fits, and uses the environment's proxy unless it stays here."""
        return OAuth2Client(
            self.client,
            self._secret,
            token_endpoint_auth_method="client_secret_post" if found and found.post_secret else "client_secret_basic",
            timeout=httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=not is_loopback(httpx2.URL(self.issuer).host),
            headers={"user-agent": "onrecord", "accept-encoding": "identity"},
            event_hooks={"response": [_bound]},
        )


def _chosen(keys: tuple[signed.Key, ...], header: signed.Header) -> signed.Key | None:
    """The key that a header names; the only one that can have signed where it names none."""
    able = [key for key in keys if header.algorithm in key.algorithms and header.key in (key.id, None)]
    return able[0] if len(able) == 1 or (able and header.key is not None) else None


def _bound(response: httpx2.Response) -> None:
    """A compressed answer was not asked for, and a small one can unfold without end."""
    if response.headers.pop("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise httpx2.DecodingError("compressed", request=response.request)
    if isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Bounded(response.stream, response.request)


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, request: httpx2.Request) -> None:
        self._stream = stream
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        taken, ends = 0, time.monotonic() + ANSWER_SECONDS
        for part in self._stream:
            taken += len(part)
            if taken > LARGEST_ANSWER or time.monotonic() > ends:
                raise httpx2.ReadError("too long", request=self._request)
            yield part

    def close(self) -> None:
        self._stream.close()
