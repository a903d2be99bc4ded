"""The words of a sentence that say who speaks."""

from dataclasses import replace

from app.ingest.english.lexicon import words
from app.ingest.english.pairs import Pair, pair_at, past_adverbs, unless_others
from app.ingest.english.parsed import Parsed
from app.ingest.english.roster import Roster
from app.ingest.english.subjects import Memory, Subject, pronoun_at, subject_at
from app.ingest.english.verbs import HAVING, Verb, verb_at
from app.ingest.english.words import Sentence

# What comes before a subject that is inside of something else.
_INSIDE = frozenset(
    "that which who whom whose what how where because if whether as than of with to for by from between about on at in "
    "into against towards toward through upon like including under over within without via per when until unless "
    "although though before after since why per said".split()
)
_OWN_WORDS = frozenset({"view", "opinion", "words", "assessment", "estimation"})
_OBLIQUE = {"him": "he", "her": "she", "them": "they"}
_OWNING = {"his": "he", "her": "she", "their": "they"}
_WISHING = frozenset({"request", "propose", "suggest", "arrange"})
_TELLING = frozenset({"brief", "update"})
_AUTHOR = frozenset({"i", "we"})
_OPENING = 4
_ANSWERING = (["in", "response"], ["in", "reply"], ["in", "turn"])
BEING = frozenset({"was", "were"})
_WRITINGS = frozenset({"message", "letter", "telegram", "note", "greeting"})
_OTHER_WAYS = _WRITINGS | {"according", "in", "as"}
_QUOTES = frozenset({'"', "”", "»"})
_SPOKESPEOPLE = frozenset({"spokesman", "spokeswoman", "spokesperson"})
_JUDGEMENTS = (["revealing"], ["noteworthy"], ["telling"], ["notable"], ["remarkable"], ["symbolic"], ["indicative"])
_COMMAS = frozenset({",", "–", "—", "-", ";"})


def find_lead(parsed: Parsed, roster: Roster, memory: Memory) -> Pair | None:
    """The first subject with its verb that is not inside of something else, or another way of naming a speaker."""
    sentence = parsed.sentence
    left_out = _by_author(sentence, roster, memory) if roster.author is not None else None
    if left_out is not None:
        return left_out
    subordinate = False
    at = opens = _past_judgement(sentence)
    while at < sentence.size:
        lower = sentence.lower[at]
        if sentence.quoted[at]:
            at += 1
            continue
        before = sentence.lower[at - 1] if at != opens else ""
        if before not in _INSIDE and (not subordinate or before in _COMMAS or before in _QUOTES):
            if roster.author is not None and lower in _AUTHOR and HAVING.intersection(sentence.lower[at + 1 : at + 3]):
                # "I have seen the minister, and we agreed" tells the reader of another talk.
                return None
            pair = pair_at(parsed, roster, memory, at) or _inverted(parsed, roster, memory, at)
            if pair is not None and _is_relayed(parsed, pair):
                at = opens = pair.end + 1
                continue
            if pair is not None:
                after_others = before == "and" and not pair.subject.group and _follows_others(sentence, at - 1)
                # Who of those named belongs to "harbour masters and President A" cannot be told.
                return replace(pair, subject=unless_others(pair.subject, roster)) if after_others else pair
        other = None
        if lower in _OTHER_WAYS:
            other = (
                _according(parsed, roster, memory, at)
                or _as_said(parsed, roster, memory, at)
                or _written(parsed, roster, at)
            )
        if other is None and lower in BEING and not subordinate:
            other = by_agent(parsed, roster, memory, at)
        if other is not None:
            return other
        if at and lower in {"that", "which", "who", "because", "whether", "if"}:
            subordinate = True
        mention = parsed.mentions.get(at)
        at = mention.end if mention is not None else at + 1
    return None


def _by_author(sentence: Sentence, roster: Roster, memory: Memory) -> Pair | None:
    """`Thanked him for seeds. Also discussed reeds.`: an author who leaves out `I` and `we`."""
    first = past_adverbs(sentence, 0)
    found = verb_at(sentence, first)
    if roster.author is None or found is None or found[1].form != "past" or not sentence.capital[0]:
        return None
    end, verb = found
    if sentence.lower[end : end + 1] in (["by"], [","], []):
        return None
    together = (verb.summary or verb.act == "agree") and roster.knows_we and len(memory.present) > 1
    who = Subject(0, first, memory.present if together else (roster.author,), group=together)
    return Pair(who, first, first, end, verb, " ".join(sentence.words[first:end]), 0.8)


def _past_judgement(sentence: Sentence) -> int:
    """The place after `It was revealing that`, which brings in what somebody said, or the beginning."""
    opens = sentence.lower[:1] == ["it"] and sentence.lower[1:2] in (["is"], ["was"])
    return 4 if opens and sentence.lower[2:3] in _JUDGEMENTS and sentence.lower[3:4] == ["that"] else 0


def _is_relayed(parsed: Parsed, pair: Pair) -> bool:
    """`The spokesman added that the President thanked them`: what is told is in the clause that follows."""
    mention = parsed.mentions.get(pair.start)
    spokesman = mention is not None and (mention.head or "").rpartition(" ")[2] in _SPOKESPEOPLE
    return spokesman and not pair.subject.people and parsed.sentence.lower[pair.end : pair.end + 1] == ["that"]


def _follows_others(sentence: Sentence, joining: int) -> bool:
    """Whether a word for several people stands before an `and`, and is no part of anything else."""
    last = sentence.lower[joining - 1] if joining else ""
    return last in words("people", "attendees") | words("people", "groups") and not sentence.possessive[joining - 1]


def by_agent(parsed: Parsed, roster: Roster, memory: Memory, at: int) -> Pair | None:
    """`The state of the harvest was raised by the President of France`."""
    sentence = parsed.sentence
    place = at + 1
    while place < sentence.size and (sentence.lower[place] in {"also", "been"} or sentence.lower[place].endswith("ly")):
        place += 1
    found = verb_at(sentence, place)
    by = found is not None and sentence.lower[found[0] : found[0] + 1] == ["by"]
    both = found is not None and sentence.lower[found[0] : found[0] + 3] == ["on", "both", "sides"]
    if found is None or found[1].form != "past" or not (by or both):
        return None
    if found[1].base in _TELLING:
        # "He was briefed by A and B" tells who was there.
        return None
    if found[1].base in _WISHING and words("frames", "events").intersection(sentence.lower[:_OPENING]):
        # "The call was requested by" is about the call.
        return None
    agent = found[0] + 1
    # "by both A and B"
    agent += sentence.lower[agent : agent + 1] == ["both"] and agent + 1 in parsed.mentions
    subject = subject_at(parsed, roster, memory, agent) if agent < sentence.size else None
    if subject is None or not subject.people:
        return None
    return Pair(subject, at, place, subject.end, found[1], " ".join(sentence.words[place : found[0]]), 0.85)


def _inverted(parsed: Parsed, roster: Roster, memory: Memory, at: int) -> Pair | None:
    """`"...," said the Head of State`."""
    sentence = parsed.sentence
    if not at or sentence.words[at - 1] not in _QUOTES | {","}:
        return None
    found = verb_at(sentence, at)
    if found is None or found[1].form == "ing":
        return None
    subject = subject_at(parsed, roster, memory, found[0])
    if subject is None or subject.side:
        return None
    return Pair(subject, at, at, subject.end, found[1], " ".join(sentence.words[at : found[0]]), 0.95)


def _according(parsed: Parsed, roster: Roster, memory: Memory, at: int) -> Pair | None:
    """`according to the President`, `in Putin's view`."""
    sentence = parsed.sentence
    if sentence.lower[at : at + 2] == ["according", "to"] and at + 2 < sentence.size:
        pronoun = _OBLIQUE.get(sentence.lower[at + 2])
        subject = pronoun_at(roster, memory, at + 2, pronoun) if pronoun else subject_at(parsed, roster, memory, at + 2)
        if subject is not None:
            return Pair(subject, at, at, subject.end, None, "according to", 0.8)
    own = sentence.lower[at : at + 3]
    if own[:1] == ["in"] and own[1:2] and own[1] in _OWNING and own[2:3] and own[2] in _OWN_WORDS:
        subject = pronoun_at(roster, memory, at, _OWNING[own[1]])
        return Pair(subject, at, at, at + 3, None, " ".join(sentence.words[at : at + 3]), 0.7)
    mention = parsed.mentions.get(at + 1) if sentence.lower[at] == "in" else None
    if mention is not None and sentence.possessive[mention.end - 1]:
        person = roster.meant(mention)
        if (
            person is not None
            and sentence.lower[mention.end : mention.end + 1]
            and sentence.lower[mention.end] in _OWN_WORDS
        ):
            subject = Subject(at, mention.end + 1, (person,))
            return Pair(subject, at, at, mention.end + 1, None, f"in ... {sentence.lower[mention.end]}", 0.7)
    return None


def _as_said(parsed: Parsed, roster: Roster, memory: Memory, at: int) -> Pair | None:
    """`As the President stressed, trade grows`."""
    sentence = parsed.sentence
    if sentence.lower[at] != "as" or (at and sentence.words[at - 1] not in _COMMAS):
        return None
    pair = pair_at(parsed, roster, memory, at + 1)
    if pair is None or pair.meaning is None:
        return None
    end = pair.end + 2 * (sentence.lower[pair.end : pair.end + 2] in _ANSWERING)
    if sentence.words[end : end + 1] != [","]:
        return None
    return replace(pair, start=at)


def _written(parsed: Parsed, roster: Roster, at: int) -> Pair | None:
    """`the message from the President reads`: the sender's words."""
    sentence = parsed.sentence
    if sentence.lower[at] not in _WRITINGS or not roster.people or not roster.of_letters:
        return None
    sender = roster.people[0]
    end = at + 1
    for place, mention in parsed.mentions.items():
        if at < place <= at + 4 and sentence.lower[place - 1] in {"from", "by", "of"}:
            sender, end = roster.meant(mention) or sender, mention.end
        if place < at and mention.end == at and sentence.possessive[at - 1]:
            sender = roster.meant(mention) or sender
    verb = past_adverbs(sentence, end)
    if sentence.lower[verb : verb + 1] and sentence.lower[verb] in {
        "reads",
        "read",
        "says",
        "said",
        "states",
        "notes",
        "stresses",
    }:
        subject = Subject(at, end, (sender,))
        start = at - 1 if at and sentence.lower[at - 1] == "the" else at
        return Pair(subject, start, verb, verb + 1, verbs_say(sentence, verb), sentence.words[verb], 0.9)
    return None


def verbs_say(sentence: Sentence, place: int) -> Verb | None:
    """The verb at a place, if it is one of saying."""
    found = verb_at(sentence, place)
    return found[1] if found else None
