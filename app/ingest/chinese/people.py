"""Who took part in a call, in a Chinese readout: a country, an office and a name stand together."""

import re
from dataclasses import dataclass
from functools import lru_cache

from app.ingest.chinese.lexicon import any_of, party_names, table

# What follows a name: a verb, a preposition, a sign.
_AFTER = (
    "通电话|通電話|通话|通話|电话|電話|视频|視頻|举行|舉行|会见|會見|会晤|會晤|会谈|會談|进行|進行|应约|應約|应邀|同|与|與|和|就|在|致电|致電|致信|"
    "表示|指出|强调|強調|说|說|时|時|，|。|、|；|：|（|\\(|的|互致|一行|向|也|还|於|于|及|通|分别|共同|重申|认为|認為|$|\\s"
)
_LONGEST_NAME = 16


@dataclass(slots=True)
class Person:
    """A participant, with where the text names them first."""

    name: str
    title: str
    party: str | None
    printed: tuple[int, int]
    name_at: tuple[int, int]
    office_at: tuple[int, int]
    sure: float = 0.95

    @property
    def office(self) -> str:
        """The office, in English where it is a common one."""
        return str(table()["titles"].get(self.title, self.title))


@lru_cache
def mention_pattern() -> re.Pattern[str]:
    """`俄罗斯总统普京`, `国家主席习近平`."""
    party = any_of(party_names())
    office = any_of(table()["offices"].split())
    name = rf"[\u4e00-\u9fff·•]{{2,{_LONGEST_NAME}}}?"
    return re.compile(rf"(?P<party>{party})?(?P<office>{office})(?P<name>{name})(?={_AFTER})")


def people_in(text: str, start: int, end: int, home: str | None) -> list[Person]:
    """Those whom a stretch of the text names with their offices."""
    found: list[Person] = []
    for match in mention_pattern().finditer(text, start, end):
        if any(person.name == match["name"] for person in found):
            continue
        party = party_names()[match["party"]] if match["party"] else None
        # Who is named without a country is of the country that publishes.
        sure = 0.95 if party else 0.7
        found.append(
            Person(
                name=match["name"],
                title=match["office"],
                party=party or home,
                printed=match.span(),
                name_at=match.span("name"),
                office_at=(match.start(), match.end("office")),
                sure=sure,
            )
        )
    return found
