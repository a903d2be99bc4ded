"""What the document says of streams: their media types, an example of each, and what refuses them."""

import json
from typing import Any, get_args

from fastapi.sse import format_sse_event
from pydantic import BaseModel

from app.chunks import EventStream
from app.following import EVENT
from app.listing import CSV, NDJSON
from app.problems import UpgradeRequired
from app.routing import problem_response
from app.sheets import Sheet

_EXAMPLE_RECORDS = 2
# As long as there are records; the largest number that every client can tell from the next.
_LONGEST = 2**53 - 1


def describe_streams(operation: dict[str, Any], page: type[BaseModel], example: dict[str, Any]) -> None:
    """Add the streams to the operation of a list, given the model of its page and an example of it."""
    (out,) = get_args(page.model_fields["data"].annotation)
    records = example["data"][:_EXAMPLE_RECORDS]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    sheet = Sheet(out, list(records[0]))
    operation["responses"]["200"]["content"] |= {
        NDJSON: _text("A record a line, each as in `data`.", r"^(\{[^\n]*\}\n)*$", "\n".join([*lines, ""])),
        CSV: _text("A line of names, and one a record.", r"^[^\x00]+$", (sheet.header() + sheet.rows(lines)).decode()),
    }
    operation["responses"][str(UpgradeRequired.status)] = problem_response(UpgradeRequired)


def describe_events(operation: dict[str, Any], example: dict[str, Any]) -> None:
    """Say what the stream of the changes looks like, given an example of a page of them."""
    events = b"".join(
        format_sse_event(data_str=json.dumps(change), event=EVENT, id=change["cursor"]) for change in example["data"]
    )
    text = _text("Events of one kind, each a change as in the list of them.", r"^[^\x00]*$", events.decode())
    operation["responses"]["200"] |= {
        "description": "The changes, as they come.",
        "content": {EventStream.media_type: text},
    }


def _text(description: str, pattern: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "description": description, "maxLength": _LONGEST, "pattern": pattern}
    return {"schema": schema, "example": example}
