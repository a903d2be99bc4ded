"""Plain reads: the operations that take an answer and at most one key, answered without the framework's way to them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from inspect import iscoroutinefunction
from typing import Any

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.types import Scope

# /v1/<resource>/<key>, and what may follow
_KEY = 3
# What the framework notes of a function beside what it takes.
_OF_ITSELF = {"call", "name", "path", "scope", "use_cache"}


@dataclass(frozen=True, slots=True)
class Operation:
    """An endpoint, and what the framework found out about its parameters."""

    app: FastAPI
    endpoint: Callable[..., Awaitable[Response]]
    answer: Dependant
    key: Dependant | None

    async def respond(self, request: Request, key: str) -> Response:
        """The endpoint's answer to a request, and to the key in its path if it takes one.

        Both are read by the functions and fields that the framework reads them by, in its order. Raises what these
        raise, and RequestValidationError for a key that is none.
        """
        assert self.answer.call is not None
        request.scope["app"], request.scope["endpoint"] = self.app, self.endpoint
        given: dict[str, Any] = {str(self.answer.name): await self.answer.call(request)}
        if self.key is not None:
            assert self.key.call is not None
            (field,) = self.key.path_params
            text, faults = field.validate(key, loc=("path", field.alias))
            if faults:
                raise RequestValidationError(faults)
            given[str(self.key.name)] = await self.key.call(text)
        return await self.endpoint(**given)


class Direct:
    """The plain reads among an application's routes, by their addresses."""

    def __init__(self, app: FastAPI) -> None:
        """Take those that there are by now."""
        self.app = app
        self._operations: dict[tuple[str, ...], Operation] = {}
        for route in iter_route_contexts(app.routes):
            operation = _operation(app, route)
            if operation is not None:
                steps = tuple((route.path_format or "").split("/"))
                self._operations.setdefault(steps, operation)

    def find(self, scope: Scope) -> tuple[Operation, str] | None:
        """The operation that a GET of an address is answered by, and the key in the address."""
        steps = scope["path"].split("/")
        if len(steps) <= _KEY:
            operation = self._operations.get(tuple(steps))
            return None if operation is None else (operation, "")
        key, steps[_KEY] = steps[_KEY], "{id}"
        operation = self._operations.get(tuple(steps))
        return None if operation is None or not key else (operation, key)


def _operation(app: FastAPI, route: RouteContext) -> Operation | None:
    """How a route is answered, or None where it is no plain read."""
    if route.endpoint is None or route.methods != {"GET"} or not _takes_only("dependencies", route.dependant):
        return None
    first, *others = route.dependant.dependencies
    key = next(iter(others), None)
    plain = _takes_only("request_param_name", first) and len(others) <= 1
    if key is not None:
        plain = plain and _takes_only("path_params", key) and len(key.path_params) == 1
    return Operation(app, route.endpoint, first, key) if plain else None


def _takes_only(what: str, function: Dependant) -> bool:
    """Whether a function that can be awaited takes this and nothing else."""
    taken = {field.name for field in fields(Dependant) if getattr(function, field.name)} - _OF_ITSELF
    return iscoroutinefunction(function.call) and taken == {what}
