"""What a request asks: its query, read into the model of filters that its route names."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, get_args, get_origin, get_type_hints
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.filters import Filters
from app.problems import InvalidRequest

if TYPE_CHECKING:
    from app.db import Reader

F = TypeVar("F", bound=Filters)


class Asking(Generic[F]):
    """A request, the filters that its query gives, and the side of the database that answers are read from.

    They come to a route together, as one dependency: the framework takes its time for each.
    """

    def __init__(self, request: Request) -> None:
        """Read the query; raises as `read_filters` does."""
        self.request = request
        reader: Reader = request.app.state.reader
        self.reader = reader
        self.filters = cast("F", read_filters(request))


def given_in(query: bytes) -> list[tuple[str, str]]:
    """The parameters of a query, as the framework reads them, without what it keeps of them beside."""
    return parse_qsl(query.decode("latin-1"), keep_blank_values=True)


@lru_cache
def filters_of(endpoint: Any) -> type[Filters] | None:
    """The model of what can be asked of an endpoint: that of its `answer`."""
    (model,) = get_args(get_type_hints(endpoint).get("answer")) or (None,)
    return cast("type[Filters] | None", model)


@lru_cache
def _repeatable(model: type[Filters]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if get_origin(field.annotation) is list)


def read_filters(request: Request) -> Filters:
    """What the query asks, read at once: the framework takes a model's parameters one by one, at four times the cost.

    Raises InvalidRequest for a parameter that is given twice and takes one value, since neither is the right one to
    use, and RequestValidationError for one that is unknown or wrong.
    """
    model = filters_of(request.scope["endpoint"])
    assert model is not None
    repeatable = _repeatable(model)
    given: dict[str, Any] = {}
    twice: set[str] = set()
    for name, value in given_in(request.scope["query_string"]):
        if name in repeatable:
            given.setdefault(name, []).append(value)
        elif name in given:
            twice.add(name)
        else:
            given[name] = value
    if twice:
        raise InvalidRequest([{"parameter": name, "detail": "must be given once"} for name in sorted(twice)])
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**fault, "loc": ("query", *fault["loc"])} for fault in faults]) from error
