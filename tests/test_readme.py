"""The README and the guide are true: every curl example answers what it shows."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[1]
LESS = "..."


def examples() -> Iterator[Any]:
    """Each curl command with the shortened answer below it."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for block in re.findall(r"```console\n\$ (.*?)\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
            yield pytest.param(*block, id=f"{path.stem}:{block[0][-50:]}")


def shortened(shown: str) -> Any:
    """The answer as shown, where `...` stands for members, elements or letters that are left out."""
    marked = re.sub(r",\s*\.\.\.\s*}", f', "{LESS}": null}}', shown)
    return json.loads(re.sub(r",\s*\.\.\.\s*]", f', "{LESS}"]', marked))


def shows(shown: Any, given: Any) -> bool:
    """Whether an answer is what is shown of it."""
    if isinstance(shown, dict) and isinstance(given, dict):
        wanted = shown.keys() - {LESS}
        whole = wanted <= given.keys() if LESS in shown else wanted == given.keys()
        return whole and all(shows(shown[name], given[name]) for name in wanted)
    if isinstance(shown, list) and isinstance(given, list):
        wanted_items = [item for item in shown if item != LESS]
        whole = len(given) >= len(wanted_items) if LESS in shown else len(given) == len(wanted_items)
        return whole and all(map(shows, wanted_items, given))
    if isinstance(shown, str) and isinstance(given, str) and shown.endswith(LESS):
        return given.startswith(shown.removesuffix(LESS).rstrip())
    return bool(shown == given)


@pytest.mark.parametrize(("command", "shown"), list(examples()))
async def test_an_example_answers_what_it_shows(client: httpx.AsyncClient, command: str, shown: str) -> None:
    """The address in the command, asked of the seed."""
    match = re.fullmatch(r"curl '(http://127\.0\.0\.1:8000/[^']*)'", command)
    assert match is not None, command
    answer = await client.get(match[1].removeprefix("http://127.0.0.1:8000"))
    assert shows(shortened(shown), answer.json()), answer.text


def test_a_wrong_example_would_be_seen() -> None:
    """The comparison refuses what the answer does not hold."""
    given = {"a": [1, 2], "b": "words and more"}
    assert shows({"a": [1, LESS], LESS: None}, given)
    assert shows({"a": [1, 2], "b": "words ..."}, given)
    assert not shows({"a": [1]}, given)
    assert not shows({"a": [2, LESS], LESS: None}, given)
    assert not shows({"a": [1, 2], "b": "word s ..."}, given)
    assert not shows({"c": 1, LESS: None}, given)


def test_there_are_examples() -> None:
    """Five in the README at least, and some in the guide."""
    text = (ROOT / "README.md").read_text("utf-8")
    assert text.count("$ curl ") >= 5
    assert len(list(examples())) > text.count("$ curl ")
