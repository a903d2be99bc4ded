"""Who is named in a Chinese readout: a country, an office and a name stand together."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from app.ingest.chinese.lexicon import any_of, party_names, table

HAN = "\u4e00-\u9fff"
LETTERS = rf"{HAN}·•‧・－\-"
# What a party and an office may have between them.
_BODY = (
    f"(?:驻[{HAN}]{{1,5}}|[{HAN}]{{0,10}}?"
    "(?:党|黨|共和国|共和國|王国|王國|联邦|聯邦|政府|议会|議會|国会|國會|议院|議院))?"
)
# An organisation's officers are of no party.
_ORGANISATION = re.compile("(?:组织|組織|联盟|聯盟|东盟|東盟|北约|北約|基金|银行|銀行|大会|论坛)$")
_JOINED = re.compile("兼|、")


@dataclass(slots=True)
class Person:
    """A participant, with where the text names them first, and with what office."""

    name: str
    name_at: tuple[int, int]
    title: str | None = None
    party: str | None = None
    office_at: tuple[int, int] | None = None
    sure: float = 0.95

    @property
    def office(self) -> str | None:
        """The office, in English where it is a common one."""
        if self.title is None:
            return None
        titles = table()["titles"]
        if self.title.startswith("前"):
            return f"Former {replace(self, title=self.title[1:]).office}"
        own = titles.get(f"{self.party} {self.title}", titles.get(self.title))
        if own is None:
            own = next((titles[ending] for ending in ("高级代表", "特使") if self.title.endswith(ending)), None)
        if own is None and "外交" in self.title:
            own = titles["外交部长"]
        return str(own) if own else " and ".join(titles.get(part, part) for part in _JOINED.split(self.title))

    @property
    def printed(self) -> tuple[int, int]:
        """From where the office or the name begins to where either ends."""
        start, end = self.office_at or self.name_at
        return min(start, self.name_at[0]), max(end, self.name_at[1])


def offices() -> str:
    """A pattern for an office, or for several of one person."""
    one = any_of(table()["offices"].split())
    return f"前?{one}(?:兼{one}){{0,2}}"


def _ministers() -> str:
    """A pattern for whatever minister, which only a party before it tells from other words."""
    return f"(?:[{HAN}]{{1,10}}?(?:部长|部長|大臣|高级代表|特使))"


@lru_cache
def after_names() -> str:
    """A pattern for what follows a name: a verb, a preposition, a sign."""
    return rf"(?:{any_of(table()['names']['followed_by'].split())}|[，,。、；：（(）)\d\s]|$)"


@lru_cache
def holder_pattern() -> re.Pattern[str]:
    """`俄罗斯总统`, without a name."""
    party = any_of(party_names())
    return re.compile(rf"(?P<party>{party}){_BODY}(?P<office>{offices()}|{_ministers()})(?={after_names()})")


@lru_cache
def mention_pattern() -> re.Pattern[str]:
    """`俄罗斯总统普京`, `国家主席习近平`."""
    no_name = any_of(table()["names"]["none"].split())
    name = rf"(?!{no_name})(?:(?!{offices()})[{LETTERS}]){{2,16}}?"
    office = f"(?:{offices()}、[{HAN}]{{0,6}}?){{0,2}}(?P<office>{offices()}|(?(party){_ministers()}|(?!)))"
    party = rf"(?:(?<!\d)(?P<party>{any_of(party_names())}){_BODY})?"
    return re.compile(rf"(?P<held>{party}{office})(?P<name>{name})(?={after_names()})")


def people_in(text: str, start: int, end: int, home: str | None) -> list[Person]:
    """Those whom a stretch of the text names with their offices."""
    found: list[Person] = []
    for match in mention_pattern().finditer(text, start, end):
        if any(person.name == match["name"] for person in found):
            continue
        party = party_names()[match["party"]] if match["party"] else None
        # Who is named without a country is of the country that publishes.
        own = None if _ORGANISATION.search(text[max(start, match.start() - 4) : match.start()]) else home
        sure = 0.95 if party else 0.7
        found.append(Person(match["name"], match.span("name"), match["office"], party or own, match.span("held"), sure))
    return found
