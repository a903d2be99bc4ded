"""What was said, in a Chinese readout: a speaker and a verb open it, and the sentences after it go on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from app.ingest.chinese.casting import ATTENDED
from app.ingest.chinese.lexicon import any_of, names_of, table, verbs
from app.ingest.chinese.people import HAN, LETTERS, Person
from app.ingest.said import Said

if TYPE_CHECKING:
    from app.vocabulary import Mode

_PARAGRAPH = re.compile(r"[^\n]+")
SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”」』]*")
_NARRATED = re.compile(
    r"^(?:当天|当日|当晚|(?:通话|通話|会晤|會晤|会谈|會談|会见|會見)(?:在|后|後|前|开始|结束|期间|於|于))"
    rf"|^[{LETTERS}、]{{2,200}}?{ATTENDED}"
)
# A name that is nobody's of those who took part, with a verb of saying.
_OTHERS = re.compile(rf"[{HAN}·]{{2,10}}(?:说|說|表示|指出|强调|強調)[，,：]")
_QUOTE = frozenset("“「『")
_PRONOUNS = ("他", "她")
_CLAUSE = re.compile("^|(?<=[，,；”])")


@dataclass(frozen=True, slots=True)
class _Opening:
    """A subject, a name or another, with its verb and the sign after it, by places in the sentence."""

    start: int
    named: str | None
    other: str | None
    verb: str
    verb_end: int
    sign: str
    end: int


class Speech:
    """The patterns for those who took part in one call."""

    def __init__(self, people: list[Person]) -> None:
        """Take those who took part."""
        self._people = people

    @cached_property
    def _names(self) -> dict[str, tuple[Person, ...]]:
        """Who is called so: by a name, or by an office with its party."""
        names: dict[str, tuple[Person, ...]] = {}
        for place, person in enumerate(self._people):
            # `總統表示`: the publisher's own.
            if place == 0 and person.title and person.title != "主席":
                names[person.title] = (person,)
            names |= {f"{party}{person.title}": (person,) for party in names_of(person.party) if person.title}
        return names | {person.name: (person,) for person in self._people}

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
    def _subjects(self) -> re.Pattern[str]:
        """Who may speak, but for those who speak together; only what each text has of its own, so soon compiled."""
        held = any_of(office for office in table()["offices"].split() if any(office in name for name in self._titles))
        parties = any_of(name for person in self._people for name in names_of(person.party))
        spoken = f"(?:(?:{parties})?{held})?{any_of(self._names)}(?:{held}|先生|女士)?"
        named = f"(?P<named>{spoken}(?:[和、及]{spoken})*)|" if self._names else "(?P<named>(?!))|"
        return re.compile(f"{named}(?P<other>{any_of([*self._sides, *_PRONOUNS])})")

    def _opening(self, sentence: str) -> _Opening | None:
        """The first subject with a verb of saying, in a clause's beginning."""
        for clause in _CLAUSE.finditer(sentence):
            subject = _together().match(sentence, clause.start()) or self._subjects.match(sentence, clause.start())
            said = _predicate().match(sentence, subject.end()) if subject is not None else None
            if subject is not None and said is not None:
                who, named = (
                    (subject["other"], subject["named"]) if "named" in subject.re.groupindex else (subject[0], None)
                )
                return _Opening(subject.start(), named, who, said["verb"], said.end("verb"), said["sign"], said.end())
        return None

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
            for sentence in SENTENCE.finditer(text, paragraph.start(), paragraph.end()):
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
        topics = _topics().search(sentence) if everybody else None
        if topics is not None:
            attribution = (start + topics.start("who"), start + topics.end("who"))
            said = Said(everybody, start, end, paragraph, attribution, attribution, topics["verb"], mode="summary")
            return _split(text, said, start + topics.end())
        opening = self._opening(sentence)
        if opening is not None and self._opens(opening, voice):
            people = self._meant(opening, last)
            said = Said(people, start, end, paragraph, where, side=opening.other in self._sides)
            return _explicit(text, where, opening, said) if people else []
        if voice is None or _NARRATED.search(sentence) or _OTHERS.match(sentence):
            return []
        return [Said(voice.people, start, end, paragraph, voice.rests_on, sure=0.8)]

    def _everybody(self) -> tuple[Person, ...]:
        return tuple(self._people) if len(self._people) > 1 else ()

    def _meant(self, opening: _Opening, last: Person | None) -> tuple[Person, ...]:
        who, named = opening.other, opening.named
        if named is not None:
            by_name = tuple(person for person in self._people if person.name in named)
            return by_name or self._names[max((name for name in self._names if name in named), key=len)]
        if who in _PRONOUNS:
            return (last,) if last else ()
        return self._sides.get(who or "") or self._everybody()

    def _opens(self, opening: _Opening, voice: Said[Person] | None) -> bool:
        """Whether a subject and its verb give the words to somebody, and do not go on in somebody's voice."""
        who, verb = opening.other, opening.verb
        if opening.named is not None:
            return verb in verbs()
        if who in self._sides:
            if voice is None:
                return verb in verbs()
            told = verbs().get(verb) in {"none", "inform"}
            return told if voice.people == self._sides[who] else verb in verbs() and opening.start == 0
        if who in _PRONOUNS:
            return verb in verbs() and (opening.start == 0 or verbs()[verb] in {"none", "inform"})
        return verb in _joint_verbs() and bool(self._everybody())


def _said(name: str) -> list[str]:
    return list(table()["said"][name].split())


def _adverbs() -> str:
    return f"(?:{any_of(_said('adverbs'))})*"


@lru_cache
def _joint_verbs() -> frozenset[str]:
    return frozenset(table()["joint"]["verbs"].split())


def _joint() -> str:
    """A pattern for both of them: `双方`, `两国元首`, `中法两国领导人`."""
    two = f"(?:[{HAN}]{{2}})?(?:两国|兩國|两位|兩位)|中[{HAN}]{{1,2}}|雙方|双方"
    holders, words = any_of(table()["joint"]["holders"].split()), any_of(table()["joint"]["words"].split())
    return f"(?:(?:{two}){holders}|(?:中[{HAN}]{{1,2}})?{words})"


@lru_cache
def _together() -> re.Pattern[str]:
    return re.compile(_joint())


@lru_cache
def _predicate() -> re.Pattern[str]:
    """What follows a subject up to its verb: `对此表示`, `就地区局势阐明`, `在会谈中指出`."""
    towards = f"(?:对|對|就|向|代表)[^，,。]{{1,40}}?(?={any_of(_said('towards'))})"
    where = "(?:在[^，,。]{1,20}[中时時上后後])?"
    verb = f"(?P<verb>{any_of({*verbs(), *_joint_verbs()})})"
    return re.compile(f"{where}{_adverbs()}(?:{towards})?{_adverbs()}{verb}(?:了)?(?P<sign>[，,：:]?[“「『]?)")


@lru_cache
def _topics() -> re.Pattern[str]:
    """Of what they spoke, without what they said."""
    topics = any_of(table()["joint"]["topics"].split())
    verb = f"(?P<verb>{topics}|进行了?[^，,。]{{0,24}}?(?:交流|沟通|讨论|磋商|探讨))"
    return re.compile(rf"(?:^|(?<=[，,]))(?P<who>{_joint()}){_adverbs()}(?:[就围圍][^。]{{1,120}}?){verb}")


def _explicit(text: str, where: tuple[int, int], opening: _Opening, said: Said[Person]) -> list[Said[Person]]:
    start, end = where
    content = start + opening.end
    mode: Mode = "indirect"
    if not opening.sign or content >= end:
        attribution = (start + opening.start, start + opening.verb_end)
    elif opening.sign[-1] in _QUOTE:
        attribution, mode, start = (start, content - 1), "direct", content
        end -= text[end - 1] in "”」』"
    else:
        attribution, start = (start, content), content
    if start >= end:
        return []
    said = replace(said, start=start, end=end, rests_on=attribution, attribution=attribution)
    said = replace(said, verb=opening.verb, mode=mode, sure=0.95)
    return [said] if mode == "direct" else _split(text, said, max(content, attribution[1]))


def _split(text: str, said: Said[Person], after: int) -> list[Said[Person]]:
    """A statement, and those that further verbs of saying open in the same sentence."""
    found = [said]
    for match in _further(many=len(said.people) > 1).finditer(text, after - 1, said.end):
        begun = match.start("own")
        content = match.end("sign") if match["sign"] else begun
        if found[-1].start >= match.start() or content >= said.end:
            continue
        attribution = (begun, content if match["sign"] else match.end("verb"))
        found[-1] = replace(found[-1], end=match.start())
        further = replace(said, start=content, rests_on=attribution, attribution=attribution, verb=match["verb"])
        found.append(replace(further, mode="indirect"))
    return found


@lru_cache
def _further(*, many: bool) -> re.Pattern[str]:
    """A further verb of saying after a comma; a quotation mark after it leaves the words to the sentence before."""
    listed = [*_said("further"), *(_said("jointly") if many else ())]
    own = f"(?:{any_of(_PRONOUNS)})?{_adverbs()}(?P<verb>{any_of(listed)})(?:了)?(?P<sign>[，,：:]?)"
    return re.compile(f"[，,](?P<own>{own})(?![“「『])")
