"""The lines that records travel in: what their JSON Schema refuses is refused, and the schema is kept as it is."""

import json
import re
from typing import Any

import httpx
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lines import read_line, record_schema
from tests.examples import SCHEMA
from tests.test_transfer import base, everything

LINES = [*base(), *everything()]
VALIDATOR = jsonschema.Draft202012Validator(record_schema())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)
NAMES = sorted({name for line in LINES for name in line})


def test_the_schema_is_a_schema() -> None:
    """And kept as it is; `make examples` writes it anew."""
    jsonschema.Draft202012Validator.check_schema(record_schema())
    assert json.loads(SCHEMA.read_text("utf-8")) == record_schema()


async def test_the_schema_is_served(client: httpx.AsyncClient) -> None:
    """To keep for a while, under its media type or plain JSON; no other name is known."""
    answer = await client.get("/v1/schemas/record.json")
    assert answer.json() == record_schema()
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    plain = await client.get("/v1/schemas/record.json", headers={"Accept": "application/json"})
    assert plain.headers["content-type"] == "application/json"
    assert plain.content == answer.content
    assert plain.headers["etag"] != answer.headers["etag"]
    held = await client.get("/v1/schemas/record.json", headers={"If-None-Match": answer.headers["etag"]})
    assert (held.status_code, held.content) == (304, b"")
    assert (await client.get("/v1/schemas/record.json", headers={"Accept": "text/csv"})).status_code == 406
    head = await client.head("/v1/schemas/record.json")
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", answer.headers["etag"])
    refused = await client.get("/v1/schemas/record.json?colour=red")
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert refused.json()["errors"] == [{"parameter": "colour", "detail": "is not a parameter here"}]
    unknown = await client.get("/v1/schemas/other.json")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("line", LINES)
def test_what_is_right_is_read(line: dict[str, Any]) -> None:
    VALIDATOR.validate(line)
    assert read_line(1, json.dumps(line).encode()).faults == []


def test_a_readout_that_nothing_tells_apart() -> None:
    """Is refused by the schema as by the import; in its call, or with an identifier, it needs no id."""
    readout = {"type": "readout", "title": "T", "language": "en", "versions": [{"text": "A."}]}
    borne = {**readout, "identifiers": [{"scheme": "register", "value": "1"}]}
    for line, right in ((readout, False), ({**readout, "id": None}, False), (borne, True)):
        assert VALIDATOR.is_valid(line) == right
        assert (read_line(1, json.dumps(line).encode()).faults == []) == right


def test_the_guide_shows_a_line() -> None:
    """One that the schema allows, and that is read."""
    (shown,) = re.findall(r"```json\n(.*?)```", (SCHEMA.parent / "operating.md").read_text("utf-8"), re.DOTALL)
    VALIDATOR.validate(json.loads(shown))
    assert read_line(1, shown.encode()).faults == []


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The steps to everything in a value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way] * bool(way) + [place for step, member in steps for place in places(member, (*way, step))]


@given(st.data())
def test_what_the_schema_refuses_is_refused(data: st.DataObject) -> None:
    """With any one value put in any one place, or taken out, or a member added."""
    line = json.loads(json.dumps(data.draw(st.sampled_from(LINES))))
    way = data.draw(st.sampled_from([*places(line), (data.draw(st.sampled_from(NAMES) | st.text(max_size=5)),)]))
    at = line
    for step in way[:-1]:
        at = at[step]
    if data.draw(st.booleans()) and (isinstance(at, list) or way[-1] in at):
        del at[way[-1]]
    else:
        at[way[-1]] = data.draw(VALUES)
    faults = read_line(1, json.dumps(line).encode()).faults
    assert faults or VALIDATOR.is_valid(line)
    for fault in faults:
        assert fault.pointer == "" or fault.pointer.startswith("/")
        assert "\n" not in fault.detail
