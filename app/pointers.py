"""JSON pointers (RFC 6901), and what Pydantic finds wrong with a document, told by them."""

from collections.abc import Iterator

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Steps = tuple[str | int, ...]
WHOLE = ""
"""The pointer to a whole document."""

# The members whose elements are of several shapes, of which Pydantic then names one as a step.
_SHAPED = {"claims", "readouts"}
_NO_JSON = "json_invalid"


def pointer(steps: Steps) -> str:
    """The JSON pointer that leads along some members and indexes."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def wrong_in(error: ValidationError, *, shape: bool = False) -> Iterator[tuple[Steps, str]]:
    """The steps to each fault that a document has, and what is wrong there.

    `shape`: whether the document itself is of several shapes, of which Pydantic then names one as the first step.
    """
    for fault in error.errors(include_url=False, include_input=False):
        yield _steps(fault, fault["loc"][shape:]), _detail(fault)


def is_no_json(error: ValidationError) -> bool:
    """Whether what is wrong is that there is no JSON, or none that Pydantic reads."""
    return error.error_count() == 1 and error.errors(include_url=False, include_input=False)[0]["type"] == _NO_JSON


def _steps(fault: ErrorDetails, steps: Steps) -> Steps:
    """The steps to what is wrong, without those that name a shape."""
    way = tuple(
        step
        for place, step in enumerate(steps)
        if not (place > 1 and isinstance(steps[place - 1], int) and steps[place - 2] in _SHAPED)
    )
    told = fault.get("ctx", {}).get("discriminator")
    return (*way, told.strip("'")) if fault["type"].startswith("union_tag") and told else way


# Of a text that is no UUID, Pydantic's own words repeat some.
_PLAINLY = {
    "extra_forbidden": "is not a member here",
    "missing": "is missing",
    "union_tag_not_found": "is missing",
    "uuid_parsing": "must be a UUID",
}


def _detail(fault: ErrorDetails) -> str:
    plain = _PLAINLY.get(fault["type"])
    if plain is not None:
        return plain
    match fault["type"]:
        case "json_invalid":
            return "is not JSON: " + fault["msg"].removeprefix("Invalid JSON: ").replace("line 1 column", "column")
        case "union_tag_invalid":
            return f"must be one of {fault['ctx']['expected_tags']}".replace("'", "")
        case "value_error":
            return fault["msg"].removeprefix("Value error, ")
        case _:
            return fault["msg"][:1].lower() + fault["msg"][1:]
