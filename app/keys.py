"""Keys: what one looks like, how it is made, kept and taken back, and who bears it.

A key is 53 characters: `tlc_`, then 256 random bits as 43 digits of base 62, then the CRC-32 of all that as 6 more. The
digits are 0-9, A-Z and a-z, the most significant first. By the checksum a program that looks through files for secrets
tells a key from what only looks like one; it proves nothing. The database has the SHA-256 of the whole key and nothing
else of it: so many random bits are not guessed, however fast the hash is.
"""

import re
import secrets
import string
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlalchemy import Row, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import Prepared, Reader
from app.tables import Key as Kept
from app.vocabulary import KeyScope

PREFIX = "tlc_"
_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_BITS, _RANDOM, _CHECKSUM = 256, 43, 6
_FORM = re.compile(f"{PREFIX}[0-9A-Za-z]{{{_RANDOM + _CHECKSUM}}}")
# What each scope is also allowed by.
_ALLOWED_BY: dict[KeyScope, frozenset[KeyScope]] = {
    "records:read": frozenset({"records:read", "records:write", "admin"}),
    "records:write": frozenset({"records:write", "admin"}),
    "admin": frozenset({"admin"}),
}


class NoKey(ValueError):
    """A text that is no key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, which shows itself nowhere unless its text is asked for."""

    text: str = field(repr=False)

    @classmethod
    def new(cls) -> "Key":
        """One that nobody has."""
        unchecked = PREFIX + _in_digits(secrets.randbits(_BITS), _RANDOM)
        return cls(unchecked + _checksum(unchecked))

    @classmethod
    def read(cls, text: str) -> "Key":
        """The key that a text is; raises NoKey where its form or its checksum is wrong."""
        if not _FORM.fullmatch(text) or _checksum(text[:-_CHECKSUM]) != text[-_CHECKSUM:]:
            message = "This is no key."
            raise NoKey(message)
        return cls(text)

    @property
    def hash(self) -> bytes:
        """What is kept of it."""
        return sha256(self.text.encode()).digest()


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, by the key that was sent."""

    label: str
    key_id: UUID
    scopes: frozenset[KeyScope]

    def may(self, scope: KeyScope) -> bool:
        """Whether its scopes allow what takes one: `admin` is for everything, and who may write may read."""
        return not self.scopes.isdisjoint(_ALLOWED_BY[scope])


def _in_digits(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


def _checksum(text: str) -> str:
    return _in_digits(crc32(text.encode()), _CHECKSUM)


@lru_cache
def _bearer() -> Prepared:
    return Prepared.of(
        select(Kept.id, Kept.label, Kept.scopes).where(
            Kept.hash == bindparam("hash", type_=Kept.hash.type),
            Kept.revoked_at.is_(None),
            or_(Kept.expires_at.is_(None), Kept.expires_at > func.now()),
        )
    )


async def find_bearer(reader: Reader, key: Key) -> Principal | None:
    """Who bears a key; None where it was never given out, has expired or was revoked, between which nothing tells.

    The database compares hashes, and is asked each time: what is revoked is of no more use in any process.
    """
    rows = await reader.rows(_bearer(), {"hash": key.hash})
    if not rows:
        return None
    key_id, label, scopes = tuple(rows[0])
    return Principal(label, key_id, frozenset(scopes))


async def add_key(
    connection: AsyncConnection, key: Key, label: str, scopes: Collection[KeyScope], expires_at: datetime | None
) -> UUID:
    """Keep a new key; its id."""
    values = {"label": label, "hash": key.hash, "scopes": sorted(set(scopes)), "expires_at": expires_at}
    return (await connection.execute(insert(Kept).values(values).returning(Kept.id))).scalar_one()


async def list_keys(connection: AsyncConnection) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every key that was ever given out, the oldest first."""
    columns = (Kept.id, Kept.label, Kept.scopes, Kept.created_at, Kept.expires_at, Kept.revoked_at)
    return (await connection.execute(select(*columns).order_by(Kept.id))).all()


async def revoke_key(connection: AsyncConnection, key_id: UUID) -> bool | None:
    """Take a key back for good: True where it is done, False where it was before, None where there is no such key."""
    revoked = update(Kept).where(Kept.id == key_id, Kept.revoked_at.is_(None)).values(revoked_at=func.now())
    if (await connection.execute(revoked)).rowcount:
        return True
    there = (await connection.execute(select(Kept.id).where(Kept.id == key_id))).first()
    return None if there is None else False
