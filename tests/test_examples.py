"""The examples in the document are the seed's own."""

import httpx
import jsonschema

from app.filters import CURSOR
from tests.conftest import ORIGIN
from tests.examples import BODIES, answers, timeless, written
from tests.test_contract import DOCUMENT, KEYED, OPERATIONS, WRITES, response_of, validator_of


async def test_the_example_of_an_answer_is_what_the_seed_answers(client: httpx.AsyncClient) -> None:
    """To the examples of the operation's parameters, all of them together; `make examples` writes them anew."""
    told = {
        operation["operationId"]: operation["responses"]["200"]["content"]["application/json"]["example"]
        for _, operation in OPERATIONS
    }
    assert told == await answers(client)


async def test_the_examples_of_what_is_written_work(editor: httpx.AsyncClient) -> None:
    """One after another, each answered in its declared shape with its declared headers, as the document shows it."""
    editor.headers["Origin"] = ORIGIN
    told = await written(editor)
    for path, operation, answer in told:
        assert answer.is_success, (operation["operationId"], answer.text)
        declared = response_of(operation, answer.status_code)
        for name in declared["headers"].keys() - {"Idempotency-Replayed", "Link"}:
            validator = jsonschema.Draft202012Validator(DOCUMENT["components"]["headers"][name]["schema"])
            validator.validate(answer.headers[name])
        if answer.content:
            validator_of(operation, answer.status_code, "application/json").validate(answer.json())
            shown = declared["content"]["application/json"]["example"]
            assert shown == timeless(answer.json()), path
    done = {operation["operationId"] for _, operation, _ in told}
    asked = {operation["operationId"] for _, operation in KEYED}
    assert done == asked | {operation["operationId"] for _, path, operation in WRITES if path != "/v1/imports"}


def test_the_examples_of_contents_are_what_is_declared() -> None:
    """Each by its own schema, where it stands beside it."""
    for _, _, operation in WRITES:
        for media_type, content in operation.get("requestBody", {"content": {}})["content"].items():
            if "json" in media_type and media_type != "application/x-ndjson":
                assert content["example"] == BODIES[operation["operationId"]]
                schema = {**content["schema"], "components": DOCUMENT["components"]}
                jsonschema.Draft202012Validator(schema).validate(content["example"])


async def test_the_example_of_a_cursor_is_one(client: httpx.AsyncClient) -> None:
    """It belongs to one question, and stands in the document as an example of the form."""
    page = await client.get("/v1/topics?limit=2")
    assert page.json()["page"]["next"] == CURSOR
    assert page.headers["link"] == DOCUMENT["components"]["headers"]["Link"]["example"]
    assert (await client.get("/v1/topics", params={"limit": 2, "cursor": CURSOR})).status_code == 200


def test_every_parameter_has_an_example() -> None:
    """One that its own schema allows."""
    for _, operation in OPERATIONS:
        for parameter in operation.get("parameters", ()):
            (example,) = parameter["schema"]["examples"]
            assert parameter.get("example", example) == example
            jsonschema.Draft202012Validator(parameter["schema"]).validate(example)
