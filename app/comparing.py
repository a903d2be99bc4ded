"""The accounts of a call side by side: what each reports, which points they share, and what their sources contest."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.accounts import accounts_of, primary
from app.agreeing import fields_of
from app.aligning import Match, Said, match, points

Json = dict[str, Any]


def compare(told: Json) -> Json:
    """The comparison of what is recorded of a call, as it is answered.

    `told` has the call's readouts, participants, topics, claims and statements, each statement with its words, and each
    topic with the ids of all that are broader.
    """
    accounts = accounts_of(told["readouts"], told["statements"])
    number_of = {account["readout"]["id"]: account["number"] for account in accounts}
    # In reading order, the first account's first.
    statements = sorted(
        (one for one in told["statements"] if one["readout"]["id"] in number_of),
        key=lambda one: (number_of[one["readout"]["id"]], one["readout"]["version"], one["position"], one["id"]),
    )
    above = {one["topic"]["id"]: one.pop("above") for one in told["topics"]}
    said = [_said(one, number_of[one["readout"]["id"]], above) for one in statements]
    matches = match(said)
    made = _points(statements, said, matches, told["participants"])
    for account in accounts:
        own = [point for point in made if account["number"] in point["accounts"]]
        account["points"] = len(own)
        account["points_alone"] = sum(len(point["accounts"]) == 1 for point in own)
    return {
        "call": told["call"],
        "date": told["date"],
        "accounts": accounts,
        "fields": list(fields_of(told["claims"], told["participants"], accounts)),
        "speakers": list(_speakers(statements, said, told["participants"])),
        "topics": list(_topics(statements, said, told["participants"], told["topics"])),
        "points": made,
        "echoes": [_matched(one, statements) for one in matches if one.speakers == "other"],
    }


def _said(statement: Json, account: int, above: Mapping[str, Sequence[str]]) -> Said:
    topics = {topic["id"] for topic in statement["topics"]}
    return Said(
        account,
        primary(statement.pop("language")),
        frozenset(speaker["participant"] for speaker in statement["speakers"]),
        frozenset(statement.pop("words")),
        frozenset(topics.union(*(above[topic] for topic in topics))),
        statement["act"],
    )


def _points(
    statements: Sequence[Json], said: Sequence[Said], matches: Sequence[Match], people: Sequence[Json]
) -> list[Json]:
    languages = {one.account: one.language for one in said}
    uncoded = {one.account for one in said if not _is_coded(one)}
    joining: defaultdict[int, list[Match]] = defaultdict(list)
    for one in matches:
        if one.speakers != "other":
            joining[one.one].append(one)
    made = []
    for number, places in enumerate(points(said, matches), start=1):
        reports: defaultdict[int, list[int]] = defaultdict(list)
        for place in places:
            reports[said[place].account].append(place)
        absent = [
            account
            for account in languages
            if account not in reports
            and all(
                said[place].language == languages[account] or (_is_coded(said[place]) and account not in uncoded)
                for place in places
            )
        ]
        speaking = {speaker for place in places for speaker in said[place].speakers}
        topics = {topic["id"]: topic for place in places for topic in statements[place]["topics"]}
        made.append(
            {
                "number": number,
                "accounts": sorted(reports),
                "absent_from": sorted(absent),
                "speakers": [person for person in people if person["participant"] in speaking],
                "topics": sorted(topics.values(), key=lambda topic: str(topic["slug"])),
                "differs": list(_differing(said, reports)),
                "reports": [
                    {"account": account, "statements": [statements[place] for place in reports[account]]}
                    for account in sorted(reports)
                ],
                "matches": [_matched(one, statements) for place in places for one in joining[place]],
            }
        )
    return made


def _is_coded(one: Said) -> bool:
    return bool(one.topics and one.act)


def _differing(said: Sequence[Said], reports: dict[int, list[int]]) -> Iterator[str]:
    """In what the accounts of a point differ: who speaks, and what is done by saying it, where that was coded."""
    speakers = [frozenset().union(*(said[place].speakers for place in places)) for places in reports.values()]
    acts = [{said[place].act for place in places} - {None} for places in reports.values()]
    if len(set(speakers)) > 1:
        yield "speakers"
    if len({frozenset(some) for some in acts if some}) > 1:
        yield "act"


def _matched(one: Match, statements: Sequence[Json]) -> Json:
    return {
        "statements": [statements[one.one]["id"], statements[one.other]["id"]],
        "by": one.by,
        "score": one.score,
        "speakers": one.speakers,
    }


def _speakers(statements: Sequence[Json], said: Sequence[Said], people: Sequence[Json]) -> Iterator[Json]:
    """How much each account has each speaker say."""
    by_speaker: defaultdict[str, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, one in enumerate(said):
        for speaker in one.speakers:
            by_speaker[speaker][one.account].append(place)
    for person in people:
        spoken = by_speaker.get(person["participant"])
        if spoken:
            yield {
                "speaker": person,
                "accounts": [
                    {
                        "account": account,
                        "statements": len(places),
                        "joint": sum(len(said[place].speakers) > 1 for place in places),
                        "characters": sum(statements[place]["end"] - statements[place]["start"] for place in places),
                    }
                    for account, places in spoken.items()
                ],
            }


def _topics(
    statements: Sequence[Json], said: Sequence[Said], people: Sequence[Json], topics: Sequence[Json]
) -> Iterator[Json]:
    """What each account has each speaker say on each topic, narrower ones beside their broader one; on none last."""
    on_topic: defaultdict[str | None, list[int]] = defaultdict(list)
    for place, statement in enumerate(statements):
        for topic in statement["topics"] or [{"id": None}]:
            on_topic[topic["id"]].append(place)
    for told in (*topics, {"topic": None, "broader": None}):
        places = on_topic[told["topic"] and told["topic"]["id"]]
        if places:
            yield {**told, "speakers": list(_by_speaker(statements, said, people, places))}


def _by_speaker(
    statements: Sequence[Json], said: Sequence[Said], people: Sequence[Json], places: Sequence[int]
) -> Iterator[Json]:
    reports: defaultdict[str, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for place in places:
        for speaker in said[place].speakers:
            reports[speaker][said[place].account].append(statements[place]["id"])
    for person in people:
        if person["participant"] in reports:
            by_account = reports[person["participant"]].items()
            yield {
                "speaker": person,
                "accounts": [{"account": account, "statements": ids} for account, ids in by_account],
            }
