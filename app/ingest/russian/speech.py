"""What was said, in a Russian readout; participles without a speaker are the publisher's own."""

from dataclasses import dataclass, replace

from app.ingest.russian.people import Person
from app.ingest.russian.signs import (
    act_at,
    content_after,
    is_narrated,
    is_of_many,
    participle_near,
    tells_of_none,
)
from app.ingest.russian.subjects import Subject, Subjects
from app.ingest.russian.words import Sentence
from app.ingest.said import Said

_JOINT = frozenset(
    "договорились условились решили согласились обменялись обсудили рассмотрели подтвердили подчеркнули".split()
)
_JOINING = frozenset(
    "а и также при этом в свою очередь тепло еще раз вновь особо подробно кроме того затем он она они".split()
)
_WITH = frozenset(("с", "со", "между", "перед"))
_SIGNS = frozenset(".;:–—«»")
_QUOTES = frozenset(("«", '"', "“"))
_CLOSING = frozenset(("»", '"', "”"))
# How far into a sentence its subject may stand, and its verb from there.
_FAR = 60
_VERB = 12
_JOINT_WORDS = 5
# How near to its end a sentence tells whose its words are, or that they are another's, and after which signs.
_LAST = 12
_ANOTHER = 5
_BEFORE_VERBS = frozenset((",", "–", "—"))


@dataclass(frozen=True, slots=True)
class _Clause:
    """Who says something, and where the verb or the participle stands that tells it."""

    subject: Subject
    verb: int
    act: str | None


class Speech:
    """Reading who speaks, sentence by sentence."""

    def __init__(self, subjects: Subjects) -> None:
        """Take those who may be subjects."""
        self._subjects = subjects
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
                explicit = [
                    Said(voice.people, sentence.start, sentence.end, sentence.paragraph, voice.rests_on, sure=0.7)
                ]
            voice = explicit[-1] if explicit else None
            found += explicit or ()
            if voice is not None and len(voice.people) == 1:
                self._last = voice.people[0]
        return found

    def _explicit(self, sentence: Sentence) -> list[Said[Person]] | None:
        """The statements of a sentence that says whose they are; none where it says that they are nobody's."""
        if sentence.words[:1] and sentence.words[0] in _QUOTES:
            words = self._last_words(sentence)
            if words is not None:
                return [words]
        clause = self._clause(sentence) or self._of_all(sentence)
        if clause is None:
            return self._afterwards(sentence)
        return self._said(sentence, clause) if clause.subject.people else []

    def _clause(self, sentence: Sentence) -> _Clause | None:
        """The first subject with a verb, unless something of nobody's is told before."""
        for place in range(min(len(sentence.words), _FAR)):
            subject = self._subjects.at(sentence, place, self._last)
            if subject is not None and not (subject.agent and sentence.lower[place - 1] in _WITH):
                verb = self._verb(sentence, subject)
                if verb is not None:
                    return _Clause(subject, verb, act_at(sentence, verb))
            elif tells_of_none(sentence, place):
                return self._agent_after(sentence, place)
            elif sentence.lower[place] == "что" and sentence.words[place - 1] == ",":
                return None
        return None

    def _agent_after(self, sentence: Sentence, participle: int) -> _Clause | None:
        """`Подчёркнута лидерами важность`, `отмечено российской стороной`."""
        if participle_near(sentence, participle) != participle:
            return None
        for place in range(participle + 1, min(participle + 4, len(sentence.words))):
            subject = self._subjects.at(sentence, place, None)
            if subject is not None and subject.agent and sentence.lower[place - 1] not in _WITH:
                return _Clause(replace(subject, start=participle), participle, None)
        return None

    def _verb(self, sentence: Sentence, subject: Subject) -> int | None:
        """Where the verb of a subject stands, or the participle of an agent."""
        if subject.agent or subject.side:
            participle = participle_near(sentence, subject.end)
            if participle is not None or subject.agent:
                return participle
        for at in range(subject.end, min(subject.end + _VERB, len(sentence.words))):
            lower = sentence.lower[at]
            if act_at(sentence, at) is not None:
                commas = sentence.words[subject.end : at].count(",")
                # `Орлов приедет, сообщил Песков`: the verb is another's.
                own = commas % 2 == 0 or (commas > 1 and sentence.words[subject.end] == ",")
                return at if own and is_of_many(lower) == subject.many else None
            if (
                lower == "что"
                or lower.startswith("котор")
                or sentence.words[at] in _SIGNS
                or tells_of_none(sentence, at)
            ):
                return None
            other = self._subjects.at(sentence, at, None)
            if other is not None and not other.agent and other.people != subject.people:
                return None
        return None

    def _said(self, sentence: Sentence, clause: _Clause) -> list[Said[Person]]:
        """What a clause says, and those that go on in the same sentence with verbs of their own."""
        found = [_one(sentence, clause, sentence.start)]
        inside = content_after(sentence, clause.verb) is not None
        for at in range(clause.verb + 1, len(sentence.words) - 1):
            if sentence.words[at] != "," and (inside or sentence.lower[at] != "и"):
                continue
            further = self._further(sentence, at + 1, clause, inside=inside)
            end = sentence.spans[at - 1][1]
            if further is None or end <= max(found[-1].start, found[-1].rests_on[1]):
                continue
            found[-1] = replace(found[-1], end=end)
            found.append(_one(sentence, further, sentence.spans[at + 1][0]))
            clause, inside = further, inside or content_after(sentence, further.verb) is not None
        return found

    def _further(self, sentence: Sentence, place: int, clause: _Clause, *, inside: bool) -> _Clause | None:
        """`, высказался в поддержку`, `, Люк Мартен поблагодарил`; the latter not in what was said."""
        at = place
        while at < min(place + _VERB, len(sentence.lower)) and (
            sentence.lower[at] in _JOINING or (sentence.lower[at].endswith("о") and act_at(sentence, at) is None)
        ):
            at += 1
        act = act_at(sentence, at)
        if act is not None:
            same = _form(sentence.lower[at]) == _form(sentence.lower[clause.verb])
            return _Clause(replace(clause.subject, start=at, end=at), at, act) if same else None
        last = clause.subject.people[0] if len(clause.subject.people) == 1 else None
        subject = None if inside else self._subjects.at(sentence, at, last)
        if subject is None or subject.agent or not subject.people:
            return None
        verb = self._verb(sentence, subject)
        return _Clause(subject, verb, act_at(sentence, verb)) if verb is not None else None

    def _of_all(self, sentence: Sentence) -> _Clause | None:
        """`Договорились продолжить контакты`: all of them, though nobody is named."""
        for at, word in enumerate(sentence.lower[:_JOINT_WORDS]):
            if tells_of_none(sentence, at):
                return None
            if word in _JOINT and self._subjects.everybody:
                return _Clause(Subject(at, at, self._subjects.everybody, many=True), at, act_at(sentence, at))
        return None

    def _afterwards(self, sentence: Sentence) -> list[Said[Person]] | None:
        """`Торговля растёт, отметил Люк Мартен`: the speaker at the end; nobody where it is somebody else."""
        for at in range(max(0, len(sentence.words) - _LAST), len(sentence.words) - 2):
            if sentence.words[at] not in _BEFORE_VERBS or act_at(sentence, at + 1) is None:
                continue
            subject = self._subjects.at(sentence, at + 2, self._last)
            if subject is None and at + _ANOTHER < len(sentence.words):
                continue
            if subject is None or not subject.people or subject.agent:
                return []
            where = (sentence.spans[at + 1][0], sentence.spans[subject.end - 1][1])
            said = Said(subject.people, sentence.start, sentence.end, sentence.paragraph, where, where)
            return [replace(said, verb=sentence.words[at + 1], side=subject.side)]
        return None

    def _last_words(self, sentence: Sentence) -> Said[Person] | None:
        """`«...», сказал Президент`: the speaker after the words."""
        for at in range(len(sentence.words) - 1, 1, -1):
            if sentence.words[at] in _CLOSING:
                break
            if act_at(sentence, at) is not None and at + 1 < len(sentence.words):
                subject = self._subjects.at(sentence, at + 1, self._last)
                if subject is not None and subject.people:
                    where = (sentence.spans[at][0], sentence.spans[subject.end - 1][1])
                    said = Said(subject.people, sentence.start, sentence.end, sentence.paragraph, where, where)
                    return replace(said, verb=sentence.words[at], mode="direct")
        return None


def _one(sentence: Sentence, clause: _Clause, start: int) -> Said[Person]:
    """One statement, from a place to the sentence's end."""
    subject, verb = clause.subject, clause.verb
    attribution = (sentence.spans[min(subject.start, verb)][0], sentence.spans[max(subject.end - 1, verb)][1])
    content = content_after(sentence, verb)
    if content is not None:
        attribution, start = (start, sentence.spans[content - 1][1]), sentence.spans[content][0]
    said = Said(subject.people, start, sentence.end, sentence.paragraph, attribution, attribution, side=subject.side)
    named = None if clause.act in {"summary", "none"} else clause.act
    summary = clause.act == "summary" and content is None
    return replace(said, verb=sentence.words[verb], act=named, mode="summary" if summary else "indirect", sure=0.9)


def _form(verb: str) -> str:
    """The ending that tells of whom a verb in the past is said."""
    return verb.removesuffix("ся").removesuffix("сь")[-1]


def _goes_on(sentence: Sentence, voice: Said[Person]) -> bool:
    """Whether a sentence without a speaker is still in the voice of the one before it."""
    return voice.paragraph == sentence.paragraph and voice.mode != "summary" and not is_narrated(sentence)
