"""What the document promises: every answer has its declared shape, every example works, every setting is documented."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from fastapi import FastAPI
from pydantic import ValidationError

from app.main import create_app
from app.problems import MethodNotAllowed, every_problem
from app.settings import Settings
from tests.factories import World

DOCUMENT: dict[str, Any] = create_app(Settings()).openapi()
ROOT = Path(__file__).parents[1]
# One that answers in no JSON is a stream without an end, which tests/test_changes.py follows.
_READS = [
    (path, methods["get"])
    for path, methods in DOCUMENT["paths"].items()
    if "get" in methods and "application/json" in methods["get"]["responses"]["200"]["content"]
]
OPERATIONS = [one for one in _READS if "security" not in one[1]]
KEYED = [one for one in _READS if "security" in one[1]]
"""Those that take a key even where reads are public: the seed has nothing for them, and tests/test_drafts.py asks."""
EVERY = [(path, operation) for path, methods in DOCUMENT["paths"].items() for operation in methods.values()]
WRITES = [
    (method, path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if method != "get"
]
_IDS = [operation["operationId"] for _, operation in OPERATIONS]
_SHARED = DOCUMENT["components"]
SOMETIMES = {
    "Accept",
    "Accept-Encoding",
    "Accept-Patch",
    "Accept-Post",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "Retry-After",
}
"""Headers that are sent where there is something to tell by them; other tests hold each of them."""


def response_of(operation: dict[str, Any], status: int) -> dict[str, Any]:
    """One declared answer, looked up where operations share it."""
    response: dict[str, Any] = operation["responses"][str(status)]
    return _SHARED["responses"][response["$ref"].rpartition("/")[2]] if "$ref" in response else response


def validator_of(operation: dict[str, Any], status: int, media_type: str) -> jsonschema.protocols.Validator:
    """A validator of one declared answer; unknown members are refused by the schemas themselves."""
    schema = response_of(operation, status)["content"][media_type]["schema"]
    return jsonschema.Draft202012Validator({**schema, "components": _SHARED}, format_checker=jsonschema.FormatChecker())


def examples_of(operation: dict[str, Any], place: str) -> dict[str, Any]:
    """The example of each parameter of an operation in its path, query or headers."""
    return {
        parameter["name"]: parameter["example"]
        for parameter in operation.get("parameters", ())
        # A cursor's example stands in its schema, since it belongs to one question.
        if parameter["in"] == place and "example" in parameter
    }


def address(path: str, operation: dict[str, Any]) -> str:
    """The path of an operation with its examples put in."""
    return path.format(**examples_of(operation, "path"))


@pytest.mark.parametrize(("path", "operation"), OPERATIONS, ids=_IDS)
async def test_an_operation_answers_in_its_declared_shape(
    client: httpx.AsyncClient, path: str, operation: dict[str, Any]
) -> None:
    """The seed, plain and with everything embedded."""
    asked: list[dict[str, Any]] = [{}]
    for parameter in operation.get("parameters", ()):
        if parameter["name"] == "include":
            asked.append(
                {"include": parameter["schema"]["items"].get("enum", [parameter["schema"]["items"].get("const")])}
            )
        if parameter["name"] == "count":
            asked.append({"count": "exact"})
    for query in asked:
        answer = await client.get(address(path, operation), params=query)
        assert answer.status_code == 200, answer.text
        validator_of(operation, 200, "application/json").validate(answer.json())


@pytest.mark.parametrize(("path", "operation"), OPERATIONS, ids=_IDS)
async def test_every_example_answers_with_the_seed(
    client: httpx.AsyncClient, path: str, operation: dict[str, Any]
) -> None:
    """Each parameter's example alone, and all of an operation's examples together."""
    examples = examples_of(operation, "query")
    for query in [*({name: value} for name, value in examples.items()), examples]:
        answer = await client.get(address(path, operation), params=query)
        assert answer.status_code == 200, (query, answer.text)
        if "page" in answer.json():
            assert answer.json()["data"], query


async def test_generated_records_answer_in_their_declared_shapes(world_client: httpx.AsyncClient, world: World) -> None:
    """Every record of every kind, with everything embedded."""
    for path, operation in OPERATIONS:
        if "{id}" in path or "cursor" not in {p["name"] for p in operation["parameters"]}:
            continue
        validator = validator_of(operation, 200, "application/json")
        include: dict[str, Any] = next(
            (p["schema"]["items"] for p in operation["parameters"] if p["name"] == "include"), {}
        )
        query: dict[str, Any] = {"limit": 200}
        query["include"] = include.get("enum", [include["const"]] if "const" in include else [])
        following: str | None = ""
        while following is not None:
            answer = (await world_client.get(path, params=query | ({"cursor": following} if following else {}))).json()
            validator.validate(answer)
            following = answer["page"]["next"]
    assert world.records.calls


def test_every_operation_is_described() -> None:
    """A clean name, a summary, a tag that is explained, and every problem that can come of it."""
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    for _, operation in EVERY:
        assert re.fullmatch(
            r"(list|get|check|stream|create|put|change|revert|merge|remove|draft|ingest|accept|reject)([A-Z][a-z]+)+",
            operation["operationId"],
        )
        assert operation["summary"]
        assert set(operation["tags"]) <= tags
        assert {"400", "414", "422", "500"} <= operation["responses"].keys()
    for path, operation in [*OPERATIONS, *KEYED]:
        assert "200" in operation["responses"]
        if path.startswith("/v1"):
            assert {"304", "406", "503"} <= operation["responses"].keys()
            gone = {"308", "404"} if (path, operation) in OPERATIONS else {"404"}
            assert {"308", "404"} & operation["responses"].keys() == (gone if "{id}" in path else set())
    assert len({operation["operationId"] for _, operation in EVERY}) == len(EVERY)


def test_every_operation_that_writes_is_described() -> None:
    """It takes a key, and has what can come of it by what it does."""
    success = {"create": {"201"}, "put": {"200", "201"}, "ingest": {"200", "201"}, "remove": {"204"}}
    for method, path, operation in WRITES:
        verb = re.match("[a-z]+", operation["operationId"])[0]  # type: ignore[index]
        answered = operation["responses"].keys()
        # What is only read changes nothing.
        changes = set() if verb == "draft" else {"409", "412"}
        assert {"401", "403", "408", "413", "415", "431", "503"} | changes <= answered
        if path == "/v1/imports":
            continue
        assert {status for status in answered if status < "300"} == success.get(verb, {"200"})
        lasts = path.startswith("/v1/drafts")
        gone = {"404"} if lasts else {"308", "404", "410"}
        assert {"308", "404", "410"} & answered == (gone if "{id}" in path else set())
        assert ("428" in answered) == (verb not in {"create", "draft", "ingest"})
        named = {parameter["name"]: parameter["required"] for parameter in operation["parameters"]}
        sent = {"Idempotency-Key", "X-Change-Note"}
        assert sent & named.keys() == (sent if changes else set())
        assert named.get("If-Match") == {"create": None, "put": False, "draft": None, "ingest": None}.get(verb, True)
        takes = {"patch": "application/merge-patch+json"}.get(method, "application/json")
        content = operation.get("requestBody", {"content": {}})["content"]
        assert list(content) == ([] if verb in {"remove", "revert", "accept", "reject"} else [takes])


def test_an_operation_is_named_after_its_address() -> None:
    """`listCallStatements` for `/v1/calls/{id}/statements`, `getCallComparison` for `/v1/calls/{id}/comparison`."""
    for method, path, operation in WRITES:
        _, resource, *steps = path.removeprefix("/v1").split("/")
        one = "party" if resource == "parties" else resource.removesuffix("s")
        verb = {"post": "create", "put": "put", "patch": "change", "delete": "remove"}[method]
        # What stands for none of the records is a verb, and what follows the records is one of theirs.
        verb = next((step for step in reversed(steps) if step.isalpha() and step != "proposals"), verb)
        part = "Proposal" if "proposals" in steps else ""
        assert operation["operationId"] == verb + one.title() + part
    for path, operation in OPERATIONS:
        if path.startswith("/v1") and "history" not in path:
            _, resource, *steps = path.removeprefix("/v1").split("/")
            one = "party" if resource == "parties" else resource.removesuffix("s")
            # Of a record's own there are lists, and what is told of it as a whole.
            told = "get" if steps[1:] in (["comparison"], ["diff"]) else "list"
            words = {0: ["list", resource], 1: ["get", one], 2: [told, one, steps[-1] if steps else ""]}[len(steps)]
            assert operation["operationId"] == words[0] + "".join(map(str.title, words[1:]))


def test_every_problem_is_declared() -> None:
    """But for a method that is not allowed, which belongs to no operation; those of keys where one is asked for."""
    private = create_app(Settings(reads="private")).openapi()["paths"].values()
    operations = [*(operation for _, operation in EVERY), *(one for path in private for one in path.values())]
    declared = {int(status) for operation in operations for status in operation["responses"]}
    assert {problem.status for problem in every_problem()} - declared == {MethodNotAllowed.status}


async def test_declared_headers_are_sent(client: httpx.AsyncClient) -> None:
    """With what was asked for, with 304, and with problems; to a page of another origin, since one header is for it."""
    for path, operation in OPERATIONS:
        here = address(path, operation)
        asked: list[tuple[str, dict[str, str]]] = [
            (here, {}),
            (f"{here}?colour=%zz", {}),
            (f"{here}?{'x' * 8000}", {}),
            (f"{here}?name=%00", {}),
        ]
        if path.startswith("/v1"):
            tag = (await client.get(here)).headers["etag"]
            asked += [(here, {"If-None-Match": tag}), (here, {"Accept": "text/turtle"})]
        if "{id}" in path:
            asked.append((path.format(**examples_of(operation, "path") | {"id": "none"}), {}))
        for target, headers in asked:
            answer = await client.get(target, headers={"Origin": "https://example.org"} | headers)
            for name in response_of(operation, answer.status_code)["headers"].keys() - SOMETIMES:
                jsonschema.Draft202012Validator(_SHARED["headers"][name]["schema"]).validate(answer.headers[name])


@pytest.mark.parametrize("name", _SHARED["responses"])
def test_a_shared_answer_is_described(name: str) -> None:
    """A problem in its own media type, with an example of each kind in the declared shape."""
    response = _SHARED["responses"][name]
    if name in {"NotModified", "Moved"}:
        assert "content" not in response
        return
    ((media_type, content),) = response["content"].items()
    assert media_type == "application/problem+json"
    (status,) = {kind.status for kind in every_problem() if kind.__name__ == name}
    assert content["examples"].keys() == {kind.kind() for kind in every_problem() if kind.status == status}
    for kind, example in content["examples"].items():
        jsonschema.Draft202012Validator({**content["schema"], "components": _SHARED}).validate(example["value"])
        assert example["value"]["type"] == f"/problems#{kind}"
        assert example["value"]["status"] == status


def _leaves_open(schema: dict[str, Any]) -> list[str]:
    """What a schema leaves open of its own values: how long, large or many they are."""
    kinds = schema.get("type", [])
    found = [
        kind
        for kind in ([kinds] if isinstance(kinds, str) else kinds)
        if not schema.keys() & {"enum", "const"} and not all(schema.keys() & names for names in _BOUNDS.get(kind, ()))
    ]
    found += [f"any {name}" for name in ("schema", "items") if not schema.get(name, _SAID).keys() & _SAID.keys()]
    return [*found, "any members"] if schema.get("additionalProperties") else found


def _loose(part: Any, place: str) -> Iterator[str]:
    """Where the schemas in a part of the document leave something open."""
    if isinstance(part, list):
        for number, member in enumerate(part):
            yield from _loose(member, f"{place}/{number}")
    if isinstance(part, dict):
        yield from (f"{place}: {what}" for what in _leaves_open(part))
        for name, member in part.items():
            # The members of `properties` are schemas, whatever their names.
            if name not in {"default", "example", "examples"} or place.endswith("/properties"):
                yield from _loose(member, f"{place}/{name}")


# A schema has to have one of these.
_SAID = {"type": None, "$ref": None, "anyOf": None, "oneOf": None}
# And of each of these, one at least.
_BOUNDS: dict[str, list[set[str]]] = {
    "string": [{"maxLength"}, {"pattern", "format"}],
    "integer": [{"format"}, {"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}],
    "number": [{"format"}, {"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}],
    "array": [{"maxItems"}, {"items"}],
    "object": [{"additionalProperties"}],
}


def test_every_value_is_bounded() -> None:
    """Every schema says how large its values can be: in parameters, answers and headers."""
    assert list(_loose(DOCUMENT["paths"], "paths")) == []
    assert list(_loose(_SHARED, "components")) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "maxLength": 5},
        {"type": "string", "format": "uuid"},
        {"type": ["string", "null"], "pattern": "^a$"},
        {"type": "integer", "format": "int32", "minimum": 0},
        {"type": "integer", "maximum": 1, "minimum": 0},
        {"type": "number", "format": "double", "maximum": 1},
        {"type": "array", "items": {"type": "boolean"}},
        {"type": "array", "maxItems": 5, "items": {}},
        {"type": "object", "properties": {}},
        {"type": "object", "additionalProperties": {"type": "boolean"}},
        {"anyOf": [{"type": "null"}, {"type": "string"}]},
    ],
)
def test_a_loose_value_would_be_seen(schema: dict[str, Any]) -> None:
    """Wherever it stands, also as a property with the name of a keyword."""
    place = {"properties": {"examples": schema}, "type": "object", "additionalProperties": False}
    assert list(_loose({"schema": place}, "paths"))


def test_every_setting_is_documented() -> None:
    """The guide has a table of all environment variables with their defaults."""
    text = (ROOT / "docs" / "operating.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `((?:TELCON|DATABASE)_\w+)` \| (.*?) \|", text, re.MULTILINE))
    fields = {
        field.validation_alias or f"TELCON_{name.upper()}": field for name, field in Settings.model_fields.items()
    }
    assert told.keys() == fields.keys()
    for variable, field in fields.items():
        if variable == "TELCON_DATA_DIR":
            assert told[variable] == "the user's data folder"
        elif not field.default:
            assert told[variable] == "none"
        else:
            shown = int(field.default) if isinstance(field.default, float) else field.default
            assert told[variable] == f"`{shown}`", variable


def test_the_origins_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Separated by commas, and written as browsers write them."""
    for given, origins in {
        "": (),
        "https://edit.example.org": ("https://edit.example.org",),
        "https://a.example,http://b.example:8443, https://[::1]": (
            *("https://a.example", "http://b.example:8443", "https://[::1]"),
        ),
    }.items():
        monkeypatch.setenv("TELCON_WRITE_ORIGINS", given)
        assert Settings().write_origins == origins
    for given in (
        "*",
        "a.example",
        "https://a.example/",
        "https://a.example/x",
        "https://A.example",
        "null",
        "file://x",
    ):
        monkeypatch.setenv("TELCON_WRITE_ORIGINS", f"https://b.example,{given}")
        with pytest.raises(ValidationError):
            Settings()


async def test_the_document_is_what_the_service_serves(client: httpx.AsyncClient, app: FastAPI) -> None:
    """`/openapi.json` and `telcon openapi` give one document."""
    assert (await client.get("/openapi.json")).json() == json.loads(json.dumps(app.openapi())) == DOCUMENT
