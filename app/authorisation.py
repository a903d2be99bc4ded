"""Who may do what: the keys that requests bear, and the scopes that operations take."""

from typing import Annotated, cast

from fastapi import Request, Security
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.types import Scope

from app.db import Reader
from app.keys import Key, NoKey, Principal, find_bearer
from app.problems import Forbidden, Unauthorised
from app.vocabulary import KeyScope

_SCHEME = "bearer"
# Whether or not reading takes a key, these tell of the service and of no record.
_OPEN = frozenset({"/", "/docs", "/healthz", "/openapi.json", "/problems", "/readyz", "/v1/schemas/record.json"})
_OPEN_BELOW = "/assets/"


def is_open(path: str) -> bool:
    """Whether an address answers to anybody, also where reading takes a key."""
    return path in _OPEN or path.startswith(_OPEN_BELOW)


def _sent(scope: Scope) -> Key:
    """The key that a request bears; raises Unauthorised where it has none, several, or one that is malformed."""
    sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
    named = [line.partition(" ") for line in sent]
    bears = any(scheme.lower() == _SCHEME for scheme, _, _ in named)
    if not bears:
        message = "This takes a key, sent as `Authorization: Bearer`."
        raise Unauthorised(message)
    if len(named) > 1:
        message = "Authorization is sent once."
        raise Unauthorised(message, sent=True)
    try:
        return Key.read(named[0][2].strip(" "))
    except NoKey:
        message = "What was sent as a key does not have the form of one."
        raise Unauthorised(message, sent=True) from None


async def authorise(scope: Scope, reader: Reader, wanted: KeyScope) -> Principal:
    """Who sends a request that takes a scope; raises Unauthorised, or Forbidden where the key does not have it."""
    principal = await find_bearer(reader, _sent(scope))
    if principal is None:
        message = "The key that was sent does not hold: it is unknown, has expired or was revoked."
        raise Unauthorised(message, sent=True)
    if not principal.may(wanted):
        raise Forbidden.without(wanted)
    return principal


_NAME = "key"
_MODEL = HTTPBearer(
    bearerFormat="tlc_",
    description="A key that the service's operator made with `telcon keys create`. One with the scope `admin` is for"
    " everything; who may write may read.",
)
SCHEMES = {_NAME: _MODEL.model_dump(mode="json", by_alias=True, exclude_none=True)}
"""How the document describes keys."""
READING: list[dict[str, list[KeyScope]]] = [{_NAME: ["records:read"]}]
"""What an operation says that takes a key which may read."""


class Bearing(SecurityBase):
    """A dependency that takes a key with a scope, and says so in the document."""

    scheme_name = _NAME
    model = _MODEL

    def __init__(self, wanted: KeyScope) -> None:
        """Take the scope."""
        self._wanted = wanted

    async def __call__(self, request: Request) -> Principal:
        """Who sends the request; raises as `authorise` does."""
        return await authorise(request.scope, cast("Reader", request.app.state.reader), self._wanted)


Writer = Annotated[Principal, Security(Bearing("records:write"), scopes=["records:write"])]
"""Who sends a request that changes records."""
