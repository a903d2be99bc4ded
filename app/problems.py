"""The problems that the service answers with, as RFC 9457 `application/problem+json`.

Problem
├── MalformedRequest 400        the request cannot be read at all
├── CrossOriginRefused 403      a page of another origin asks for more than is open to it
├── NotFound 404                no such record or page
├── MethodNotAllowed 405        the path does not do this
├── NotAcceptable 406           no representation that the client takes
├── RequestTimeout 408          the request did not come in time
├── PreconditionFailed 412      the record is not what `If-Match` says
├── ContentTooLarge 413         more content than the service takes
├── UriTooLong 414              the address is longer than the service reads
├── UnsupportedMediaType 415    content of a kind that is not taken here
├── InvalidRequest 422          a parameter or member is wrong; `errors` names each
│   ├── UnknownReference        a filter names a record that does not exist
│   ├── AmbiguousName           several leaders share the name; `candidates` lists them
│   └── ForeignCursor           a cursor that does not belong to this query
├── UpgradeRequired 426         the answer takes a newer HTTP than the request's
├── HeadersTooLarge 431         more headers than the service reads
├── InternalError 500           a fault of ours
└── Unavailable 503             the database cannot be reached, or took too long
    └── StreamsTaken            as many lists are being streamed as the service streams at once
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

PROBLEM_JSON = "application/problem+json"
_MOST_FAULTS = 20
_LONGEST_TOLD = {"parameter": 200, "pointer": 500}
_LONGEST_DETAIL = 500
# PostgreSQL's SQLSTATEs: a cancelled statement, a lock not had in time, transactions that lasted too long or idled.
_TOO_LONG = ("57014", "55P03", "25P03", "25P04", "54000")
_CONNECTION_STATES = ("08", "53", "57P")


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
    """The request line and headers did not arrive in time; the connection is closed."""

    status = 408
    title = "The request took too long"


class PreconditionFailed(Problem):
    """The answer does not have the tag that `If-Match` asks for."""

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


class InvalidRequest(Problem):
    """A parameter or a member of the body is unknown or wrong; `errors` names each one."""

    status = 422
    title = "Invalid request"

    def __init__(self, errors: list[dict[str, str]], **members: Any) -> None:
        """Take one `{"parameter" or "pointer", "detail"}` a fault; of many or long ones only the beginning is told."""
        told = [
            {name: text[: _LONGEST_TOLD.get(name, _LONGEST_DETAIL)] for name, text in error.items()}
            for error in errors[:_MOST_FAULTS]
        ]
        told_at_once = "; ".join(f"{_place(error)}: {error['detail']}" for error in told)
        super().__init__(told_at_once[: _MOST_FAULTS * _LONGEST_DETAIL], errors=told, **members)

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


class UpgradeRequired(Problem):
    """The answer is sent in chunks, since its length is not known; HTTP/1.0 has none, and could not tell its end."""

    status = 426
    title = "HTTP/1.1 is needed"
    headers: Mapping[str, str] = {"Upgrade": "HTTP/1.1", "Connection": "upgrade"}


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


class StreamsTaken(Unavailable):
    """As many lists are being streamed as the service streams at once; `Retry-After` says when to try again."""

    title = "All streams are taken"
    headers: Mapping[str, str] = {"Retry-After": "30"}


class Moved(Exception):
    """The record that was asked for in the path now answers under another key."""

    def __init__(self, key: str) -> None:
        """Take the key as it stands in a path."""
        super().__init__(key)
        self.key = key


def _place(error: Mapping[str, str]) -> str:
    return error.get("parameter") or error.get("pointer") or "request"


def database_problem(error: Exception) -> Problem | None:
    """The problem that an error of the database or of the way to it amounts to, or None where it is a fault of ours."""
    state = sqlstate(error)
    if state in _TOO_LONG:
        return Unavailable("The question took longer than the service allows; narrow it.")
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or state.startswith(_CONNECTION_STATES) or isinstance(error, PoolTimeoutError | OSError | TimeoutError):
        return Unavailable("The database cannot be reached at the moment.")
    return None


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
