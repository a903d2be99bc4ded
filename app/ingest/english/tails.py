"""What a sentence says beside that a call took place, or beside what it narrates."""

from collections.abc import Iterator
from dataclasses import replace

from app.ingest.english.frames import Frame, sides
from app.ingest.english.further import Clause, as_clause, going_on
from app.ingest.english.lexicon import words
from app.ingest.english.pairs import Pair, asks_for_call, pair_at, past_adverbs, talks_about
from app.ingest.english.parsed import Parsed
from app.ingest.english.roster import Roster
from app.ingest.english.subjects import Memory, Subject
from app.ingest.english.verbs import Verb, by_base, purpose_verbs, verb_at

# "to discuss what they can do to offer support": an infinitive within what was talked about.
_INQUIRING = frozenset({"what", "how", "ways", "steps", "can", "could"})


def with_absolute(parsed: Parsed, roster: Roster, memory: Memory) -> list[Clause]:
    """`The talks also touched on security, with both sides emphasising ...`: narration, and what both said."""
    sentence = parsed.sentence
    for at in range(1, sentence.size - 1):
        if sentence.lower[at] == "with" and sentence.words[at - 1] == "," and not sentence.quoted[at]:
            pair = pair_at(parsed, roster, memory, at + 1, form="ing")
            if pair is not None and pair.subject.people:
                told = Pair(Subject(0, 0, ()), 0, 0, 1, None, "", 0.5)
                return [as_clause(0, at - 1, told, None), *going_on(parsed, roster, memory, pair, at + 1)]
    return []


def beside_frame(parsed: Parsed, roster: Roster, memory: Memory, frame: Frame) -> list[Clause]:
    """What a frame sentence says beside that the call took place."""
    subject = Subject(0, frame.verb, sides(frame, roster)[0])
    talks = talks_about(parsed.sentence, frame.verb)
    if talks is not None and "exchange" in parsed.sentence.lower[frame.verb : talks]:
        # "had a thorough exchange of views on trade"
        return _summed_up(parsed, roster, memory, frame, (talks, by_base()["discuss"]))
    found_verb = verb_at(parsed.sentence, frame.verb)
    # "told President Putin in a phone call that" says what was said as well.
    if found_verb is not None and parsed.sentence.lower[frame.verb] in words("frames", "saying"):
        end, verb = found_verb
        if verb.summary:
            return _summed_up(parsed, roster, memory, frame, found_verb)
        start = min((one.start for one in frame.subjects), default=0)
        said = Pair(subject, start, frame.verb, end, verb, " ".join(parsed.sentence.words[frame.verb : end]), 0.9)
        return going_on(parsed, roster, memory, said, 0)
    lead = Pair(subject, 0, frame.verb, frame.tail, None, "", 0.5)
    found = going_on(parsed, roster, memory, lead, 0)
    if len(found) > 1:
        return [found[0], *(_by_all(roster, frame, clause) for clause in found[1:])]
    for at, first, pair in _frame_tails(parsed, roster, memory, frame, subject):
        if pair.subject.people:
            return [replace(found[0], end=at), *going_on(parsed, roster, memory, pair, first)]
    return found


def _summed_up(parsed: Parsed, roster: Roster, memory: Memory, frame: Frame, found: tuple[int, Verb]) -> list[Clause]:
    """`A discussed trade with B by phone`: what takes two, both did; without a subject it only says that they spoke."""
    sentence = parsed.sentence
    end, verb = found
    subjects, objects = sides(frame, roster)
    both = tuple(dict.fromkeys((*subjects, *objects)))
    about = verb.base == "discuss" or {"on", "about", "regarding", "concerning"} & set(sentence.lower[end:])
    start = min((one.start for one in frame.subjects), default=0)
    words_of = " ".join(sentence.words[frame.verb : end]) if about else ""
    said = Pair(Subject(0, frame.verb, both), start, frame.verb, end, verb if about else None, words_of, 0.85)
    return going_on(parsed, roster, memory, said, 0)


def _by_all(roster: Roster, frame: Frame, clause: Clause) -> Clause:
    """`A had a call with B and discussed trade`: what takes two to do, both did."""
    both = clause.verb is not None and (clause.verb.summary or clause.verb.act == "agree")
    subjects, others = sides(frame, roster)
    if not both or clause.people != subjects:
        return clause
    return replace(clause, people=tuple(dict.fromkeys((*subjects, *others))))


def _frame_tails(
    parsed: Parsed, roster: Roster, memory: Memory, frame: Frame, subject: Subject
) -> Iterator[tuple[int, int, Pair]]:
    """`to congratulate him`, `, where they agreed`, `, reaffirming`."""
    sentence = parsed.sentence
    for at in range(frame.tail, sentence.size - 1):
        lower = sentence.lower[at]
        if (
            lower == "to"
            and sentence.lower[at + 1] in purpose_verbs()
            and not _INQUIRING.intersection(sentence.lower[frame.tail : at])
        ):
            yield (
                at,
                at,
                Pair(subject, at, at + 1, at + 2, _infinitive(sentence.lower[at + 1]), sentence.words[at + 1], 0.8),
            )
        if lower == ",":
            found = verb_at(sentence, at + 1)
            if found is not None and found[1].form == "ing":
                text = " ".join(sentence.words[at + 1 : found[0]])
                yield at, at + 1, Pair(subject, at + 1, at + 1, found[0], found[1], text, 0.7)
        if lower == "who" and sentence.words[at - 1] == ",":
            # "spoke with President B, who said that"
            met = Subject(at, at + 1, roster.those(one for one in frame.objects[-1:] if one.end < at))
            verb = past_adverbs(sentence, at + 1)
            found = verb_at(sentence, verb)
            if sentence.lower[verb : verb + 1] and sentence.lower[verb] in words("initiators", "calling"):
                # "who called to congratulate him"
                subject = met
            if found is None or asks_for_call(sentence, found[0]):
                continue
            if found[1].form == "past" and len(frame.objects) == 1:
                text = " ".join(sentence.words[verb : found[0]])
                yield at, at, Pair(met, at, verb, found[0], found[1], text, 0.7)
        if lower in {"where", "which"}:
            pair = pair_at(parsed, roster, memory, at + 1)
            if pair is not None and pair.meaning is not None:
                yield at - (lower == "which"), at + 1, pair


def _infinitive(base: str) -> Verb | None:
    return by_base().get(base)
