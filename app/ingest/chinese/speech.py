"""What was said, in a Chinese readout: a speaker and a verb open it, and the sentences after it go on."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from app.ingest.chinese.lexicon import any_of, party_names, table, verbs
from app.ingest.chinese.people import Person
from app.ingest.said import Said

if TYPE_CHECKING:
    from app.vocabulary import Mode

_PARAGRAPH = re.compile(r"[^\n]+")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]*[”」』]*")
_ADVERBS = (
    "(?:还|還|也|再次|并|並|重点|进一步|明确|随后|首先|则|則|最后|同时|同時|高度|对此|對此|均|都|分别|诚挚地?|谨)*"
)
_JOINT_VERBS = frozenset(
    "同意 一致同意 一致认为 一致認為 商定 重申 强调 強調 表示 认为 認為 达成共识 达成一致 积极评价 高度评价".split()
)
_NARRATED = re.compile(r"^(?:通话|通話|会晤|會晤|会谈|會談|会见|會見)(?:在|后|後|结束|於|于)|参加|出席|陪同|在座")
_QUOTE = frozenset("“「『")


class Speech:
    """The patterns for those who took part in one call."""

    def __init__(self, people: list[Person]) -> None:
        """Take those who took part."""
        self._people = people

    @cached_property
    def _names(self) -> dict[str, tuple[Person, ...]]:
        names: dict[str, tuple[Person, ...]] = {}
        for person in self._people:
            names[person.name] = names[person.name + person.title] = (person,)
            names[f"{person.title}{person.name}"] = (person,)
        everybody = tuple(self._people) if len(self._people) > 1 else ()
        for joint in table()["joint"]["words"].split():
            names[joint] = everybody
        return names

    @cached_property
    def _sides(self) -> dict[str, tuple[Person, ...]]:
        sides: dict[str, tuple[Person, ...]] = {}
        for name, code in party_names().items():
            people = tuple(person for person in self._people if person.party == code)[:1]
            if people:
                sides[f"{name}方"] = people
        return sides

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        subjects = any_of([*self._names, *self._sides, "他", "她"])
        before, sign = "(?:^|(?<=，)|(?<=”))", "(?P<sign>[，：,:]?[“「『]?)"
        verb = any_of([*verbs()])
        return re.compile(rf"{before}(?P<who>{subjects}){_ADVERBS}(?P<verb>{verb})(?:了)?{sign}")

    @cached_property
    def _joint_pattern(self) -> re.Pattern[str]:
        joint = any_of(table()["joint"]["words"].split())
        topics = any_of(table()["joint"]["topics"].split())
        return re.compile(rf"(?:^|(?<=，))(?P<who>{joint}){_ADVERBS}(?:就[^。]{{1,120}}?)(?P<verb>{topics})")

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
                voice = self._read(text, (start, sentence.end()), number, voice, last)
                if voice is not None:
                    if len(voice.people) == 1:
                        last = voice.people[0]
                    yield voice

    def _read(
        self, text: str, where: tuple[int, int], paragraph: int, voice: Said[Person] | None, last: Person | None
    ) -> Said[Person] | None:
        start, end = where
        sentence = text[start:end]
        topics = self._joint_pattern.search(sentence)
        if topics is not None and self._names[topics["who"]]:
            attribution = (start + topics.start("who"), start + topics.end("who"))
            said = Said(self._names[topics["who"]], start, end, paragraph, attribution)
            return replace(said, attribution=attribution, verb=topics["verb"], mode="summary")
        match = self._pattern.search(sentence)
        if match is not None and self._opens(match, voice):
            explicit = self._explicit(text, where, match, last)
            return replace(explicit, paragraph=paragraph) if explicit is not None else None
        if voice is None or _NARRATED.search(sentence) or self._others.match(sentence):
            return None
        return Said(voice.people, start, end, paragraph, voice.rests_on, sure=0.8)

    @cached_property
    def _others(self) -> re.Pattern[str]:
        """A name that is nobody's of those who took part, with a verb of saying."""
        return re.compile(r"[\u4e00-\u9fff·]{2,10}(?:说|說|表示|指出|强调|強調)[，：]")

    def _opens(self, match: re.Match[str], voice: Said[Person] | None) -> bool:
        """Whether a subject and its verb give the words to somebody, and do not go on in somebody's voice."""
        who, verb = match["who"], match["verb"]
        if who in table()["joint"]["words"].split():
            return verb in _JOINT_VERBS and bool(self._names[who])
        if who in self._sides and voice is not None and voice.people == self._sides[who]:
            return verbs()[verb] in {"none", "inform"}
        return True

    def _explicit(
        self, text: str, where: tuple[int, int], match: re.Match[str], last: Person | None
    ) -> Said[Person] | None:
        start, end = where
        who = match["who"]
        people = self._names.get(who) or self._sides.get(who) or ((last,) if last and who in {"他", "她"} else ())
        if not people:
            return None
        content = start + match.end("sign")
        mode: Mode = "indirect"
        if not match["sign"] or content >= end:
            attribution = (start + match.start("who"), start + match.end("verb"))
        elif match["sign"][-1] in _QUOTE:
            attribution, mode, start = (start, content - 1), "direct", content
            end -= text[end - 1] in "”」』"
        else:
            attribution, start = (start, content), content
        if start >= end:
            return None
        said = Said(people, start, end, 0, attribution, side=who in self._sides, attribution=attribution)
        return replace(said, verb=match["verb"], mode=mode, sure=0.95)
