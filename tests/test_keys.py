"""Keys: their form, how they are given out and taken back, and that nothing of one is left anywhere."""

import asyncio
import json
import os
import re
import string
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from uuid import UUID
from zlib import crc32

import asyncpg
import httpx
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli import cli
from app.db import Database, dsn
from app.keys import Key, NoKey, Principal, add_key, find_bearer, revoke_key
from app.vocabulary import KeyScope, terms
from tests.conftest import connected, opened
from tests.test_serve import PATIENCE, ROOT, assert_refused, environment, folder, run, serving

__all__ = ["folder"]
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
NOBODYS_ID = "01970000-0000-7000-8000-000000000000"
FAR = "2099-12-31"


def worth(digits: str) -> int:
    """The number that digits of base 62 stand for."""
    number = 0
    for digit in digits:
        number = number * 62 + DIGITS.index(digit)
    return number


@st.composite
def made(draw: st.DrawFn) -> str:
    """The text of a key of any 256 bits, put together without the service's help."""
    number, checked = draw(st.integers(0, 2**256 - 1)), ""
    for _ in range(43):
        number, digit = divmod(number, 62)
        checked = DIGITS[digit] + checked
    checked, number, checksum = f"tlc_{checked}", crc32(f"tlc_{checked}".encode()), ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        checksum = DIGITS[digit] + checksum
    return checked + checksum


@given(made())
def test_a_key_of_any_bits_is_read(text: str) -> None:
    """And shows itself only where its text is asked for."""
    key = Key.read(text)
    assert key.text == text
    assert key.hash == sha256(text.encode()).digest()
    for shown in (repr(key), str(key), f"{[key]}", f"{key!r:>80}"):
        assert text[4:] not in shown
        assert key.hash.hex() not in shown


@given(made(), st.integers(0, 52), st.characters(codec="latin-1"))
def test_one_other_character_is_refused(text: str, place: int, other: str) -> None:
    """Wherever it stands, in the prefix, the random part or the checksum."""
    changed = text[:place] + other + text[place + 1 :]
    if changed != text:
        with pytest.raises(NoKey) as refused:
            Key.read(changed)
        assert changed[4:] not in str(refused.value)


@given(made(), st.data())
def test_two_characters_that_changed_places_are_refused(text: str, data: st.DataObject) -> None:
    """Neighbours, as people swap them."""
    place = data.draw(st.integers(4, 51))
    changed = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if changed != text:
        with pytest.raises(NoKey):
            Key.read(changed)


@given(st.one_of(st.text(max_size=80), made().map(lambda text: text[:-1]), made().map(lambda text: f"{text}0")))
def test_another_text_is_no_key(text: str) -> None:
    """Of whatever length and script."""
    with pytest.raises(NoKey):
        Key.read(text)


def test_line_ends_and_other_scripts_are_no_part_of_a_key() -> None:
    """Though Python takes some of them for the end of a text or for digits."""
    text = Key.new().text
    for other in (f"{text}\n", f" {text}", text.upper(), text.replace("_", "-"), "tlc_" + "٣" * 49, ""):
        with pytest.raises(NoKey):
            Key.read(other)


def test_new_keys_are_read_and_differ() -> None:
    """Each of one length; their bits are spread over all 256, and so over all digits."""
    texts = {Key.new().text for _ in range(500)}
    assert len(texts) == 500
    assert all(re.fullmatch("tlc_[0-9A-Za-z]{49}", text) and Key.read(text) for text in texts)
    numbers = [worth(text[4:47]) for text in texts]
    assert max(numbers) < 2**256
    for bit in range(256):
        assert 150 < sum(number >> bit & 1 for number in numbers) < 350
    assert set("".join(text[5:47] for text in texts)) == set(DIGITS)


def test_what_scopes_allow() -> None:
    """Each scope, what it brings along, and no more."""
    every = cast("tuple[KeyScope, ...]", terms(KeyScope))
    for number, scope in enumerate(every):
        principal = Principal("Somebody", UUID(NOBODYS_ID), frozenset({scope}))
        assert [principal.may(wanted) for wanted in every] == [place <= number for place in range(3)]


async def given_out(database: Database, label: str = "Somebody", **ends: datetime) -> tuple[Key, UUID]:
    """A key that may read, and its id."""
    key = Key.new()
    async with database.writing() as connection:
        return key, await add_key(connection, key, label, ["records:read"], ends.get("expires_at"))


async def test_who_bears_a_key(empty_url: str) -> None:
    """Both keys of a label, until one is revoked; an unknown one is nobody's, and so is one that has expired."""
    async with opened(empty_url) as database:
        (old, old_id), (new, new_id) = await given_out(database), await given_out(database)
        assert await find_bearer(database.reader, old) == Principal("Somebody", old_id, frozenset({"records:read"}))
        assert await find_bearer(database.reader, new) == Principal("Somebody", new_id, frozenset({"records:read"}))
        async with database.writing() as connection:
            assert await revoke_key(connection, old_id) is True
        assert await find_bearer(database.reader, old) is None
        assert await find_bearer(database.reader, new) is not None
        async with database.writing() as connection:
            assert await revoke_key(connection, old_id) is False
            assert await revoke_key(connection, UUID(NOBODYS_ID)) is None
        assert await find_bearer(database.reader, Key.new()) is None
        soon = datetime.now(UTC) + timedelta(seconds=0.3)
        ending, _ = await given_out(database, expires_at=soon)
        assert await find_bearer(database.reader, ending) is not None
        await asyncio.sleep(0.4)
        assert await find_bearer(database.reader, ending) is None


async def test_a_key_is_found_by_the_index(empty_url: str) -> None:
    """So that no comparison of secrets is made one by one."""
    async with opened(empty_url) as database:
        for _ in range(300):
            await given_out(database)
    async with connected(empty_url) as connection:
        await connection.execute("ANALYZE keys")
        plan = await connection.fetch("EXPLAIN SELECT id FROM keys WHERE hash = $1 AND revoked_at IS NULL", b"0" * 32)
    assert "keys_hash_key" in " ".join(row[0] for row in plan)


def get(address: str, key: str) -> httpx.Response:
    """What an address answers to the bearer of a key."""
    return httpx.get(address, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE)


def parts_of(key: str) -> Iterator[str]:
    """A key's text, and pieces of it that would give away a good deal."""
    yield from (key, key[4:47], key[4:24], key[27:47], key.lower(), key[::-1])
    yield from (key.encode().hex(), key[4:47].encode().hex())


async def test_only_a_hash_is_kept(folder: Path, empty_url: str) -> None:
    """Whatever the table has of a key, as a row and as it is dumped, the key is not in it."""
    created = await run(folder, *("keys", "create", "--label", "Somebody", "--scope", "admin"), DATABASE_URL=empty_url)
    key = created[1].strip()
    async with connected(empty_url) as connection:
        row = await connection.fetchrow("SELECT * FROM keys")
        dumped = folder / "dump"
        with dumped.open("wb") as file:
            await connection.copy_from_table("keys", output=file)
        assert set(row.keys()) == {"id", "label", "hash", "scopes", "created_at", "expires_at", "revoked_at"}
        assert row["hash"] == sha256(key.encode()).digest()
        everywhere = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        kept = str(dict(row)) + dumped.read_text()
        for (table,) in everywhere:
            kept += str(await connection.fetch(f"SELECT t::text FROM {table} t"))
    assert "Somebody" in kept
    for part in parts_of(key):
        assert part not in kept


async def test_the_commands(folder: Path, empty_url: str) -> None:
    """A key alone on standard output, once; a list without it; and a key that is taken back, but not twice."""
    settings = {"DATABASE_URL": empty_url}
    wanted = ("--label", "  Editors in 大连 ", "--scope", "records:write", "--scope", "admin", "--scope", "admin")
    code, key, told = await run(folder, "keys", "create", *wanted, "--expires", FAR, **settings)
    assert code == 0
    assert re.fullmatch(r"tlc_[0-9A-Za-z]{49}\n", key)
    assert key.strip() not in told
    key_id = re.fullmatch(r"This key of Editors in 大连 is shown this once; .*revoke (\S{36})\n", told)
    assert key_id, told
    _, second, _ = await run(folder, "keys", "create", "--label", "Editors in 大连", "--scope", "admin", **settings)
    code, listed, errors = await run(folder, "keys", "list", **settings)
    assert (code, errors) == (0, "")
    head, *lines = [line.split("\t") for line in listed.splitlines()]
    assert head == ["id", "label", "scopes", "created", "expires", "revoked"]
    assert [line[1:3] + line[4:] for line in lines] == [
        ["Editors in 大连", "admin records:write", "2099-12-31T00:00:00Z", "-"],
        ["Editors in 大连", "admin", "-", "-"],
    ]
    assert lines[0][0] == key_id[1]
    assert all(datetime.now(UTC) - datetime.fromisoformat(line[3]) < timedelta(minutes=5) for line in lines)
    for text in (key, second):
        for part in parts_of(text.strip()):
            assert part not in listed
    assert await run(folder, "keys", "revoke", key_id[1], **settings) == (0, "", f"The key {key_id[1]} is revoked.\n")
    _, listed, _ = await run(folder, "keys", "list", **settings)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", listed.splitlines()[1].split("\t")[5])
    assert listed.splitlines()[2].endswith("\t-")
    await assert_refused(folder, ["keys", "revoke", key_id[1]], "is revoked already", **settings)


MOMENTS = {
    "2098-03-04": "2098-03-04T00:00:00Z",
    "2098-03-04t05:06:07.5z": "2098-03-04T05:06:07Z",
    "2098-03-04 05:06:08": "2098-03-04T05:06:08Z",
    "2098-03-04T05:06:07+08:00": "2098-03-03T21:06:07Z",
}


async def test_when_a_key_ends(folder: Path, empty_url: str) -> None:
    """A date when it begins; a time in UTC, or with its offset."""
    wanted = ("keys", "create", "--scope", "records:read", "--label")
    ends = await asyncio.gather(
        *(run(folder, *wanted, f"until {text}", "--expires", text, DATABASE_URL=empty_url) for text in MOMENTS)
    )
    assert [code for code, _, _ in ends] == [0] * len(MOMENTS)
    _, listed, _ = await run(folder, "keys", "list", DATABASE_URL=empty_url)
    lines = [line.split("\t") for line in listed.splitlines()[1:]]
    assert {line[1]: line[4] for line in lines} == {f"until {text}": moment for text, moment in MOMENTS.items()}


CREATE = ("keys", "create", "--scope", "admin", "--label")


@pytest.mark.parametrize(
    ("arguments", "saying"),
    [
        *(([*CREATE, label], "a label has") for label in ("", " ", "x" * 101, "two\nlines", "tab\tbed", "\udcff")),
        (["keys", "create", "--label", "x", "--scope", "records:delete"], "--scope takes records:read"),
        *(
            ([*CREATE, "x", "--expires", wrong], "--expires takes a date")
            for wrong in ("tomorrow", "2098", "2098-02-30", "20980304", "2098-W01-1", "9999-12-31T23:59:59-01:00", "")
        ),
        *(([*CREATE, "x", "--expires", past], "still to come") for past in ("2020-01-01", "2026-01-01T00:00:00+14:00")),
        (["keys", "revoke", "x"], "by its id"),
        (["keys", "revoke", Key.new().text], "by its id"),
    ],
)
def test_what_is_refused_at_once(arguments: list[str], saying: str) -> None:
    """In one line that says why, and does not repeat what may be a key."""
    ended = CliRunner().invoke(cli, arguments)
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert re.fullmatch(r"telcon: [^\n]+\n", ended.stderr)
    assert saying in ended.stderr
    assert arguments[-1] not in ended.stderr or len(arguments[-1]) < 2


async def test_what_a_database_refuses(folder: Path, empty_url: str, server: str) -> None:
    """A key that is not there, and every command where there is no table for keys."""
    await asyncio.gather(
        assert_refused(folder, ["keys", "revoke", NOBODYS_ID], "there is no key", DATABASE_URL=empty_url),
        *(
            assert_refused(folder, command, "telcon db upgrade", DATABASE_URL=server)
            for command in (["keys", "list"], [*CREATE, "x"], ["keys", "revoke", NOBODYS_ID])
        ),
    )


async def test_keys_of_the_embedded_database(folder: Path) -> None:
    """Given out before the service was ever started, and taken back beside it."""
    place = ("--data-dir", str(folder / "data"))
    assert (await run(folder, "db", "upgrade", *place))[0] == 0
    code, key, _ = await run(folder, "keys", "create", "--label", "x", "--scope", "records:read", *place)
    assert code == 0
    _, listed, _ = await run(folder, "keys", "list", *place)
    with serving(folder, *place, TELCON_READS="private") as service:
        calls = f"{service.address}/v1/calls"
        assert get(calls, key.strip()).status_code == 200
        assert (await run(folder, "keys", "revoke", listed.splitlines()[1].split("\t")[0], *place))[0] == 0
        assert get(calls, key.strip()).status_code == 401


async def test_a_revoked_key_is_refused_by_every_worker(folder: Path, own_seeded_url: str) -> None:
    """Within 5 seconds, over connections that each worker has had open all along; nothing of the key is logged."""
    settings = {"DATABASE_URL": own_seeded_url}
    _, key, _ = await run(folder, "keys", "create", "--label", "x", "--scope", "records:read", **settings)
    _, listed, _ = await run(folder, "keys", "list", **settings)
    key, key_id = key.strip(), listed.splitlines()[1].split("\t")[0]
    bearing = {"Authorization": f"Bearer {key}"}
    with serving(folder, "--workers", "2", TELCON_READS="private", **settings) as service, ExitStack() as stack:
        clients: list[httpx.Client] = []
        parent = psutil.Process(service.process.pid)
        port = httpx.URL(service.address).port

        def at_work() -> int:
            """How many workers hold a connection of ours."""
            return sum(
                any(one.status == "ESTABLISHED" and one.laddr.port == port for one in worker.net_connections("tcp"))
                for worker in parent.children(recursive=True)
            )

        while at_work() < 2:
            assert len(clients) < 200
            clients.append(
                stack.enter_context(httpx.Client(base_url=service.address, headers=bearing, timeout=PATIENCE))
            )
            assert clients[-1].get("/v1/calls").status_code == 200
        revoked = asyncio.create_task(run(folder, "keys", "revoke", key_id, **settings))
        assert (await revoked)[0] == 0
        done = datetime.now(UTC)
        for client in clients:
            answer = client.get("/v1/calls")
            assert answer.status_code == 401
            assert 'error="invalid_token"' in answer.headers["www-authenticate"]
            assert all(part not in answer.text + str(answer.headers) for part in parts_of(key))
        assert datetime.now(UTC) - done < timedelta(seconds=5)
        for path in ("/v1/calls", "/v1/calls?q=%zz", "/none"):
            get(f"{service.address}{path}", key)
        assert service.end() == 0
        assert service.said() == ""
        assert all(part not in service.printed for part in parts_of(key))


async def test_nothing_of_a_key_is_logged(folder: Path, own_seeded_url: str) -> None:
    """Not when the database fails while the key is looked up, which is told on standard error."""
    settings = {"DATABASE_URL": own_seeded_url}
    _, key, _ = await run(folder, "keys", "create", "--label", "x", "--scope", "records:read", **settings)
    key = key.strip()
    connection = await asyncpg.connect(dsn(own_seeded_url))
    with serving(folder, TELCON_READS="private", **settings) as service:
        calls = f"{service.address}/v1/calls"
        assert get(calls, key).status_code == 200
        async with connection.transaction():
            await connection.execute("LOCK TABLE keys IN ACCESS EXCLUSIVE MODE")
            late = await asyncio.to_thread(get, calls, key)
        await connection.execute("ALTER TABLE keys RENAME COLUMN label TO other")
        fault = await asyncio.to_thread(get, calls, key)
        assert (late.status_code, fault.status_code) == (503, 500)
        assert service.end() == 0
        said = service.said()
    await connection.close()
    assert "Traceback" in said
    assert "database:" in said
    for part in (*parts_of(key), sha256(key.encode()).hexdigest()):
        assert part not in said + late.text + fault.text


def guide(kind: str) -> list[str]:
    """The blocks of one kind in the guide."""
    return re.findall(rf"```{kind}\n(.*?)```", (ROOT / "docs" / "keys.md").read_text("utf-8"), re.DOTALL)


async def test_the_guide(folder: Path, own_seeded_url: str) -> None:
    """Its commands, one after the other, against a service of the kind that it tells of."""
    listed = [line.split("\t") for line in guide("text")[0].splitlines()]
    settings = {"DATABASE_URL": own_seeded_url, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with serving(folder, TELCON_READS="private", DATABASE_URL=own_seeded_url) as service:
        create, ask, follow = guide("sh")
        follow = follow.replace(listed[1][0], '"$(telcon keys list | sed -n 2p | cut -f 1)"')
        script = f"{create}\n{ask}\necho\n{follow}\ntelcon keys list\n{ask}"
        script = script.replace("http://127.0.0.1:8000", service.address)
        process = await asyncio.create_subprocess_exec(
            *("bash", "-euo", "pipefail", "-c", script),
            env=environment(folder, **settings),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
    first, *lists, last = output.decode().splitlines()
    assert json.loads(first)["data"][0]["participants"]
    assert json.loads(last)["type"] == "/problems#unauthorised"
    shown, after = ([line.split("\t") for line in lists[number : number + 3]] for number in (0, 3))
    for line, told in zip(shown, listed, strict=True):
        assert [line[place] for place in (1, 2, 4, 5)] == [told[place] for place in (1, 2, 4, 5)]
        assert [len(part) for part in line] == [len(part) for part in told]
    assert [line[5] == "-" for line in after] == [False, False, True]


@given(made(), st.integers(0, 52), st.sampled_from(DIGITS))
def test_the_guide_tells_keys_as_the_service_does(text: str, place: int, other: str) -> None:
    """Of any bits, and with another digit somewhere."""
    told: dict[str, Any] = {}
    exec(guide("python")[0], told)  # noqa: S102 - the guide's own example
    changed = text[:place] + other + text[place + 1 :]
    assert told["is_key"](text)
    assert told["is_key"](changed) == (changed == text)
