"""The problems that the service answers with, as RFC 9457 `application/problem+json`.

Problem
├── MalformedRequest 400        the request cannot be read at all
├── Unauthorised 401            a key is asked for, and none is there that holds
├── Forbidden 403               the key does not have the scope that this takes
├── CrossOriginRefused 403      a page of another origin asks for more than is open to it
├── NotFound 404                no such record or page
├── MethodNotAllowed 405        the path does not do this
├── NotAcceptable 406           no representation that the client takes
├── RequestTimeout 408          the request did not come in time
├── Conflict 409                the records have changed, and what was asked for does not go with them
│   ├── AlreadyRecorded         the new record is there already
│   ├── KeyInUse                the request with this `Idempotency-Key` is still being answered
│   └── StillReferredTo         other records refer to the one that is to be removed
├── Gone 410                    the record was removed
│   └── CursorGone              the feed that the cursor was given out by is no more
├── PreconditionFailed 412      the record is not what `If-Match` or `If-None-Match` says
├── ContentTooLarge 413         more content than the service takes
├── UriTooLong 414              the address is longer than the service reads
├── UnsupportedMediaType 415    content of a kind that is not taken here
├── InvalidRequest 422          a parameter or member is wrong; `errors` names each
│   ├── UnknownReference        a filter names a record that does not exist
│   ├── AmbiguousName           several leaders share the name; `candidates` lists them
│   ├── ForeignCursor           a cursor that does not belong to this query
│   └── KeyReused               the `Idempotency-Key` is that of another request
├── UpgradeRequired 426         the answer takes a newer HTTP than the request's
├── PreconditionRequired 428    a change does not say with `If-Match` what it changes
├── HeadersTooLarge 431         more headers than the service reads
├── InternalError 500           a fault of ours
└── Unavailable 503             the database cannot be reached, or took too long
    ├── OutcomeUnknown          the database was lost while it was about to keep what was written
    ├── ImportsTaken            as many imports are under way as are taken at once
    └── StreamsTaken            as many streams are open as the service has at once
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

PROBLEM_JSON = "application/problem+json"
MOST_FAULTS = 200
"""How many faults of one request are told; of more only the first."""
_CHALLENGE = 'Bearer realm="telcon"'
_LONGEST_TOLD = {"parameter": 200, "pointer": 500}
_LONGEST_DETAIL = 500
_LONGEST_TOLD_AT_ONCE = 10_000
# PostgreSQL's SQLSTATEs: a cancelled statement, and transactions that lasted too long or idled.
_TOO_LONG = ("57014", "25P03", "25P04", "54000")
_CONNECTION_STATES = ("08", "53", "57P")
_LOST = (PoolTimeoutError, OSError, TimeoutError, asyncpg.InternalClientError)
# A rule that the tables hold, two transactions that stood in each other's way, and a lock not had in time.
_RULE_STATES = "23"
_AGAIN = ("40P01", "40001", "55P03")


class Problem(Exception):
    """An answer other than the one asked for; `detail` is for people, `members` are added to the document."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Problem"
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str, **members: Any) -> None:
        """Say what is wrong in one sentence."""
        super().__init__(detail)
        self.detail = detail
        self.members = members

    @classmethod
    def kind(cls) -> str:
        """The last part of the problem's type, such as `unknown-reference`."""
        return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in cls.__name__).strip("-")

    @classmethod
    def type(cls) -> str:
        """The problem's type, a reference that resolves to its description on this service."""
        return f"/problems#{cls.kind()}"

    def document(self, instance: str) -> bytes:
        """The problem as JSON; `instance` is the path that was asked for."""
        return json.dumps(
            {
                "type": self.type(),
                "title": self.title,
                "status": self.status,
                "detail": self.detail,
                "instance": instance,
                **self.members,
            },
            ensure_ascii=False,
        ).encode()


class MalformedRequest(Problem):
    """The request cannot be read at all, for example because its percent-encoding is broken."""

    status = 400
    title = "The request cannot be read"


class Unauthorised(Problem):
    """A key is asked for, and none was sent that holds: it is missing, malformed, unknown, expired or revoked."""

    status = 401
    title = "A key is needed"
    headers: Mapping[str, str] = {"WWW-Authenticate": _CHALLENGE}

    def __init__(self, detail: str, *, sent: bool = False) -> None:
        """Say what is wrong; `sent` is whether there was a key, which the challenge tells (RFC 6750, 3.1)."""
        super().__init__(detail)
        if sent:
            self.headers = {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'}


class Forbidden(Problem):
    """The key that was sent holds, and does not have the scope that this takes; the challenge names the scope."""

    status = 403
    title = "Not within the key's scopes"
    headers: Mapping[str, str] = {"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope"'}

    @classmethod
    def without(cls, scope: str) -> "Forbidden":
        """The problem of a key that lacks a scope."""
        problem = cls(f"This takes a key with the scope {scope}.")
        problem.headers = {"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'}
        return problem


class CrossOriginRefused(Problem):
    """A page of another origin asks to use a method or a header that is not open to such pages."""

    status = 403
    title = "Not open to other origins"


class NotFound(Problem):
    """There is no record, or no page, at this address."""

    status = 404
    title = "Not found"


class MethodNotAllowed(Problem):
    """The address exists but does not answer this method; the `Allow` header lists those it answers."""

    status = 405
    title = "Method not allowed"

    def __init__(self, allowed: Iterable[str]) -> None:
        """Take the methods of every route of the path."""
        listed = ", ".join(sorted(allowed))
        super().__init__(f"This address answers {listed}.")
        self.headers = {"Allow": listed}


class NotAcceptable(Problem):
    """None of the media types that the client accepts can be given here."""

    status = 406
    title = "Not acceptable"


class RequestTimeout(Problem):
    """The request did not arrive in time; the connection is closed."""

    status = 408
    title = "The request took too long"


class Conflict(Problem):
    """What was asked for does not go with the records as they are now; read them again before trying again."""

    status = 409
    title = "Conflict"


class KeyInUse(Conflict):
    """A request with this `Idempotency-Key` is still being answered; `Retry-After` says when to try again."""

    title = "The Idempotency-Key is in use"
    headers: Mapping[str, str] = {"Retry-After": "1"}


class AlreadyRecorded(Conflict):
    """There is a record with this id, slug, code or identifier; `Location` leads to it."""

    title = "Already recorded"

    @classmethod
    def at(cls, noun: str, address: str) -> "AlreadyRecorded":
        """The problem of a kind of record that has an address already."""
        problem = cls(f"The {noun} is recorded already, at {address}.")
        problem.headers = {"Location": address}
        return problem


class StillReferredTo(Conflict):
    """Other records refer to the one that is to be removed; remove or change them first."""

    title = "Still referred to"

    @classmethod
    def noun(cls, noun: str) -> "StillReferredTo":
        """The problem of a kind of record."""
        return cls(f"Other records refer to the {noun}; they have to be changed or removed first.")


class Gone(Problem):
    """The record was removed; the detail says when, and why if that was told. Its history is still there."""

    status = 410
    title = "Removed"

    @classmethod
    def since(cls, noun: str, when: datetime, why: str | None) -> "Gone":
        """The problem of a kind of record that was removed then, for a reason if one was given."""
        told = f": {why}" if why else "."
        return cls(f"The {noun} was removed at {when.astimezone(UTC).isoformat(timespec='seconds')}{told}")


class CursorGone(Gone):
    """The change feed that gave the cursor out is no more, as after a restore; take all records anew, and follow."""

    title = "Cursor of another feed"


class PreconditionFailed(Problem):
    """The record does not have the tag that `If-Match` asks for, or is there, which `If-None-Match` rules out."""

    status = 412
    title = "Precondition failed"


class ContentTooLarge(Problem):
    """The request's content is larger than the service takes."""

    status = 413
    title = "Content too large"


class UriTooLong(Problem):
    """The address, with its query, is longer than the service reads."""

    status = 414
    title = "Address too long"


class UnsupportedMediaType(Problem):
    """The request comes with content of a kind that this address does not take; reading takes none at all."""

    status = 415
    title = "Content not taken"

    def __init__(self, detail: str, **taken: str) -> None:
        """Say what is wrong; `taken` are headers that tell what would be taken, such as `accept_patch`."""
        super().__init__(detail)
        self.headers = {name.title().replace("_", "-"): value for name, value in taken.items()}


class InvalidRequest(Problem):
    """A parameter or a member of the body is unknown or wrong; `errors` names each one."""

    status = 422
    title = "Invalid request"

    def __init__(self, errors: list[dict[str, str]], **members: Any) -> None:
        """Take one `{"parameter" or "pointer", "detail"}` a fault; of many or long ones only the beginning is told."""
        told = [
            {name: text[: _LONGEST_TOLD.get(name, _LONGEST_DETAIL)] for name, text in error.items()}
            for error in errors[:MOST_FAULTS]
        ]
        told_at_once = "; ".join(f"{_place(error)}: {error['detail']}" for error in told)
        super().__init__(told_at_once[:_LONGEST_TOLD_AT_ONCE], errors=told, **members)

    @classmethod
    def parameter(cls, parameter: str, detail: str, **members: Any) -> "InvalidRequest":
        """The problem of one parameter."""
        return cls([{"parameter": parameter, "detail": detail}], **members)

    @classmethod
    def pointer(cls, pointer: str, detail: str) -> "InvalidRequest":
        """The problem of one member of a document, at its JSON pointer (RFC 6901)."""
        return cls([{"pointer": pointer, "detail": detail}])


class UnknownReference(InvalidRequest):
    """A filter names a leader, party, call, publisher, topic or readout that is not recorded."""

    title = "Unknown reference"


class AmbiguousName(InvalidRequest):
    """A name that several leaders share; `candidates` lists them, so that the client can ask again by slug or id."""

    title = "Ambiguous name"


class ForeignCursor(InvalidRequest):
    """The cursor is not one that this query gave out; start again without it."""

    title = "Cursor of another query"


class KeyReused(InvalidRequest):
    """The `Idempotency-Key` came before with another request; each request has a key of its own."""

    title = "Idempotency-Key of another request"


class UpgradeRequired(Problem):
    """The answer is sent in chunks, since its length is not known; HTTP/1.0 has none, and could not tell its end."""

    status = 426
    title = "HTTP/1.1 is needed"
    headers: Mapping[str, str] = {"Upgrade": "HTTP/1.1", "Connection": "upgrade"}


class PreconditionRequired(Problem):
    """A record is changed or removed only where `If-Match` has its tag: nobody's change is overwritten unseen."""

    status = 428
    title = "If-Match is needed"


class HeadersTooLarge(Problem):
    """The request has more headers, or longer ones, than the service reads."""

    status = 431
    title = "Headers too large"


class InternalError(Problem):
    """A fault of the service itself. Nothing was changed."""

    status = 500
    title = "Internal error"


class Unavailable(Problem):
    """The database cannot be reached or took too long; `Retry-After` says when to try again."""

    status = 503
    title = "Temporarily unavailable"
    headers: Mapping[str, str] = {"Retry-After": "2"}


class OutcomeUnknown(Unavailable):
    """The database was lost while it was about to keep what was written; the same `Idempotency-Key` finds out."""

    title = "It is not known whether it was written"


class StreamsTaken(Unavailable):
    """As many streams are open as the service has at once; `Retry-After` says when to try again."""

    title = "All streams are taken"
    headers: Mapping[str, str] = {"Retry-After": "30"}


class ImportsTaken(Unavailable):
    """As many imports are under way as this process takes at once; `Retry-After` says when to try again."""

    title = "An import is under way"
    headers: Mapping[str, str] = {"Retry-After": "30"}


class Moved(Exception):
    """The record that was asked for in the path now answers under another key."""

    def __init__(self, key: str) -> None:
        """Take the key as it stands in a path."""
        super().__init__(key)
        self.key = key


def _place(error: Mapping[str, str]) -> str:
    return error.get("parameter") or error.get("pointer") or "request"


class CommitLost(SQLAlchemyError):
    """The database was lost while a transaction was being committed: nobody knows whether it was."""


def database_problem(error: Exception) -> Problem | None:
    """The problem that an error of the database or of the way to it amounts to, or None where it is a fault of ours."""
    if isinstance(error, CommitLost):
        message = "The database was lost while it was about to keep what was written, which may or may not be kept."
        return OutcomeUnknown(f"{message} The same request with the same Idempotency-Key finds out.")
    state = sqlstate(error)
    if state.startswith(_RULE_STATES):
        # The rules were checked before, so that only another change can have come in between.
        return Conflict("The records have changed meanwhile, and this does not go with them; read them again first.")
    if state in _AGAIN:
        return Unavailable("Another change stood in the way; nothing was written.")
    if state in _TOO_LONG:
        return Unavailable("The question took longer than the service allows; narrow it.")
    if is_lost(error):
        return Unavailable("The database cannot be reached at the moment.")
    return None


def is_lost(error: Exception) -> bool:
    """Whether an error is of the way to the database, and so does not tell what became of the last statement."""
    raised: BaseException = error
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        # Between the driver's error and SQLAlchemy's stands one of the adapter's own.
        raised = (error.orig and error.orig.__cause__) or error
    # No connection is given two operations at once; one that was lost in the middle of one says that it has them.
    closed = type(raised) is asyncpg.InterfaceError and any(word in str(raised) for word in ("closed", "in progress"))
    return closed or sqlstate(error).startswith(_CONNECTION_STATES) or isinstance(raised, _LOST)


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of an error of the database, whether SQLAlchemy or the driver raised it; empty where it has none."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""


def every_problem() -> list[type[Problem]]:
    """Every problem that the service can answer with, general ones before the special."""
    found: list[type[Problem]] = []
    waiting: list[type[Problem]] = [Problem]
    while waiting:
        kind = waiting.pop(0)
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    return found[1:]
