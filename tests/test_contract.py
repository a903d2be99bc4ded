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

from app.main import create_app
from app.settings import Settings
from tests.factories import World

DOCUMENT: dict[str, Any] = create_app(Settings()).openapi()
ROOT = Path(__file__).parents[1]
OPERATIONS = [(path, operation) for path, methods in DOCUMENT["paths"].items() for operation in methods.values()]
_IDS = [operation["operationId"] for _, operation in OPERATIONS]


def validator_of(operation: dict[str, Any], status: int, media_type: str) -> jsonschema.protocols.Validator:
    """A validator of one declared answer; unknown members are refused by the schemas themselves."""
    schema = operation["responses"][str(status)]["content"][media_type]["schema"]
    return jsonschema.Draft202012Validator(
        {**schema, "components": DOCUMENT["components"]}, format_checker=jsonschema.FormatChecker()
    )


def examples_of(operation: dict[str, Any], place: str) -> dict[str, Any]:
    """The first example of each parameter of an operation in a path or query."""
    return {
        parameter["name"]: parameter["schema"]["examples"][0]
        for parameter in operation["parameters"]
        if parameter["in"] == place and parameter["schema"].get("examples")
    }


def address(path: str, operation: dict[str, Any]) -> str:
    """The path of an operation with its examples put in."""
    return path.format(**examples_of(operation, "path")) if "parameters" in operation else path


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
    examples = examples_of(operation, "query") if "parameters" in operation else {}
    for query in [*({name: value} for name, value in examples.items()), examples]:
        answer = await client.get(address(path, operation), params=query)
        assert answer.status_code == 200, (query, answer.text)
        if "page" in answer.json():
            assert answer.json()["data"], query


async def test_generated_records_answer_in_their_declared_shapes(world_client: httpx.AsyncClient, world: World) -> None:
    """Every record of every kind, with everything embedded."""
    for path, operation in OPERATIONS:
        if "{id}" in path or not path.startswith("/v1"):
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
    for path, operation in OPERATIONS:
        assert re.fullmatch(r"(list|get|check)[A-Z][A-Za-z]+", operation["operationId"])
        assert operation["summary"]
        assert set(operation["tags"]) <= tags
        if path.startswith("/v1"):
            assert {"200", "304", "400", "406", "414", "422", "500", "503"} <= operation["responses"].keys()
            assert ("404" in operation["responses"]) == ("{id}" in path)
            for status, response in operation["responses"].items():
                assert int(status) < 400 or list(response["content"]) == ["application/problem+json"]
    assert len({operation["operationId"] for _, operation in OPERATIONS}) == len(OPERATIONS)


def _bounded(schema: Any, place: str) -> Iterator[str]:
    if isinstance(schema, dict):
        kind = schema.get("type")
        if kind == "string" and not {"maxLength", "enum", "const", "format"} & schema.keys():
            yield f"{place}: string"
        if kind == "integer" and not {"minimum", "maximum", "format"} <= schema.keys():
            yield f"{place}: integer"
        if kind == "array" and "maxItems" not in schema:
            yield f"{place}: array"
        for name, part in schema.items():
            if name not in {"examples", "default"}:
                yield from _bounded(part, f"{place}/{name}")
    elif isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from _bounded(part, f"{place}/{number}")


def test_every_value_is_bounded() -> None:
    """Strings, integers and arrays say how large they can be, in parameters and in answers."""
    unbounded = [*_bounded(DOCUMENT["components"]["schemas"], "schemas")]
    for _, operation in OPERATIONS:
        unbounded += _bounded(operation.get("parameters", []), operation["operationId"])
    assert unbounded == []


def test_every_setting_is_documented() -> None:
    """The README or the guide names each environment variable with its default."""
    told = "".join(path.read_text("utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"TELCON_{name.upper()}"
        assert f"`{variable}`" in told, variable


async def test_the_document_is_what_the_service_serves(client: httpx.AsyncClient, app: FastAPI) -> None:
    """`/openapi.json` and `telcon openapi` give one document."""
    assert (await client.get("/openapi.json")).json() == json.loads(json.dumps(app.openapi())) == DOCUMENT
