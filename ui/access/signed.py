"""Signed tokens (JWT, RFC 7519): which key a token names, whether it is signed by that one, and what it says.

What may sign is decided by the key, never by the token: an RSA key checks RSA signatures and nothing else, so that
neither `none` nor a public key taken for a secret gets through. Extensions that a token calls critical are refused
(RFC 7515, section 4.1.11), as we know none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

if TYPE_CHECKING:
    from joserfc._rfc7515.model import JWSAlgModel

LONGEST = 16 * 1024
"""Characters of a token."""
SMALLEST_RSA = 2048
"""Bits; less is no longer held to be safe (NIST SP 800-131A)."""

_ED25519 = ("EdDSA", "Ed25519")
_BY_CURVE = {"P-256": ("ES256",), "P-384": ("ES384",), "P-521": ("ES512",), "Ed25519": _ED25519}
_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_PublicKey = RSAKey | ECKey | OKPKey
_PUBLIC_TYPES: dict[str, type[_PublicKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


class BadToken(ValueError):
    """Why a token is no good, to be read after `the token`: `is not signed by …`. Nothing of the token is in it."""


class BadKey(ValueError):
    """Why something is no key to check signatures with, to be read after its name."""


@dataclass(frozen=True, slots=True)
class Key:
    """What checks signatures, the only algorithms it does that by, and the name by which tokens call it."""

    material: OctKey | RSAKey | ECKey | OKPKey
    algorithms: tuple[str, ...]
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """What a token says of its own signature, before anything is believed."""

    algorithm: str
    key: str | None


class _Allowed(jws.JWSRegistry):
    """The algorithms of one key. joserfc warns of `EdDSA` whenever it is used, as its new name is `Ed25519` (RFC 9864);
    what signs tokens today writes the old one."""

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in (self.allowed or ()):
            raise BadToken("is signed by an algorithm that is not allowed here")
        return self.algorithms[name]


def shared_secret(secret: str) -> Key:
    """The key of two who share a secret: HMAC with SHA-256."""
    try:
        return Key(OctKey.import_key(secret), ("HS256",))
    except ValueError:
        raise BadKey("is a public key, which is no secret") from None


def public_key(pem: bytes) -> Key:
    """The key in a PEM file, with the one algorithm of its kind: RSA, EC on P-256 or Ed25519. Raises BadKey."""
    if b"PRIVATE KEY" in pem:
        raise BadKey("holds a private key, which belongs to whoever signs")
    if b"BEGIN PUBLIC KEY" not in pem:
        raise BadKey("is no public key in PEM")
    for kind in _PUBLIC_TYPES.values():
        try:
            material = kind.import_key(pem)
        except (JoseError, ValueError):
            continue
        if does := set(_algorithms(material)) & {"RS256", "ES256", *_ED25519}:
            return Key(material, tuple(sorted(does)))
    raise BadKey(f"is of another kind than RSA of {SMALLEST_RSA} bits or more, EC on P-256, or Ed25519")


def published_key(jwk: Mapping[str, Any]) -> Key | None:
    """A key of a provider's set (RFC 7517); None if it is not for checking signatures, or of a kind that we do not
    know."""
    kind = _PUBLIC_TYPES.get(str(jwk.get("kty")))
    if kind is None or jwk.get("use", "sig") != "sig":
        return None
    try:
        material = kind.import_key({name: value for name, value in jwk.items() if name not in ("key_ops", "x5u")})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    named, id = jwk.get("alg"), jwk.get("kid")
    algorithms = tuple(each for each in _algorithms(material) if named is None or each == named)
    return Key(material, algorithms, id if isinstance(id, str) else None) if algorithms else None


def _algorithms(key: _PublicKey) -> tuple[str, ...]:
    """What a key of its kind and curve can check; nothing for an RSA key that is too small."""
    if isinstance(key, RSAKey):
        return _RSA if key.public_key.key_size >= SMALLEST_RSA else ()
    return _BY_CURVE.get(key.curve_name, ())


def header(token: str) -> Header:
    """What `token` says of its signature. Raises BadToken for what is no token at all."""
    if len(token) > LONGEST:
        raise BadToken(f"is longer than {LONGEST} characters")
    try:
        fields = jws.extract_compact(token.encode("ascii"), registry=_Allowed()).headers()
    except (JoseError, ValueError, TypeError, AttributeError):
        raise BadToken("is no signed token") from None
    if "crit" in fields:
        raise BadToken("demands an extension that is not known here")
    algorithm, key = fields.get("alg"), fields.get("kid")
    if not isinstance(algorithm, str) or algorithm.lower() == "none":
        raise BadToken("is not signed")
    return Header(algorithm, key if isinstance(key, str) else None)


def claims(token: str, key: Key) -> dict[str, Any]:
    """What `token` says, if it is signed by `key`. Raises BadToken otherwise."""
    registry = _Allowed(algorithms=key.algorithms, strict_check_header=False)
    if header(token).algorithm not in key.algorithms:
        raise BadToken("is signed by an algorithm that is not allowed here")
    try:
        return jwt.decode(token, key.material, registry=registry).claims
    except (JoseError, ValueError):
        raise BadToken("is not signed by the key that is set here") from None


def moment(claims: Mapping[str, Any], name: str) -> float | None:
    """A claim that is a moment, in seconds since 1970; None if it is not there. Raises BadToken for anything else."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise BadToken(f"has no moment for its {name}")
    return float(min(max(value, -(2.0**53)), 2.0**53))


def text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is a text and not empty. Raises BadToken if it is not there or anything else."""
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise BadToken(f"has no {name}")
    return value


def within(claims: Mapping[str, Any], now: float, leeway: float) -> float:
    """When the token ends, if it has begun and not ended; clocks may differ by `leeway` seconds."""
    ends, issued, begins = (moment(claims, name) for name in ("exp", "iat", "nbf"))
    if ends is None:
        raise BadToken("has no exp")
    if ends <= now - leeway:
        raise BadToken("has expired")
    if max(issued or 0, begins or 0) > now + leeway:
        raise BadToken("is from the future")
    return ends
