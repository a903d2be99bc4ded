"""Who took part in a call: by the sentence that tells of it, by the title, and by who is told to have attended."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from app.ingest.chinese.lexicon import any_of, party_names, table
from app.ingest.chinese.people import (
    LETTERS,
    Person,
    after_names,
    holder_pattern,
    offices,
    people_in,
)
from app.ingest.told import Told

# What stands between the sides of a call; a word of the second pattern may also join two of one side.
_BETWEEN = (re.compile("同|与|與|会见|會見|会晤|會晤"), re.compile("和"))
_SENTENCE = re.compile(r"[^。\n]+")
_DATE = re.compile(r"\s*(?:当地时间|當地時間)?(?:(?:\d+年)?(?:\d+月)?\d+日(?:[上中下]午|晚上?)?)?")
_ITEM = re.compile(r"[^、和]+")
_ENDS = ("。", "！", "？", "”")
# What follows the names of those who attended.
ATTENDED = (
    "(?:陪同|共同|一同)?(?:参加|參加|出席|陪同|参与|在座)了?(?:上述|有关|有關|相关)?"
    "(?:活动|活動|通话|通話|会[见晤谈议面]|會[見晤談議面])?(?=。)"
)
_OPENING = 600
_MOST = 40
# In how many places it is looked up who attended, and what office somebody has, and how far around them.
_PLACES, _BEFORE, _AFTER = 20, 30, 10


def opening(told: Told) -> tuple[int, tuple[int, int]]:
    """Where the text begins after a title line, and the sentence that tells who communicated."""
    text = told.text
    start = len(text) - len(text.lstrip())
    line_end = text.find("\n", start)
    if line_end > 0 and not text[start:line_end].rstrip().endswith(_ENDS):
        start = line_end + len(text[line_end:]) - len(text[line_end:].lstrip())
    spans = [found.span() for found in _SENTENCE.finditer(text, start, start + _OPENING) if found[0].strip()]
    met = [span for span in spans if len(_named(text, span, None)) > 1 and _meeting().search(text, *span)]
    return start, [*met, *spans, (start, len(text))][0]


def principals(told: Told, frame: tuple[int, int], home: str) -> list[Person]:
    """Those who communicated, as the sentence names them, with what is told of them elsewhere."""
    return [_settled(person, told, home) for person in _named(told.text, frame, home)[:_MOST]]


def attendees(text: str, people: list[Person], home: str) -> list[Person]:
    """Who is told to have attended, beside those who communicated."""
    found = {person.name: person for person in people}
    for match in islice(_attended().finditer(text), _PLACES):
        for item in _ITEM.finditer(text, *match.span("names")):
            for person in _one(text, item.span(), home):
                found.setdefault(person.name, person)
    return list(islice(found.values(), len(people), _MOST))


@lru_cache
def _meeting() -> re.Pattern[str]:
    return re.compile(any_of(" ".join(table()["channels"].values()).split()))


@lru_cache
def _attended() -> re.Pattern[str]:
    return re.compile(rf"(?<![^\s。])(?P<names>[{LETTERS}、]{{2,200}}?)等?{ATTENDED}")


@lru_cache
def _bare() -> re.Pattern[str]:
    return re.compile(rf"(?P<name>(?![在从從对對为為])[{LETTERS}]{{2,16}}?)(?P<office>{offices()})?(?={after_names()})")


@lru_cache
def _no_name() -> re.Pattern[str]:
    words = {word for word in party_names() if len(word) > 1} | set(table()["offices"].split())
    return re.compile(any_of([*words, *table()["names"]["none"].split(), *table()["names"]["groups"].split()]))


def _named(text: str, frame: tuple[int, int], home: str | None) -> list[Person]:
    """Those with offices, and who stands without one before `同` or after it, where nobody else does."""
    start, end = frame
    people = people_in(text, start, end, home)
    if not _meeting().search(text, start, end):
        return people
    spans = [person.printed for person in people]
    places = (found for between in _BETWEEN for found in between.finditer(text, start, end))
    between = next((one for one in places if not any(first <= one.start() < last for first, last in spans)), None)
    if between is None:
        return people
    if not any(first < between.start() for first, _ in spans):
        people[:0] = [replace(one, party=home, sure=0.6) for one in _last_clause(text, start, between.start())]
    if not any(first > between.start() for first, _ in spans):
        at = max(between.end(), text.rfind("的", between.end(), end) + 1)
        people += _without_office(text, at, end)
    return people


def _last_clause(text: str, start: int, end: int) -> Iterable[Person]:
    """Who begins the clause, after its date."""
    clause = re.search(r"[^，,]*$", text[start:end])
    assert clause is not None
    date = _DATE.match(clause[0])
    assert date is not None
    return _without_office(text, start + clause.start() + date.end(), end)


def _without_office(text: str, start: int, end: int) -> list[Person]:
    match = _bare().match(text, start, end)
    if match is None or _no_name().search(match["name"]):
        return []
    office = (match["office"], match.span("office")) if match["office"] else (None, None)
    return [Person(match["name"], match.span("name"), office[0], None, office[1], sure=0.7)]


def _one(text: str, where: tuple[int, int], home: str) -> Iterable[Person]:
    """Whom one item of a list names: with an office, or by a name as it is usual in China."""
    if found := people_in(text, *where, home):
        return found
    name = text[slice(*where)].removesuffix("等")
    if not 2 <= len(name) <= 4 or _no_name().search(name):  # noqa: PLR2004
        return ()
    return (Person(name, (where[0], where[0] + len(name)), party=home, sure=0.6),)


def _settled(person: Person, told: Told, home: str) -> Person:
    """Somebody with the office and the party that another place tells."""
    if person.title is not None and person.party is not None:
        return person
    title = told.title or ""
    for other in (*people_in(title, 0, len(title), None), *_around(told.text, person.name)):
        if other.name == person.name and other.title:
            person = replace(person, title=person.title or other.title, party=person.party or other.party)
    for holder in holder_pattern().finditer(title):
        party = party_names()[holder["party"]]
        if person.party is None and party != home:
            person = replace(person, title=person.title or holder["office"], party=party)
    return person


def _around(text: str, name: str) -> Iterator[Person]:
    """What the text calls somebody where it names them: `普京总统`, `俄罗斯总统普京`."""
    called = re.compile(rf"(?P<name>{re.escape(name)})(?P<office>{offices()})")
    for found in islice(re.finditer(re.escape(name), text), _PLACES):
        at, end = max(0, found.start() - _BEFORE), min(len(text), found.end() + _AFTER)
        yield from people_in(text, at, end, None)
        if match := called.match(text, found.start(), end):
            yield Person(name, match.span("name"), match["office"])
