"""Requests that can safely be sent again: one effect and one answer for each Idempotency-Key."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Scope

from app.conditional import field_of
from app.failures import problem_answer
from app.problems import InvalidRequest, KeyInUse, KeyReused, Problem, database_problem

IDEMPOTENCY_KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
# A string of structured fields (RFC 9651, 3.3.3), or the same without its quotation marks.
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_BARE = re.compile(r"[!#-~][ -~]*")
_CONDITIONS = ("if-match", "if-none-match")
# Whoever inserts a key that another transaction is about to keep waits for that one.
_BEGIN = """
INSERT INTO kept_answers (principal_id, key, fingerprint) VALUES ($1, $2, $3)
ON CONFLICT (principal_id, key) DO NOTHING RETURNING true
"""
_FIND = "SELECT fingerprint, status, headers, body FROM kept_answers WHERE principal_id = $1 AND key = $2"
_KEEP = "UPDATE kept_answers SET status = $3, headers = $4, body = $5 WHERE principal_id = $1 AND key = $2"


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request with its key: whose it is, and what tells it from another request."""

    principal_id: UUID
    key: str
    fingerprint: bytes
    scope: Scope

    @classmethod
    async def of(cls, request: Request, principal_id: UUID) -> "Keyed | None":
        """Take the key that a request brings, if it does; its content is read before.

        Raises InvalidRequest for one that is none.
        """
        key = key_of(request)
        if key is None:
            return None
        scope = request.scope
        parts = [scope["method"].encode(), scope["raw_path"], scope["query_string"], await request.body()]
        conditions = [(field_of(request, name) or "").encode("latin-1") for name in _CONDITIONS]
        # Of equal hashes, so that no part can be taken for a piece of another.
        digest = sha256(b"".join(sha256(part).digest() for part in (*parts, *conditions))).digest()
        return cls(principal_id, key, digest, scope)


def key_of(request: Request) -> str | None:
    """The Idempotency-Key of a request, quoted or bare; None where there is none.

    Raises InvalidRequest for one that is given twice, or is not 1 to LONGEST_KEY printable characters of ASCII.
    """
    given = [value for name, value in request.scope["headers"] if name == IDEMPOTENCY_KEY.lower().encode()]
    if not given:
        return None
    if len(given) > 1:
        raise InvalidRequest.parameter(IDEMPOTENCY_KEY, "must be given once")
    text = given[0].decode("latin-1").strip()
    quoted = _QUOTED.fullmatch(text)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text if _BARE.fullmatch(text) else ""
    if not 0 < len(key) <= LONGEST_KEY:
        detail = f"must be 1 to {LONGEST_KEY} printable ASCII characters, best in quotation marks"
        raise InvalidRequest.parameter(IDEMPOTENCY_KEY, detail)
    return key


async def once(connection: Any, keyed: Keyed | None, write: Callable[[], Awaitable[Response]]) -> Response:
    """The answer of what writes, or the one that was kept of it.

    `connection` is the driver's own, within the transaction of the write, which is to be committed whatever is given
    back: the answer is kept by it, so that either both are there or none. A problem that trying again does not mend is
    an answer too, kept while what was written so far is undone; any other is raised, as is every error of ours, and
    then nothing is kept. Without a key, the answer is that of what writes.

    Raises KeyInUse where the first request with the key is still being answered after the time that a lock is waited
    for, and KeyReused where it was another request.
    """
    if keyed is None:
        return await write()
    whose = keyed.principal_id, keyed.key
    try:
        is_first = await connection.fetchval(_BEGIN, *whose, keyed.fingerprint)
    except asyncpg.LockNotAvailableError:
        message = "A request with this Idempotency-Key is still being answered."
        raise KeyInUse(message) from None
    if not is_first:
        return await _replay(connection, keyed)
    try:
        async with connection.transaction():
            answer = await write()
    except (Problem, SQLAlchemyError, asyncpg.PostgresError) as error:
        problem = error if isinstance(error, Problem) else database_problem(error)
        if problem is None or not _lasts(problem):
            raise
        answer = problem_answer(keyed.scope, problem)
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    await connection.execute(_KEEP, *whose, answer.status_code, json.dumps(headers), bytes(answer.body))
    return answer


def _lasts(problem: Problem) -> bool:
    """Whether the same request would have the same problem again; those that time mends say when."""
    return problem.status < HTTPStatus.INTERNAL_SERVER_ERROR and "Retry-After" not in problem.headers


async def _replay(connection: Any, keyed: Keyed) -> Response:
    kept = await connection.fetchrow(_FIND, keyed.principal_id, keyed.key)
    if kept is None:
        # It was forgotten just now.
        message = "The answer kept under this Idempotency-Key is being removed."
        raise KeyInUse(message)
    if kept["fingerprint"] != keyed.fingerprint:
        raise KeyReused.parameter(IDEMPOTENCY_KEY, "came before with another request")
    return Response(kept["body"], kept["status"], {**json.loads(kept["headers"]), REPLAYED: "true"})
