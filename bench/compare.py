"""That both services answer the same: every member of every record, in the same order."""

import json
from contextlib import closing
from datetime import datetime
from http.client import HTTPConnection
from typing import Any

_TIMES = frozenset({"created_at", "content_changed_at"})
# Where a search found its words is told by our service only.
_OURS_ALONE = frozenset({"highlights"})


class Differs(Exception):
    """The services answer one question differently, or one of them fails to answer it."""


def compare(ours: int, textbook: int, targets: list[tuple[str, str]]) -> int:
    """Ask both services, by their ports, and raise Differs at the first difference; gives how many records were alike.

    A page is its records only: one service names the next page by a cursor and the other by an offset. Times are
    compared as times, since one writes `+00:00` where the other writes `Z`.
    """
    alike = 0
    for our_target, their_target in targets:
        answers = (_ask(ours, our_target), _ask(textbook, their_target))
        if answers[0] != answers[1]:
            message = f"{our_target} is answered differently: {_first_difference(*answers, '')}"
            raise Differs(message)
        alike += len(answers[0]) if isinstance(answers[0], list) else 1
    return alike


def _ask(port: int, target: str) -> Any:
    # On a connection of its own: one that waits for the other service is closed after some seconds.
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", target)
        response = connection.getresponse()
        body = response.read()
    if response.status != 200:
        message = f"{target} answers {response.status}: {body[:200]!r}"
        raise Differs(message)
    answer = json.loads(body, object_hook=_told_alike)
    return answer.get("data", answer)


def _told_alike(members: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in _TIMES else value
        for name, value in members.items()
        if name not in _OURS_ALONE
    }


def _first_difference(ours: Any, textbook: Any, place: str) -> str:
    if isinstance(ours, dict) and isinstance(textbook, dict) and ours.keys() == textbook.keys():
        steps: Any = ours
    elif isinstance(ours, list) and isinstance(textbook, list) and len(ours) == len(textbook):
        steps = range(len(ours))
    else:
        return f"{place or 'the answer'} is {str(ours)[:300]} and {str(textbook)[:300]}"
    step = next(step for step in steps if ours[step] != textbook[step])
    return _first_difference(ours[step], textbook[step], f"{place}/{step}")
