"""What was said, in a Chinese readout: a speaker and a verb open it, and the sentences after it go on."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from app.ingest.chinese.casting import ATTENDED
from app.ingest.chinese.lexicon import any_of, names_of, table, verbs
from app.ingest.chinese.people import HAN, LETTERS, Person
from app.ingest.said import Said

if TYPE_CHECKING:
    from app.vocabulary import Mode

_PARAGRAPH = re.compile(r"[^\n]+")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”」』]*")
_NARRATED = re.compile(
    r"^(?:当天|当日|当晚|(?:通话|通話|会晤|會晤|会谈|會談|会见|會見)(?:在|后|後|前|开始|结束|期间|於|于))"
    rf"|^[{LETTERS}、]{{2,200}}?{ATTENDED}"
)
# A name that is nobody's of those who took part, with a verb of saying.
_OTHERS = re.compile(rf"[{HAN}·]{{2,10}}(?:说|說|表示|指出|强调|強調)[，：]")
_QUOTE = frozenset("“「『")
_PRONOUNS = ("他", "她")
_SIGN = "(?:了)?(?P<sign>[，：，:]?[“「『]?)"


class Speech:
    """The patterns for those who took part in one call."""

    def __init__(self, people: list[Person]) -> None:
        """Take those who took part."""
        self._people = people

    @cached_property
    def _names(self) -> dict[str, tuple[Person, ...]]:
        """Who is called so: by a name, or by an office with its party."""
        held = {
            f"{party}{person.title}": (person,)
            for person in self._people
            if person.title and person.party
            for party in names_of(person.party)
        }
        first = self._people[:1]
        # `總統表示`: the publisher's own.
        alone = {person.title: (person,) for person in first if person.title and person.title != "主席"}
        return alone | held | {person.name: (person,) for person in self._people}

    @cached_property
    def _titles(self) -> list[str]:
        """The offices that may stand with their names; of whom no office is told, the usual ones."""
        return [person.title or " ".join(table()["said"]["held"].split()) for person in self._people]

    @cached_property
    def _sides(self) -> dict[str, tuple[Person, ...]]:
        """Whom `俄方` means: the first of a party, where it is no other's name too."""
        codes = list(dict.fromkeys(person.party for person in self._people if person.party))
        named = [(name, code) for code in codes for name in names_of(code)]
        parties = [name for name, _ in named]
        return {
            f"{name}方": tuple(person for person in self._people if person.party == code)[:1]
            for name, code in named
            if parties.count(name) == 1
        }

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """A subject with a verb of saying, in a clause's beginning."""
        held = any_of(office for office in table()["offices"].split() if any(office in name for name in self._titles))
        parties = any_of(name for person in self._people for name in names_of(person.party))
        spoken = f"(?:(?:{parties})?{held})?{any_of(self._names)}(?:{held}|先生|女士)?"
        named = f"(?P<named>{spoken})|" if self._names else ""
        other = f"(?P<other>{any_of([*self._sides, *_PRONOUNS])}|{_joint()})"
        towards = f"(?:对|對|就|向|代表)[^，。]{{1,40}}?(?={any_of(_said('towards'))})"
        where = "(?:在[^，。]{1,20}[中时時上后後])?"
        verb = f"(?P<verb>{any_of({*verbs(), *_joint_verbs()})})"
        return re.compile(
            rf"(?:^|(?<=[，；”]))(?:{named}{other}){where}{_adverbs()}(?:{towards})?{_adverbs()}{verb}{_SIGN}"
        )

    @cached_property
    def _topics(self) -> re.Pattern[str]:
        """Of what they spoke, without what they said."""
        topics = any_of(table()["joint"]["topics"].split())
        return re.compile(rf"(?:^|(?<=，))(?P<who>{_joint()}){_adverbs()}(?:[就围圍][^。]{{1,120}}?)(?P<verb>{topics})")

    def statements(self, text: str, *, title: bool) -> Iterator[Said[Person]]:
        """Every statement of a text, in order; a title line is none."""
        number = -1 if title else 0
        last: Person | None = None
        for paragraph in _PARAGRAPH.finditer(text):
            if not paragraph[0].strip():
                continue
            number += 1
            voice: Said[Person] | None = None
            if number == 0:
                continue
            for sentence in _SENTENCE.finditer(text, paragraph.start(), paragraph.end()):
                start = sentence.start() + len(sentence[0]) - len(sentence[0].lstrip())
                if start >= sentence.end():
                    continue
                said = self._read(text, (start, sentence.end()), number, voice, last)
                voice = said[-1] if said else None
                if voice is not None and len(voice.people) == 1:
                    last = voice.people[0]
                yield from said

    def _read(
        self, text: str, where: tuple[int, int], paragraph: int, voice: Said[Person] | None, last: Person | None
    ) -> list[Said[Person]]:
        start, end = where
        sentence = text[start:end]
        everybody = self._everybody()
        topics = self._topics.search(sentence) if everybody else None
        if topics is not None:
            attribution = (start + topics.start("who"), start + topics.end("who"))
            said = Said(everybody, start, end, paragraph, attribution, attribution)
            return _split(text, replace(said, verb=topics["verb"], mode="summary"), start + topics.end())
        match = self._pattern.search(sentence)
        if match is not None and self._opens(match, voice):
            people = self._meant(match, last)
            return _explicit(text, where, paragraph, match, people, side=match["other"] in self._sides) if people else []
        if voice is None or _NARRATED.search(sentence) or _OTHERS.match(sentence):
            return []
        return [Said(voice.people, start, end, paragraph, voice.rests_on, sure=0.8)]

    def _everybody(self) -> tuple[Person, ...]:
        return tuple(self._people) if len(self._people) > 1 else ()

    def _meant(self, match: re.Match[str], last: Person | None) -> tuple[Person, ...]:
        who = match["other"]
        if who is None:
            return next(people for name, people in self._by_length if name in match["named"])
        if who in _PRONOUNS:
            return (last,) if last else ()
        return self._sides.get(who) or self._everybody()

    @cached_property
    def _by_length(self) -> list[tuple[str, tuple[Person, ...]]]:
        return sorted(self._names.items(), key=lambda item: -len(item[0]))

    def _opens(self, match: re.Match[str], voice: Said[Person] | None) -> bool:
        """Whether a subject and its verb give the words to somebody, and do not go on in somebody's voice."""
        who, verb = match["other"], match["verb"]
        if who is None:
            return verb in verbs()
        if who in self._sides:
            goes_on = voice is not None and voice.people == self._sides[who]
            return verb in verbs() and (not goes_on or verbs()[verb] in {"none", "inform"})
        if who in _PRONOUNS:
            return verb in verbs() and (match.start() == 0 or verbs()[verb] in {"none", "inform"})
        return verb in _joint_verbs() and bool(self._everybody())


def _said(name: str) -> list[str]:
    return list(table()["said"][name].split())


def _adverbs() -> str:
    return f"(?:{any_of(_said('adverbs'))})*"


def _joint_verbs() -> set[str]:
    return set(table()["joint"]["verbs"].split())


def _joint() -> str:
    """A pattern for both of them: `双方`, `两国元首`, `中法两国领导人`."""
    two = f"(?:[{HAN}]{{2}})?(?:两国|兩國|两位|兩位)|中[{HAN}]{{1,2}}|雙方|双方"
    return f"(?:(?:{two}){any_of(table()['joint']['holders'].split())}|{any_of(table()['joint']['words'].split())})"


def _explicit(  # noqa: PLR0913 - where it stands, and who says it
    text: str, where: tuple[int, int], paragraph: int, match: re.Match[str], people: tuple[Person, ...], *, side: bool
) -> list[Said[Person]]:
    start, end = where
    content = start + match.end("sign")
    subject = start + match.start("other" if match["other"] else "named")
    mode: Mode = "indirect"
    if not match["sign"] or content >= end:
        attribution = (subject, start + match.end("verb"))
    elif match["sign"][-1] in _QUOTE:
        attribution, mode, start = (start, content - 1), "direct", content
        end -= text[end - 1] in "”」』"
    else:
        attribution, start = (start, content), content
    if start >= end:
        return []
    said = Said(people, start, end, paragraph, attribution, attribution, side=side)
    said = replace(said, verb=match["verb"], mode=mode, sure=0.95)
    return [said] if mode == "direct" else _split(text, said, max(content, attribution[1]))


def _split(text: str, said: Said[Person], after: int) -> list[Said[Person]]:
    """A statement, and those that further verbs of saying open in the same sentence."""
    listed = [*_said("further"), *(_said("jointly") if len(said.people) > 1 else ())]
    further = re.compile(f"，(?P<own>(?:{any_of(_PRONOUNS)})?{_adverbs()}(?P<verb>{any_of(listed)}){_SIGN})")
    found = [said]
    for match in further.finditer(text, after - 1, said.end):
        begun = match.start("own")
        content = match.end("sign") if match["sign"] else begun
        if found[-1].start >= match.start() or content >= said.end:
            continue
        mode: Mode = "direct" if match["sign"][-1:] in _QUOTE else "indirect"
        if mode == "direct":
            continue
        attribution = (begun, content if match["sign"] else match.end("verb"))
        found[-1] = replace(found[-1], end=match.start())
        next_one = replace(said, start=content, rests_on=attribution, attribution=attribution, verb=match["verb"])
        found.append(replace(next_one, mode="indirect"))
    return found
