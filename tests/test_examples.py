"""The examples in the document are the seed's own."""

import httpx
import jsonschema

from app.filters import CURSOR
from tests.examples import answers
from tests.test_contract import DOCUMENT, OPERATIONS


async def test_the_example_of_an_answer_is_what_the_seed_answers(client: httpx.AsyncClient) -> None:
    """To the examples of the operation's parameters, all of them together; `make examples` writes them anew."""
    told = {
        operation["operationId"]: operation["responses"]["200"]["content"]["application/json"]["example"]
        for _, operation in OPERATIONS
    }
    assert told == await answers(client)


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
