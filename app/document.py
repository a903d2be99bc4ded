"""The OpenAPI document: what the framework derives from the routes, with the guide and what it cannot know."""

import inspect
import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts
from pydantic import BaseModel

import app as telcon
from app.asking import filters_of
from app.authorisation import READING, SCHEMES, is_open
from app.bodies import TAKEN
from app.chunks import EventStream
from app.conditional import JSON
from app.content import IMPORTS, MERGE_PATCH
from app.declared import HEADERS, IF_NONE_MATCH, NOTE, SENT
from app.fields import ProblemOut
from app.filters import Filters, PageFilters
from app.problems import PROBLEM_JSON, Forbidden, InvalidRequest, Unauthorised, every_problem
from app.routing import headers
from app.streamed import describe_events, describe_streams
from app.writes import body_of

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

**Compare** the accounts of a call with `/v1/calls/{id}/comparison`: which points they share, what one alone reports,
and what is contested; and two wordings of a readout with `/v1/readouts/{id}/diff`.

**Page** by following `page.next` as `cursor`, or the `Link` header. A walk shows every record once, even while others
are added. **Embed** with `include`. **Count** with `count=exact`, and by leader, year, topic and more with `facet`.
**Take all** of a list at once, as a stream, with `format=ndjson` or `format=csv`.

**Dates** are recorded in EDTF (ISO 8601-2): a day, a month, a year, `2020-03-1X`, `2020?`, `[2020-03-18,2020-03-19]`,
an interval. `earliest` and `latest` are the bounds; `date_match=certain` asks for calls that lie wholly inside a span.

**Offsets** count Unicode code points from 0, end excluded: `text[start:end]` in Python,
`[...text].slice(start, end).join("")` in JavaScript.

**Mirror** with `telcon export` and `telcon import`, which move whole records as NDJSON; the JSON Schema of the lines is
at [`/v1/schemas/record.json`](/v1/schemas/record.json). **Follow** what changes by asking `/v1/changes` again and again
with `after`, or over the stream of it: every change is told exactly once, in an order that lasts.

**Keys** are asked for by operations that have a lock here, and sent as `Authorization: Bearer`. The service's operator
makes them with `telcon keys create`.

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
    "drafts": "What is proposed to be recorded of a readout's text, until a person accepts, corrects or rejects it.",
    "changes": "What changed, in one lasting order, to be followed without missing anything.",
    "imports": "Many records at once, as lines.",
    "schemas": "What lines of records look like that travel from one service to another.",
    "service": "Whether the service is well.",
}
EXAMPLES = Path(__file__).parent / "examples.json"
"""What the seed answers to each operation, asked with its example parameters; `make examples` writes it."""
_REF = "#/components/schemas/"
# By how many characters a format is bounded, for readers who look at `maxLength` alone.
_LONGEST = {"uuid": 36, "date-time": 35, "date": 10}
# The general problem of a status gives its answer the name.
_ANSWERS = {304: "NotModified", 308: "Moved"} | {kind.status: kind.__name__ for kind in reversed(every_problem())}


def describe(app: FastAPI, *, private: bool) -> None:
    """Let the application make its document once, when it is first asked for.

    `private` is whether reading takes a key.
    """

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, private=private)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI, *, private: bool) -> dict[str, Any]:
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
    # Nobody has to say who they are, unless an operation asks for it.
    document["security"] = [{}]
    components = document["components"]
    # The framework declares its own error shape, which is never answered.
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    if private:
        components["securitySchemes"] = SCHEMES
    # What the framework is not told of, as it does not write it.
    _add(components, ProblemOut)
    components["responses"] = {}
    examples = json.loads(EXAMPLES.read_text("utf-8"))
    routes = {route.unique_id: route for route in iter_route_contexts(app.routes)}
    for address, path in document["paths"].items():
        for method, operation in path.items():
            route = routes[operation["operationId"]]
            filters = filters_of(route.endpoint)
            operation["parameters"] = [*operation.get("parameters", ()), *_parameters(filters)]
            body = body_of(route.endpoint)
            if address == IMPORTS:
                operation["parameters"].append(NOTE)
            if body is not None:
                # Of what changes a record it has to be said which version is meant, whatever the method; what conflicts
                # with none changes none.
                if "409" in operation["responses"]:
                    operation["parameters"] += SENT[
                        "patch" if "428" in operation["responses"] and method == "post" else method
                    ]
                if body is not BaseModel:
                    _take(operation, method, body, components, examples.get(f"{operation['operationId']} body"))
            if private and method == "get" and "security" not in operation and not is_open(address):
                operation["security"] = READING
            _secure(operation)
            _tidy(operation)
            _stream(operation, route, filters, examples)
            _answer(operation, components, examples)
    answered = json.dumps([document["paths"], components["responses"]])
    components["headers"] = {
        name: header for name, header in HEADERS.items() if f'"#/components/headers/{name}"' in answered
    }
    _drop_unsent(document)
    _plain(components)
    _plain(document["paths"])
    return document


def _drop_unsent(document: dict[str, Any]) -> None:
    """Drop the schemas that nothing refers to: of what is only ever patched, the whole is never sent."""
    told, schemas = json.dumps(document), document["components"]["schemas"]
    for name in [name for name in schemas if f'"{_REF}{name}"' not in told]:
        del schemas[name]


def _stream(
    operation: dict[str, Any], route: RouteContext, filters: type[Filters] | None, examples: dict[str, Any]
) -> None:
    """Say what an operation streams, if it streams anything."""
    if route.response_class is EventStream:
        describe_events(operation, examples["listChanges"])
    elif filters is not None and issubclass(filters, PageFilters):
        describe_streams(operation, route.response_model, examples[operation["operationId"]])


def _take(
    operation: dict[str, Any], method: str, body: type[BaseModel], components: dict[str, Any], example: Any
) -> None:
    """Say what the content of a request that writes looks like: a document, or a patch of one."""
    media_type = TAKEN.get(method.upper())
    if media_type is None:
        return
    name = body.__name__
    _add(components, body)
    if media_type == MERGE_PATCH:
        name = _add_patch(components["schemas"], name)
    content = {"schema": {"$ref": f"#/components/schemas/{name}"}, "example": example}
    operation["requestBody"] = {"required": True, "content": {media_type: content}}


def _add_patch(schemas: dict[str, Any], name: str) -> str:
    """Add what a patch of a shape looks like, and of the objects in it, which are patched too; gives its name."""
    patch = f"{name}Patch"
    if patch not in schemas:
        schema = schemas[name]
        if "properties" in schema:
            schemas[patch] = {
                "type": "object",
                "description": "What is to be other in a document; null takes a member away.",
                "additionalProperties": False,
            }
            members = {member: _changed(schemas, told) for member, told in schema["properties"].items()}
            schemas[patch]["properties"] = {member: _or_null(told) for member, told in members.items()}
        else:
            # One of several kinds, by the members that it has.
            schemas[patch] = {"description": schema["description"], "anyOf": _kinds(schemas, schema)}
    return patch


def _changed(schemas: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """The schema of a member in a patch: an object is patched, too."""
    if "$ref" in told:
        kind = told["$ref"].rpartition("/")[2]
        return {**told, "$ref": _REF + _add_patch(schemas, kind)} if "properties" in schemas[kind] else told
    if "anyOf" in told:
        return {**told, "anyOf": [_changed(schemas, one) for one in told["anyOf"]]}
    return told


def _kinds(schemas: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The patches of the kinds that a shape may be of, and of the kinds of these."""
    if "$ref" in schema:
        return [{"$ref": _REF + _add_patch(schemas, schema["$ref"].rpartition("/")[2])}]
    several = (*schema.get("anyOf", ()), *schema.get("oneOf", ()))
    return [kind for one in several for kind in _kinds(schemas, one)]


def _add(components: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Add the schema of a model and of what it is made of, which the framework does not know of; gives its own."""
    schema: dict[str, Any] = jsonable_encoder(
        model.model_json_schema(ref_template="#/components/schemas/{model}"), exclude_none=True
    )
    components["schemas"] |= schema.pop("$defs", {})
    components["schemas"][model.__name__] = schema
    return schema


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a member in a patch, where it may be null."""
    told = {name: member for name, member in schema.items() if name != "default"}
    if {"type": "null"} in told.get("anyOf", ()):
        return told
    return {"anyOf": [told, {"type": "null"}]}


def _secure(operation: dict[str, Any]) -> None:
    """Say of an operation that takes a key with which scope, and what it answers where that is missing."""
    if "security" not in operation:
        return
    ((name, scopes),) = operation["security"][0].items()
    # In words: as a list beside the scheme, tools take scopes for those of OAuth.
    operation["security"] = [{name: []}]
    operation["description"] += f"\n\nIt takes a key with the scope `{scopes[0]}`."
    for kind in (Unauthorised, Forbidden):
        operation["responses"][str(kind.status)] = {
            "description": kind.title,
            "headers": headers("Cache-Control", *kind.headers),
            "content": {PROBLEM_JSON: {"schema": {"$ref": f"#/components/schemas/{ProblemOut.__name__}"}}},
        }


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
        # Forms are filled in with an example that stands here. A cursor belongs to one question only, and which times
        # are past to one service.
        if schema.get("examples") and parameter["name"] not in {"cursor", "after", "as_of"}:
            parameter["example"] = schema["examples"][0]
        schema.pop("description", None)
        if schema.get("default", ...) is None:
            del schema["default"]
    if "304" in operation["responses"]:
        operation["parameters"].append(IF_NONE_MATCH)


def _answer(operation: dict[str, Any], components: dict[str, Any], examples: dict[str, Any]) -> None:
    """Say what the answer looks like, and refer to those that operations share."""
    told = operation["operationId"]
    for status, response in operation["responses"].items():
        name = _ANSWERS.get(int(status))
        if name is None:
            if JSON not in response.get("content", ()):
                continue
            content = response["content"][JSON]
            content["example"] = examples.get(f"{told} {status}", examples.get(told))
            shape = components["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
            response["description"] = shape["description"].partition("\n")[0]
            if "page" in shape["properties"]:
                response["headers"] |= headers("Link")
            continue
        if int(status) >= HTTPStatus.BAD_REQUEST:
            (described,) = response["content"].values()
            response["content"] = {PROBLEM_JSON: described | {"examples": _examples_of(int(status))}}
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
