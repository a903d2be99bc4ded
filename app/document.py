"""The OpenAPI document: what the framework derives from the routes, with the guide and what it cannot know."""

import inspect
import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts

import app as telcon
from app.asking import filters_of
from app.conditional import JSON
from app.declared import HEADERS, IF_NONE_MATCH
from app.filters import Filters, PageFilters
from app.problems import PROBLEM_JSON, InvalidRequest, every_problem
from app.routing import headers
from app.streamed import describe_streams

GUIDE = """\
Which leaders spoke, when, for whom, and what each published account says that each of them said.

**A call** is one communication event. Its **participants** are leaders who take part for a **party**. A **readout** is
a released text about it; a **statement** is one utterance that a readout attributes to its speakers, with offsets into
the readout's text, so that every quotation can be checked. Where sources differ on a date, a channel or who initiated,
the **claims** tell each value with its evidence; the call shows the preferred one.

**Ask** by leader (`leader=Putin`, `leader=普京`, `leader=Q7747`; repeat it for calls between leaders), by date
(`date=2020-03`, `date_from=2020&date_to=2020-03-19`), by party, topic, channel and more; all filters combine. An
unknown parameter or value is a 422 that names it, never ignored.

**Search** with `q` in statements, readouts and calls: words in any form that the text's language gives them,
`"a phrase"`, this `or` that, `-without` this. `highlights` tell where; `sort=relevance` ranks the newest 100 matches.

**Page** by following `page.next` as `cursor`, or the `Link` header. A walk shows every record once, even while others
are added. **Embed** with `include`. **Count** with `count=exact`, and by leader, year, topic and more with `facet`.
**Take all** of a list at once, as a stream, with `format=ndjson` or `format=csv`.

**Dates** are recorded in EDTF (ISO 8601-2): a day, a month, a year, `2020-03-1X`, `2020?`, `[2020-03-18,2020-03-19]`,
an interval. `earliest` and `latest` are the bounds; `date_match=certain` asks for calls that lie wholly inside a span.

**Offsets** count Unicode code points from 0, end excluded: `text[start:end]` in Python,
`[...text].slice(start, end).join("")` in JavaScript.

**Mirror** with `telcon export` and `telcon import`, which move whole records as NDJSON; the JSON Schema of the lines is
at [`/v1/schemas/record.json`](/v1/schemas/record.json).

**Errors** are RFC 9457 `application/problem+json`. **Answers** carry an `ETag`; send it as `If-None-Match` and get 304
when nothing changed. Caches may keep them for some seconds; send `Cache-Control: no-cache` for the present state.
"""
_TAGS = {
    "calls": "Communication events: who spoke, when, how, and on whose initiative; and what belongs to one call.",
    "leaders": "People, with their names in every script and the offices they held.",
    "participants": "One leader's part in one call.",
    "statements": "What a readout reports that somebody said, with offsets into its text.",
    "readouts": "The released texts, each with its publisher, language and versions.",
    "publishers": "Who releases readouts, and for which party.",
    "parties": "The states and organisations on whose behalf people take part.",
    "dyads": "Two parties or two leaders, and their calls with each other.",
    "topics": "The controlled subject terms, in two levels.",
    "service": "Whether the service is well.",
}
EXAMPLES = Path(__file__).parent / "examples.json"
"""What the seed answers to each operation, asked with its example parameters; `make examples` writes it."""
# By how many characters a format is bounded, for readers who look at `maxLength` alone.
_LONGEST = {"uuid": 36, "date-time": 35, "date": 10}
# The general problem of a status gives its answer the name.
_ANSWERS = {304: "NotModified", 308: "Moved"} | {kind.status: kind.__name__ for kind in reversed(every_problem())}


def describe(app: FastAPI) -> None:
    """Let the application make its document once, when it is first asked for."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title="Telcon",
        version=telcon.__version__,
        summary="An open records service for diplomatic communication.",
        description=GUIDE,
        routes=app.routes,
        tags=[{"name": name, "description": description} for name, description in _TAGS.items()],
        servers=[{"url": "/", "description": "This service, in production or on a local machine"}],
        contact={"name": "The maintainers of Telcon"},
        license_info={"name": "Apache 2.0", "identifier": "Apache-2.0"},
    )
    document["servers"][0]["x-internal"] = False
    # Nobody has to say who they are.
    document["security"] = [{}]
    components = document["components"]
    # The framework declares its own error shape, which is never answered.
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    components["headers"] = HEADERS
    components["responses"] = {}
    examples = json.loads(EXAMPLES.read_text("utf-8"))
    routes = {route.unique_id: route for route in iter_route_contexts(app.routes)}
    for path in document["paths"].values():
        for operation in path.values():
            route, example = routes[operation["operationId"]], examples.get(operation["operationId"])
            filters = filters_of(route.endpoint)
            operation["parameters"] = [*operation.get("parameters", ()), *_parameters(filters)]
            _tidy(operation)
            if filters is not None and issubclass(filters, PageFilters):
                describe_streams(operation, route.response_model, example)
            _answer(operation, components, example)
    _plain(components)
    _plain(document["paths"])
    return document


def _parameters(model: type[Filters] | None) -> list[dict[str, Any]]:
    """The query's parameters, as the model that reads them describes them."""
    members = model.model_json_schema()["properties"] if model else {}
    return [
        {"name": name, "in": "query", "required": False, "schema": schema, "description": schema["description"]}
        for name, schema in members.items()
    ]


def _tidy(operation: dict[str, Any]) -> None:
    """Take the summary from the docstring, and say of parameters what HTTP knows: they are there or not, never null."""
    summary, _, description = operation.get("description", "").partition("\n")
    operation["summary"] = summary.rstrip(".").replace("`", "")
    operation["description"] = description.strip() or summary
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        choices = [choice for choice in schema.pop("anyOf", ()) if choice != {"type": "null"}]
        for choice in choices:
            schema.update(choice)
        # Forms are filled in with an example that stands here; a cursor belongs to one question only.
        if schema.get("examples") and parameter["name"] != "cursor":
            parameter["example"] = schema["examples"][0]
        schema.pop("description", None)
        if schema.get("default", ...) is None:
            del schema["default"]
    if "304" in operation["responses"]:
        operation["parameters"].append(IF_NONE_MATCH)


def _answer(operation: dict[str, Any], components: dict[str, Any], example: Any) -> None:
    """Say what the answer looks like, and refer to those that operations share."""
    for status, response in operation["responses"].items():
        name = _ANSWERS.get(int(status))
        if name is None:
            content = response["content"][JSON]
            content["example"] = example
            shape = components["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
            response["description"] = shape["description"].partition("\n")[0]
            if "page" in shape["properties"]:
                response["headers"] |= headers("Link")
            continue
        if int(status) >= HTTPStatus.BAD_REQUEST:
            schema = response["content"][JSON]["schema"]
            response["content"] = {PROBLEM_JSON: {"schema": schema, "examples": _examples_of(int(status))}}
        components["responses"][name] = response
        operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}


def _examples_of(status: int) -> dict[str, Any]:
    """A problem of each kind that has a status, told in the words of its description."""
    examples = {}
    for kind in every_problem():
        if kind.status == status:
            detail = (inspect.getdoc(kind) or "").replace("`", "")
            problem = kind.parameter("leader", detail) if issubclass(kind, InvalidRequest) else kind(detail)
            examples[kind.kind()] = {"summary": kind.title, "value": json.loads(problem.document("/v1/calls"))}
    return examples


def _plain(part: Any) -> None:
    """Drop titles that repeat names, write whole numbers as such, and bound the length of what a format bounds."""
    if isinstance(part, list):
        for member in part:
            _plain(member)
    if not isinstance(part, dict):
        return
    if isinstance(part.get("title"), str):
        del part["title"]
    if part.get("type") == "integer":
        part |= {bound: int(part[bound]) for bound in ("minimum", "maximum")}
    if part.get("type") == "string" and part.get("format") in _LONGEST:
        part["maxLength"] = _LONGEST[part["format"]]
    for name, member in part.items():
        if name not in {"default", "example", "examples"}:
            _plain(member)
