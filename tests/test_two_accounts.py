"""The guide from two accounts to a comparison: its commands, run as they stand there, print what it shows."""

import asyncio
import json
import os
import re
import sys
from itertools import pairwise
from pathlib import Path

from tests.test_readme import shortened, shows
from tests.test_serve import PATIENCE, ROOT, environment, folder, serving

__all__ = ["folder"]

GUIDE = ROOT / "docs" / "two-accounts.md"
_END = "--- the end of a step ---"


def blocks() -> list[tuple[str, str]]:
    """The guide's blocks with their kinds, in its order."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


async def printed(folder: Path, steps: list[str], **settings: str) -> list[str]:
    """What each step prints, in one shell, since later steps use the variables of earlier ones."""
    script = "".join(f"{step}echo\necho '{_END}'\n" for step in steps)
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euo", "pipefail", "-c", script),
        cwd=folder,
        env=environment(folder, **settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    assert process.returncode == 0, (output.decode(), errors.decode())
    return output.decode().split(f"{_END}\n")[:-1]


async def test_the_guide(folder: Path, empty_url: str) -> None:
    """From the first command to the last, over a database without records."""
    (_, first), *rest = blocks()
    command, *arguments = first.split()[1:]
    assert command == "serve"
    steps = [text for kind, text in rest if kind == "sh"]
    told = {text: (kind, shown) for (before, text), (kind, shown) in pairwise(rest) if before == "sh" != kind}
    settings = {"DATABASE_URL": empty_url, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with serving(folder, *arguments, DATABASE_URL=empty_url) as service:
        here = [step.replace("http://127.0.0.1:8000", service.address) for step in steps]
        outputs = await printed(folder, here, **settings)
    assert len(outputs) == len(steps)
    assert sum(kind != "sh" for kind, _ in rest) == len(told) >= 14
    for step, output in zip(steps, outputs, strict=True):
        kind, shown = told.get(step, ("text", ""))
        if kind == "json":
            assert shows(shortened(shown), json.loads(output)), f"{step}{output}"
        else:
            assert output.split() == shown.split(), step


async def test_the_commands_for_writing(folder: Path, own_seeded_url: str) -> None:
    """They change the record that they name, and import what is there already."""
    text = (ROOT / "docs" / "writing.md").read_text("utf-8")
    steps = re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    made = 'KEY=$(telcon keys create --label "Editor" --scope records:write)\ntelcon export --output records.ndjson\n'
    settings = {"DATABASE_URL": own_seeded_url, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with serving(folder, DATABASE_URL=own_seeded_url) as service:
        here = [step.replace("http://127.0.0.1:8000", service.address) for step in steps]
        _, changed, imported = await printed(folder, [made, *here], **settings)
    tag, document = changed.split("\n", 1)
    assert re.fullmatch(r'etag: "v1\.[0-9a-f]+"\s*', tag)
    assert (json.loads(document)["version"], json.loads(document)["name"]) == (2, "Health of the public")
    outcomes = [json.loads(line)["outcome"] for line in imported.splitlines() if line]
    assert set(outcomes) == {"there"}
    assert len(outcomes) == (folder / "records.ndjson").read_bytes().count(b"\n")
