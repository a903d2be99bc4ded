"""What was said, in a Russian readout; participles without a speaker are the publisher's own."""

from dataclasses import dataclass, replace

from app.ingest.russian.people import Person, is_called, office_at
from app.ingest.russian.signs import act_at, content_after, is_narrated, is_participle
from app.ingest.russian.words import Sentence, party_of, table
from app.ingest.said import Said

_ADVERBS = frozenset(
    "также вновь особо подробно в свою очередь еще раз далее отдельно тепло сердечно со своей стороны кроме того затем "
    "детально при этом обстоятельно".split()
)
_STATE_LIKE = frozenset("лидер глава руководитель президент премьер-министр канцлер председатель".split())
_JOINT = frozenset("договорились условились решили согласились обменялись обсудили".split())
_OF_GROUPS = frozenset("государств двух стран и лидера правительств стороны президента".split())
_LONGEST_SUBJECT = 8


@dataclass(frozen=True, slots=True)
class _Subject:
    start: int
    end: int
    people: tuple[Person, ...]
    side: bool = False


class Speech:
    """Reading who speaks, sentence by sentence."""

    def __init__(self, people: list[Person], home: str | None) -> None:
        """Take those who took part, and the publisher's party."""
        self._people = people
        self._home = home
        self._last: Person | None = None

    def statements(self, sentences: list[Sentence], frame: int) -> list[Said[Person]]:
        """Every statement of the text, in order; the frame's sentence is none."""
        found: list[Said[Person]] = []
        voice: Said[Person] | None = None
        for place, sentence in enumerate(sentences):
            if sentence.paragraph == 0 or place == frame:
                continue
            explicit = self._explicit(sentence)
            if explicit is None and voice is not None and _goes_on(sentence, voice):
                explicit = Said(
                    voice.people, sentence.start, sentence.end, sentence.paragraph, voice.rests_on, sure=0.7
                )
            voice = explicit
            if explicit is not None:
                found.append(explicit)
                if len(explicit.people) == 1:
                    self._last = explicit.people[0]
        return found

    def _explicit(self, sentence: Sentence) -> Said[Person] | None:
        for place in range(min(len(sentence.words), 40)):
            subject = self._subject(sentence, place)
            if subject is None or not subject.people:
                continue
            at = subject.end
            while at < len(sentence.lower) and (sentence.lower[at] in _ADVERBS or sentence.words[at] == ","):
                at += 1
            verb = act_at(sentence, at)
            if verb is not None or (subject.side and is_participle(sentence, at)):
                return self._said(sentence, subject, at, verb)
        return self._of_all(sentence) or self._last_words(sentence)

    def _said(self, sentence: Sentence, subject: _Subject, verb: int, act: str | None) -> Said[Person]:
        start, end = sentence.start, sentence.end
        attribution = (sentence.spans[subject.start][0], sentence.spans[verb][1])
        content = content_after(sentence, verb)
        summary = act == "summary"
        if content is not None:
            attribution, start, summary = (
                (sentence.start, sentence.spans[content - 1][1]),
                sentence.spans[content][0],
                False,
            )
        said = Said(subject.people, start, end, sentence.paragraph, attribution, attribution, side=subject.side)
        named = None if act in {"summary", "none"} else act
        return replace(said, verb=sentence.words[verb], act=named, mode="summary" if summary else "indirect", sure=0.9)

    def _of_all(self, sentence: Sentence) -> Said[Person] | None:
        """`Договорились продолжить контакты`: the two of them, though nobody is named."""
        if len(self._people) < 2 or sentence.lower[:1] == () or sentence.lower[0] not in _JOINT:  # noqa: PLR2004
            return None
        return self._said(sentence, _Subject(0, 1, tuple(self._people)), 0, act_at(sentence, 0))

    def _last_words(self, sentence: Sentence) -> Said[Person] | None:
        """`«...», сказал Президент`: the speaker after the words."""
        if not sentence.words or sentence.words[0] not in {"«", '"', "“"}:
            return None
        for at in range(len(sentence.words) - 1, 1, -1):
            if sentence.words[at] in {"»", '"', "”"}:
                break
            if act_at(sentence, at) is not None and at + 1 < len(sentence.words):
                subject = self._subject(sentence, at + 1)
                if subject is not None and subject.people:
                    where = (sentence.spans[at][0], sentence.spans[subject.end - 1][1])
                    said = Said(subject.people, sentence.start, sentence.end, sentence.paragraph, where, where)
                    return replace(said, verb=sentence.words[at], mode="direct")
        return None

    def _subject(self, sentence: Sentence, place: int) -> _Subject | None:
        lower = sentence.lower[place]
        if lower in {"он", "она"}:
            return _Subject(place, place + 1, (self._last,) if self._last else ())
        everybody = tuple(self._people) if len(self._people) > 1 else ()
        if lower == "они" or lower in table()["groups"]["words"].split():
            end = place + 1
            while end < len(sentence.words) and (
                sentence.lower[end]
                in {"государств", "двух", "стран", "и", "лидера", "правительств", "стороны", "президента"}
                or party_of(sentence.lower[end]) is not None
            ):
                end += 1
            return _Subject(place, end, everybody)
        return self._side(sentence, place) or self._person(sentence, place)

    def _side(self, sentence: Sentence, place: int) -> _Subject | None:
        """`российская сторона`, also with the preposition that makes it whose part it is."""
        at = place + (sentence.lower[place] == "с")
        if at + 1 >= len(sentence.words) or not sentence.lower[at + 1].startswith("сторон"):
            return None
        code = party_of(sentence.lower[at])
        if code is None and sentence.lower[at] in {"нашей", "наша"}:
            code = self._home
        people = tuple(person for person in self._people if code and person.party == code)[:1]
        return _Subject(place, at + 2, people, side=True)

    def _person(self, sentence: Sentence, place: int) -> _Subject | None:
        """A surname, or an office with its party: `Президент России`, `Глава Российского государства`."""
        if (
            not sentence.words[place][0].isupper()
            and sentence.lower[place] not in _STATE_LIKE
            and (party_of(sentence.lower[place]) is None)
        ):
            return None
        for at in range(place, min(place + 3, len(sentence.words))):
            person = next((one for one in self._people if is_called(one, sentence.words[at])), None)
            if person is not None and sentence.words[at][0].isupper():
                return _Subject(place, at + 1, (person,))
        return self._holder(sentence, place)

    def _holder(self, sentence: Sentence, place: int) -> _Subject | None:
        office = office_at(sentence, place)
        end = office[0] if office else place
        title = office[1] if office else None
        code: str | None = None
        while end < len(sentence.words) and end - place < _LONGEST_SUBJECT:
            found = party_of(sentence.lower[end])
            if found is None and sentence.lower[end] not in _STATE_LIKE | {"государства", "республики", "федерации"}:
                break
            code = code or found
            end += 1
        if end == place or (title is None and sentence.lower[end - 1] not in _STATE_LIKE | {"государства"}):
            return None
        fitting = [
            person
            for person in self._people
            if (code is None or person.party == code) and (title is None or person.office in {title, None})
        ]
        if code is None:
            fitting = [person for person in fitting if person.party == self._home] or fitting
        return _Subject(place, end, tuple(fitting[:1]))


def _goes_on(sentence: Sentence, voice: Said[Person]) -> bool:
    """Whether a sentence without a speaker is still in the voice of the one before it."""
    return voice.paragraph == sentence.paragraph and voice.mode != "summary" and not is_narrated(sentence)
