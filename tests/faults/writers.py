"""Writers that create, change and remove records over HTTP, insist on an answer, and note what was acknowledged."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx

Json = dict[str, Any]
LEADERS, PARTIES = ("xi-jinping", "vladimir-putin"), ("CN", "RU")
_PATIENCE = 20.0
_STATEMENTS = 12
_MOST_OWN = 12
_FOUND_OUT = frozenset((HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.GONE))
MERGE_PATCH = "application/merge-patch+json"
OF = {"calls": "title", "topics": "name", "leaders": "names", "participants": "office"}
"""By which member each record shows the note of the request that made its version."""


def call_document(note: str) -> Json:
    """A call of two with its readout, in which each says six sentences."""
    readout, text, statements = str(uuid4()), f"{note}\n", []
    for place in range(_STATEMENTS):
        said = f"This is what was said in sentence {place} of {note}."
        start = len(text)
        text += f"{said} "
        statements.append(
            {
                "readout": readout,
                "position": place + 1,
                "paragraph": 1 + place // 4,
                "speakers": [{"participant": f"p{place // 6}"}],
                "text": said,
                "start": start,
                "end": start + len(said),
                "attribution": {"kind": "inherited"},
            }
        )
    return {
        "slug": note,
        "title": note,
        "participants": [
            {"ref": f"p{place}", "leader": leader, "party": party, "office": "President"}
            for place, (leader, party) in enumerate(zip(LEADERS, PARTIES, strict=True))
        ],
        "readouts": [{"id": readout, "title": note, "language": "en", "versions": [{"text": text}]}],
        "statements": statements,
        "claims": [
            {"field": "date", "value": {"edtf": "2021-03-04"}, "basis": "stated", "preferred": True},
            {"field": "channel", "value": "telephone", "basis": "stated", "preferred": True},
        ],
    }


def shown(resource: str, note: str) -> Json:
    """The members of a record that show a note."""
    names = [{"name": note, "language": "en", "kind": "preferred"}]
    return {OF[resource]: names if resource == "leaders" else note}


def document(resource: str, note: str) -> Json:
    """A new record of a resource that shows a note."""
    return call_document(note) if resource == "calls" else {"slug": note, **shown(resource, note)}


@dataclass(slots=True)
class Sent:
    """A request, and what is known of it: `status` is None where nobody can know what became of it."""

    note: str
    method: str
    path: str
    key: str | None
    status: int | None = None
    address: str = ""
    """Of the record that it created, changed or removed."""
    tag: str = ""
    content: bytes = b""

    @property
    def version(self) -> int:
        """The version that was acknowledged."""
        return int(self.tag.removeprefix('"v').partition(".")[0])


@dataclass
class Log:
    """What all writers have sent, and what came of it that should not have."""

    sent: list[Sent] = field(default_factory=list)
    tries: int = 0
    slowest: float = 0.0
    acknowledged: int = 0
    last_asked: float = 0.0
    """When the last request was sent that was acknowledged."""
    unknown: int = 0
    wrong: list[str] = field(default_factory=list)


class Writer:
    """One writer with records of its own, and one that all of them change."""

    def __init__(self, client: httpx.AsyncClient, number: int, common: str, log: Log) -> None:
        """Take a client that sends a key, the address of the record in common, and where to note what was sent."""
        self._client = client
        self._number = number
        self._common = common
        self._log = log
        self._chance = random.Random(number)
        self._count = 0
        self._own: dict[str, str] = {}
        """The tag of each record of its own by its address."""

    async def run(self, goes_on: Callable[[], bool]) -> None:
        """Write for as long as asked to."""
        while goes_on():
            draw = self._chance.random()
            if len(self._own) > _MOST_OWN or (self._own and draw < 0.15):
                await self._remove()
            elif not self._own or draw < 0.5:
                await self._create()
            elif draw < 0.75:
                await self._change(self._chance.choice(list(self._own)))
            elif draw < 0.9:
                await self._change_common()
            else:
                await self._change_part()

    async def _create(self) -> None:
        resource = self._chance.choice(("calls", "calls", "topics", "leaders"))
        note = self._note()
        sent = await self._send("POST", f"/v1/{resource}", note, document(resource, note))
        if sent.status is None:
            # Its slug tells, if it is there.
            await self._look(f"/v1/{resource}/{note}")
        elif sent.status == HTTPStatus.CREATED:
            self._own[sent.address] = sent.tag

    async def _change(self, address: str) -> None:
        note = self._note()
        patch = shown(address.split("/")[2], note)
        sent = await self._send("PATCH", address, note, patch, self._own[address])
        if sent.status == HTTPStatus.OK:
            self._own[address] = sent.tag
        elif sent.status != HTTPStatus.SERVICE_UNAVAILABLE:
            self._expect(sent, None)
            await self._look(address)

    async def _remove(self) -> None:
        address = self._chance.choice(list(self._own))
        sent = await self._send("DELETE", address, self._note(), None, self._own[address])
        if sent.status == HTTPStatus.NO_CONTENT:
            del self._own[address]
        elif sent.status != HTTPStatus.SERVICE_UNAVAILABLE:
            self._expect(sent, None)
            await self._look(address)

    async def _change_common(self) -> None:
        answer = await self._get(self._common)
        note = self._note()
        sent = await self._send("PATCH", self._common, note, shown("topics", note), answer.headers["etag"])
        self._expect(sent, HTTPStatus.OK, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.SERVICE_UNAVAILABLE, None)

    async def _change_part(self) -> None:
        calls = [address for address in self._own if address.startswith("/v1/calls/")]
        if not calls:
            return
        call = self._chance.choice(calls)
        part = self._chance.choice((await self._get(call)).json()["participants"])["id"]
        address, note = f"/v1/participants/{part}", self._note()
        answer = await self._get(address)
        if not answer.is_success:
            self._log.wrong.append(f"GET {address} answered {answer.status_code}, and {call} has it")
            return
        sent = await self._send("PATCH", address, note, shown("participants", note), answer.headers["etag"])
        self._expect(sent, HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE, None)
        # It is a change of the call as well.
        await self._look(call)

    def _note(self) -> str:
        self._count += 1
        return f"writer-{self._number}-{self._count}"

    def _expect(self, sent: Sent, *statuses: int | None) -> None:
        if sent.status not in statuses:
            self._log.wrong.append(f"{sent.note}: {sent.method} {sent.path} answered {sent.status}: {sent.content!r}")

    async def _look(self, address: str) -> None:
        """Find out what became of a record that a request without a key was about."""
        self._own.pop(address, None)
        answer = await self._get(address)
        if answer.status_code == HTTPStatus.OK:
            record = answer.json()["id"]
            self._own[f"{address.rpartition('/')[0]}/{record}"] = answer.headers["etag"]

    async def _get(self, address: str) -> httpx.Response:
        while True:
            answer = await self._ask("GET", address, None, {"Cache-Control": "no-cache"})
            if answer is not None and answer.status_code in _FOUND_OUT:
                return answer
            if answer is not None and answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                self._log.wrong.append(f"GET {address} answered {answer.status_code}: {answer.text}")
            await self._pause()

    async def _send(self, method: str, path: str, note: str, given: Json | None, tag: str = "") -> Sent:
        """Send a request; one that has a key is sent until it is answered."""
        key = f"{note}-{uuid4()}" if self._chance.random() < 0.8 else None
        headers = {"X-Change-Note": note}
        if given is not None:
            headers["Content-Type"] = MERGE_PATCH if method == "PATCH" else "application/json"
        if key is not None:
            headers["Idempotency-Key"] = f'"{key}"'
        if tag:
            headers["If-Match"] = tag
        sent = Sent(note, method, path, key)
        self._log.sent.append(sent)
        start = time.monotonic()
        while True:
            asked = time.monotonic()
            answer = await self._ask(method, path, given, headers)
            again = answer is None or answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE or _in_use(answer)
            if not (again and key is not None):
                break
            await self._pause()
        self._note_answer(sent, answer, asked)
        self._log.slowest = max(self._log.slowest, time.monotonic() - start)
        return sent

    def _note_answer(self, sent: Sent, answer: httpx.Response | None, asked: float) -> None:
        if answer is None or (
            answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE and "unknown" in answer.json()["type"]
        ):
            self._log.unknown += 1
            return
        sent.status, sent.content = answer.status_code, answer.content
        sent.tag = answer.headers.get("etag", "")
        sent.address = answer.headers.get("location", sent.path)
        if answer.is_success:
            self._log.acknowledged += 1
            self._log.last_asked = max(self._log.last_asked, asked)
        elif sent.status not in {HTTPStatus.PRECONDITION_FAILED, HTTPStatus.SERVICE_UNAVAILABLE}:
            self._log.wrong.append(f"{sent.note}: {sent.method} answered {sent.status}: {answer.text}")

    async def _ask(self, method: str, path: str, given: Json | None, headers: dict[str, str]) -> httpx.Response | None:
        """The answer, or None where there was none."""
        self._log.tries += 1
        try:
            content = None if given is None else json.dumps(given)
            return await self._client.request(method, path, content=content, headers=headers, timeout=_PATIENCE)
        except httpx.TransportError:
            return None

    async def _pause(self) -> None:
        await asyncio.sleep(self._chance.uniform(0.02, 0.2))


def _in_use(answer: httpx.Response) -> bool:
    return answer.status_code == HTTPStatus.CONFLICT and "retry-after" in answer.headers
