"""The examples in the document: each operation's parameters, and what the seed answers to them.

Run as a module, it writes the answers into the file that the document takes them from.
"""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

import httpx

from app import schema
from app.document import EXAMPLES
from app.embedded import embedded_postgres, ensure_database
from app.lines import record_schema
from app.seed import load_seed
from tests.conftest import client_of, opened, serving
from tests.test_contract import OPERATIONS, address, examples_of

SCHEMA = Path(__file__).parents[1] / "docs" / "record.schema.json"
"""The JSON Schema of the lines that records travel in."""


def timeless(answer: Any) -> Any:
    """The answer as if it had been recorded when the year began: when it was is not the seed's."""
    if isinstance(answer, list):
        return [timeless(item) for item in answer]
    if not isinstance(answer, dict):
        return answer
    recorded = {name: "2026-01-01T00:00:00Z" for name in ("created_at", "content_changed_at") if name in answer}
    return {name: timeless(member) for name, member in answer.items()} | recorded


async def answers(client: httpx.AsyncClient) -> dict[str, Any]:
    """What a service answers to each operation, asked with all its examples together."""
    given = {}
    for path, operation in OPERATIONS:
        asked, headers = examples_of(operation, "query"), examples_of(operation, "header")
        answer = await client.get(address(path, operation), params=asked, headers=headers)
        given[operation["operationId"]] = timeless(answer.raise_for_status().json())
    return given


async def main() -> None:
    """Ask a service over a database of its own."""
    with tempfile.TemporaryDirectory(prefix="telcon-") as folder, embedded_postgres(Path(folder)) as url:
        await ensure_database(url)
        async with opened(url) as database:
            await schema.upgrade(database)
            async with database.writing() as connection:
                await load_seed(connection)
        async with serving(url) as app, client_of(app) as client:
            SCHEMA.write_text(json.dumps(record_schema(), ensure_ascii=False, indent=1) + "\n", "utf-8")
            EXAMPLES.write_text(json.dumps(await answers(client), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    asyncio.run(main())
