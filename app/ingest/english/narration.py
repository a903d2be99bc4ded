"""Sentences that give no words to anybody and are the publisher's own."""

from app.ingest.english.lexicon import words
from app.ingest.english.verbs import is_deed_of_states, verb_at
from app.ingest.english.words import Sentence

_BEING = frozenset({"was", "were", "been"})
_PASSIVE_ONLY = frozenset(
    "paid given made provided offered accepted expressed placed laid held reached drawn touched put raised set brought "
    "exchanged devoted dedicated focused taken issued signed planned scheduled arranged attended joined "
    "presented".split()
)
_TOPICAL = frozenset(
    "topic topics attention agenda focus emphasis subject subjects issue items priority purpose theme "
    "participants".split()
)
MODAL = frozenset({"should", "must", "will", "would", "shall", "can", "could", "may", "might", "need", "cannot"})
_ATTENDED = frozenset({"attended", "joined", "participated"})
_ON_THE_SAME_DAY = (
    ["also", "today"],
    ["earlier", "today"],
    ["later", "today"],
    ["this", "morning"],
    ["this", "afternoon"],
    ["this", "evening"],
    ["last", "night"],
)
_AGO = frozenset({"ago", "yesterday"})
_MEETING = frozenset({"meet", "speak", "talk"})
_TURNING = frozenset(
    "focused turned touched covered centred centered dealt concerned took lasted ranged revolved addressed".split()
)
_ATTENDING = frozenset({"present", "attending", "participating", "joining", "representing", "taking"})
_PRESENT = _ATTENDING | {"on", "in", "among", "taking"}
_VISITS = frozenset({"visit", "trip"})
_OF_REMARKS = (["made", "the", "remarks"], ["made", "these", "remarks"], ["made", "the", "comments"])
_OPENING_WORDS = 7
_EARLY = 14
_LATEST = 20
_NEAR = 4
_OFFICES = frozenset("administration department committee council force budget agency agencies ministry".split())
_SHARED_VIEWS = frozenset(
    "agreement commitment consensus understanding recognition convergence exchange discussion discussions concern "
    "acknowledgement acknowledgment talk".split()
)
_DETERMINERS = frozenset({"another", "next", "the", "this", "their", "a", "an", "today", "these", "that", "its"})


def is_narrated(sentence: Sentence) -> bool:
    """Whether a sentence that gives no words to anybody is the publisher's own: agentless, or about the call itself."""
    return (
        _is_agentless(sentence)
        or is_about_the_call(sentence)
        or _is_said_by_others(sentence)
        or _is_the_author(sentence)
        or _is_of_an_office(sentence)
        or _is_of_nobody(sentence)
        or _is_of_another_time(sentence)
        or sentence.words[-1] == ":"
        or sentence.words[0] in {"-", "•", "*", "–"}
    )


def _is_of_another_time(sentence: Sentence) -> bool:
    """`A week ago the port reopened`, `This morning, she moved: what happened outside of the call."""
    return sentence.lower[:2] in _ON_THE_SAME_DAY or bool(_AGO.intersection(sentence.lower[:_NEAR]))


def is_about_the_call(sentence: Sentence) -> bool:
    """Whether a sentence tells of the call itself: its topics, or who attended."""
    return (
        _has_it_for_subject(sentence)
        or _is_of_a_visit(sentence)
        or _dates_remarks(sentence)
        or _tells_when_next(sentence)
        or _tops_the_agenda(sentence)
        or _is_a_topic(sentence)
        or _tells_who_attended(sentence)
    )


def _is_of_a_visit(sentence: Sentence) -> bool:
    """`Minister Roe's visit underscores`: what the publisher makes of it."""
    owner = next((at for at in range(min(_OPENING_WORDS, sentence.size)) if sentence.possessive[at]), sentence.size)
    near = sentence.lower[owner + 1 : owner + _NEAR]
    return bool(_VISITS.intersection(near)) and MODAL.isdisjoint(sentence.lower[owner : owner + _OPENING_WORDS])


def _dates_remarks(sentence: Sentence) -> bool:
    """`Moreau made the remarks in a phone call with`: when something was said."""
    lower = sentence.lower[:_EARLY]
    return any(lower[at : at + 3] in _OF_REMARKS for at in range(len(lower)))


def _is_a_topic(sentence: Sentence) -> bool:
    """`Energy was another topic`, `among the issues raised were`, `talks also turned to`."""
    lower = sentence.lower
    if lower[0] in {"among", "amongst"}:
        return bool(_TOPICAL.intersection(lower[1:_NEAR]))
    first = 1 if lower[0] == "also" else 0
    if lower[first : first + 1] and lower[first] in (_PRESENT if first else _ATTENDING):
        # "Also on the line was Foreign Minister B", "present at the talks were"
        return bool(_BEING.intersection(lower[2:_LATEST]))
    if lower[0] in words("frames", "events"):
        return bool(_TURNING.intersection(lower[1 : 2 + (lower[1:2] == ["also"])]))
    being = next((at for at, word in enumerate(lower[:_LATEST]) if word in _BEING), len(lower))
    return lower[being + 1 : being + 2] in (["another"], ["also"]) and bool(
        {"topic", "topics", "agenda", "subject", "subjects"}.intersection(lower[being + 2 : being + 2 + _NEAR])
    )


def _is_of_an_office(sentence: Sentence) -> bool:
    """`The Administration has proposed ...`: what the publisher's own side does."""
    return bool(_OFFICES & set(sentence.lower[:4]))


def _is_of_nobody(sentence: Sentence) -> bool:
    """`There was broad agreement on trade`: a shared view without those who share it."""
    return sentence.lower[:1] == ["there"] and bool(
        _BEING.intersection(sentence.lower[1:4]) and _SHARED_VIEWS.intersection(sentence.lower[2:_OPENING_WORDS])
    )


def _tells_who_attended(sentence: Sentence) -> bool:
    """`Li Jun and other officials attended the meeting`."""
    verbs = [at for at, lower in enumerate(sentence.lower) if lower in _ATTENDED]
    return any(words("frames", "events").intersection(sentence.lower[at + 1 : at + 5]) for at in verbs[:1])


def _is_said_by_others(sentence: Sentence) -> bool:
    """`The legislators conveyed how ...`: a subject that means nobody who took part, with a verb of saying."""
    if sentence.lower[0] not in _DETERMINERS and not sentence.capital[0]:
        return False
    groups = words("people", "attendees") | words("people", "groups")
    for at in range(1, min(25, sentence.size)):
        if sentence.lower[at] in {"that", "because"}:
            break
        found = verb_at(sentence, at)
        before = at - 1 - (sentence.lower[at - 1] in {"also", "further", "then"})
        if found is not None and found[1].form == "past" and sentence.lower[before] in groups and before > 0:
            return True
    for at in range(1, min(_OPENING_WORDS, sentence.size)):
        if (
            sentence.lower[at]
            in _BEING | {"is", "are", "be", "that", "which", "who", ",", "has", "have", "had", "of"} | MODAL
        ):
            return False
        found = verb_at(sentence, at)
        if found is not None and found[1].form == "past" and not found[1].ambiguous:
            if is_deed_of_states(sentence.lower[at]):
                return False
            return sentence.lower[found[0] : found[0] + 1] not in (["by"], ["."])
    return False


def _is_the_author(sentence: Sentence) -> bool:
    """`I had a conversation with`: whoever publishes the text speaks."""
    return any(lower == "i" and not sentence.quoted[at] for at, lower in enumerate(sentence.lower[:12]))


def _tells_when_next(sentence: Sentence) -> bool:
    """`They will meet next in Oslo`: when those who spoke will do so again."""
    lower = sentence.lower[:_OPENING_WORDS]
    will = lower.index("will") if "will" in lower else 0
    subject = bool({"they", *words("people", "groups")}.intersection(lower[:will]))
    return subject and bool(_MEETING.intersection(lower[will:]))


def _tops_the_agenda(sentence: Sentence) -> bool:
    """`Energy topped the agenda`, `trade also figured in the talks`, `visas came up in the course of the meeting`."""
    lower = sentence.lower
    coming = next(
        (at for at, word in enumerate(lower) if word == "figured" or lower[at : at + 2] == ["came", "up"]), None
    )
    if coming is not None and words("frames", "events").intersection(lower[coming : coming + _LATEST]):
        return True
    return bool({"topped", "dominated"} & set(sentence.lower)) and bool(_TOPICAL & set(sentence.lower))


def _is_agentless(sentence: Sentence) -> bool:
    """`It was noted`, `the situation was discussed`: a passive of saying without a speaker."""
    skipped = 0
    spoke = False
    inverted = verb_at(sentence, 1) if sentence.lower[0] in {"also", "further"} else None
    if inverted is not None and inverted[1].form == "past" and _BEING.intersection(sentence.lower[inverted[0] :][:1]):
        # "Also raised was the matter of visas."
        return True
    for at, lower in enumerate(sentence.lower):
        if sentence.quoted[at]:
            continue
        if at < skipped:
            continue
        if lower in {"which", "who"} and sentence.words[at - 1] == ",":
            # A relative clause between commas.
            skipped = next((k for k in range(at, sentence.size) if sentence.words[k] == ","), sentence.size)
            continue
        relative = lower == "that" and not spoke and sentence.lower[at - 1] not in _BEING
        if lower in {"that", "which", "who", "because", "since"} and at > 1 and not relative:
            return False
        spoke = spoke or verb_at(sentence, at) is not None
        if lower in _BEING:
            after = at + 1
            while after < sentence.size and (
                sentence.lower[after]
                in {"also", "again", "then", "been", "being", "once", "in", "detail", "further", "therefore", "thus"}
                or sentence.lower[after].endswith("ly")
            ):
                after += 1
            if after >= sentence.size:
                return False
            found = verb_at(sentence, after)
            if sentence.lower[after] in _PASSIVE_ONLY:
                return True
            if found is not None and found[1].form == "past":
                # "These facts have been confirmed by the agency" tells who did.
                return sentence.lower[found[0] : found[0] + 1] != ["by"]
    return False


def _has_it_for_subject(sentence: Sentence) -> bool:
    """`The conversation took place in a warm atmosphere`, `the main topic was`."""
    begin = 2 if sentence.words[1:2] == [","] else 0
    if sentence.lower[0] in {"further", "other", "additional", "main", "key"}:
        # "Further topics of the call were"
        return bool(_TOPICAL & set(sentence.lower[1:_NEAR]))
    lower = sentence.lower[begin : begin + _OPENING_WORDS]
    if not lower or lower[0] not in _DETERMINERS:
        return False
    known = words("frames", "events") | _TOPICAL
    for at, word in enumerate(lower[1:], 1):
        if word in {"of", "to", "with", "for", "between", "in", "on", "that", "which", ","}:
            return False
        if word in known:
            after = sentence.lower[begin + at + 1 : begin + at + 3]
            return not (MODAL & set(after))
    return False
