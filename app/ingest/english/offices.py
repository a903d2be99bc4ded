"""Titles of office in English texts, and whose offices they are."""

from functools import lru_cache

from app.ingest.english.lexicon import words
from app.ingest.english.naming import (
    LONGEST_NAME,
    RANKS,
    Mention,
    is_given_name,
    is_matter,
    is_name_word,
    lists,
    owned,
    skip_courtesies,
    skip_parenthesis,
    skip_rank,
)
from app.ingest.english.parties import party_adjectives, party_names
from app.ingest.english.words import Sentence

_LONGEST_OFFICE = 14
_SHORT = {
    "pm": "prime minister",
    "fm": "foreign minister",
    "eam": "external affairs minister",
    "dpm": "deputy prime minister",
}
_DEEPEST = 4
# What envoys are appointed to do.
_TASKS = (["monitor"], ["combat"], ["counter"], ["prevent"])
_LADIES = (["first", "lady"], ["second", "lady"])
_LONGEST_BODY = 12
_OWN_HOUSE = ["white", "house"]
_LONGEST_FIELD = 3
_SHORT_WORD = 2
_VISITS = frozenset(
    "visit visits trip tour talks meeting meetings welcome ceremony delegation reception dinner luncheon residence "
    "guest working state negotiations dialogue position statement invitation opening".split()
)
_HEADED = frozenset({"state", "government", "diplomacy"})
_CABINETS = (["cabinet", "of", "ministers"], ["council", "of", "ministers"])
_OF_ALL_STATES = frozenset({"international", "world", "global"})
_DASHES = frozenset({"-", "–", "—"})
_RANKS_BEFORE_NAMES = frozenset({"ambassador", "senator", "admiral", "colonel", "prince", "princess"})
_FIRST_OF_OFFICES = frozenset({"acting", "deputy", "interim", "associate", "executive", "principal", "senior"})
_OF_DEPARTMENT_HEADS = frozenset({"secretary", "undersecretary", "minister", "administrator", "commissioner"})
_OF_MINISTERS = frozenset(
    {"federal", "cabinet", "deputy", "vice", "assistant", "under", "acting", "former", "first", "senior", "state"}
)
_OF_PORTFOLIOS = frozenset({"of", "for"})
_OF_PLACES = frozenset(
    "republic head governor mayor president premier minister chairman chairwoman director ceo founder bishop".split()
)
_OF_DEPARTMENTS = frozenset({"of", "for", "on"})
_WITHIN_DEPARTMENTS = _OF_DEPARTMENTS | {"and", "&", ","}
_NO_OWNERS = frozenset({"people", "workers"})
_OF_OWNERS = frozenset({"office", "administration", "secretariat", "chancellery", "cabinet"})
_NOT_ALONE = frozenset({"general", "chief", "deputy", "chair", "justice", "head", "state", "gentleman"})
# Two words for the organisation, and two for the name after it.
_LEAST_ORGANISATION = 4
_OF = frozenset({"of", "for", "to", "at"})
_DEPARTMENTS = frozenset({"chancellery", "ministry", "department", "embassy", "mission", "secretariat", "presidency"})
_LONGEST_DEPARTMENT = 3
_SENT = frozenset({"ambassador", "commissioner", "envoy", "representative", "consul", "delegate"})
# Offices that are told by whom they serve: "Adviser to the Chancellor".
_SERVING = ("adviser", "advisor", "aide")


def second_office(sentence: Sentence, mention: Mention) -> int:
    """Where a name may follow: after the second office of one person, as in `State Councilor and Foreign Minister`."""
    end = mention.end
    joins = sentence.lower[end : end + 1]
    # "The President and Prime Minister Modi" are two.
    dashed = joins[:1] and joins[0] in _DASHES
    if joins not in (["and"], ["/"], ["&"]) and not dashed:
        return end
    # But "the Deputy Prime Minister - Minister of Finance" is one, and so is "the High Representative/Vice-President".
    apart = sentence.lower[mention.start] == "the" and not dashed and joins != ["/"]
    if owned(sentence, end):
        return end
    second = Mention(end + 1, end + 1)
    if end + 1 < sentence.size and sentence.capital[end + 1] and office_at(sentence, end + 1, second):
        if apart and not _is_of_deputy(mention, second) and mention.head != "crown prince":
            return end
        at = skip_rank(sentence, skip_courtesies(sentence, second.end, articles=False))
        named = is_name_word(sentence, at) or _is_named_after_comma(sentence, second.end)
        if named and not owned(sentence, second.end):
            mention.party = mention.party or second.party
            mention.further_head = second.head
            mention.joint = joins[0] if dashed else "and"
            mention.end = second.end
            return second.end
    return end


def _is_of_deputy(first: Mention, second: Mention) -> bool:
    """`the Deputy Prime Minister and Minister for Defence Jan Roe`, which are one person's."""
    held = (second.head or "").split()
    return (first.head or "").startswith("deputy ") and held[:1] == ["minister"] and len(held) > 1


def take_membership(sentence: Sentence, place: int, mention: Mention) -> bool:
    """Take `Party Council Member, Director of the Office, and Foreign Minister` before one name."""
    end = _past_membership(sentence, place)
    heads, last = [" ".join(sentence.lower[place:end])], end
    while last > place and (first := _past_joining(sentence, last)) > last:
        held = Mention(first, first, party=mention.party)
        if not (sentence.capital[first] and office_at(sentence, first, held)) or held.head is None:
            break
        heads.append(held.head)
        mention.party, last = held.party, held.end
    if len(heads) == 1 or not is_name_word(sentence, last):
        return False
    mention.office, mention.end = (place, last), last
    mention.head, mention.further_head = ", ".join(heads[:-1]), heads[-1]
    return True


def _past_membership(sentence: Sentence, place: int) -> int:
    """The place after `Party Council Member`, or the place itself."""
    for at in range(place, min(sentence.size, place + _LONGEST_BODY)):
        if not sentence.capital[at] or owned(sentence, at + 1):
            break
        if sentence.lower[at] == "member" and at > place:
            return at + 1
    return place


def _past_joining(sentence: Sentence, place: int) -> int:
    """The place after `,`, `and` or `, and` where a word follows, or the place itself."""
    at = place + (sentence.words[place : place + 1] == [","])
    at += sentence.lower[at : at + 1] == ["and"]
    return at if at < sentence.size else place


def _is_named_after_comma(sentence: Sentence, place: int) -> bool:
    """Whether `, Wang Li,`, `, Senator Wang Li,` or `, Mr. Wang Li` follows at a place: a name after a comma."""
    if sentence.words[place : place + 1] != [","]:
        return False
    styled = skip_courtesies(sentence, place + 1, articles=False)
    if styled > place + 1:
        # ", His Royal Highness Khalid bin Faisal"
        return is_name_word(sentence, styled)
    first = skip_rank(sentence, place + 1)
    named = is_name_word(sentence, first) and is_name_word(sentence, first + 1)
    return named and sentence.words[first + 2 : first + 3] == [","]


def skip_abbreviation(sentence: Sentence, place: int) -> int:
    """Past an organisation's letters before an office: `the IMF Managing Director`."""
    if not _is_abbreviation(sentence, place):
        return place
    # "the AA and BB Senior Liaison"
    joined = sentence.lower[place + 1] == "and" and _is_abbreviation(sentence, place + 2)
    after = place + 3 if joined else place + 1
    return after if sentence.capital[after] else place


def _is_abbreviation(sentence: Sentence, place: int) -> bool:
    """Whether letters of an organisation stand at a place, and something after them."""
    word = sentence.words[place] if place + 1 < sentence.size else ""
    return len(word) > 1 and word.isalpha() and word.isupper() and word.lower() not in lists().heads


def body_before_office(sentence: Sentence, place: int) -> int:
    """Where the office begins after the name of a body (`World Bank President David Roe`), or the place itself."""
    known, at = lists(), place
    # "Department of Energy Secretary Jane Roe"
    first = place + 2 if sentence.lower[place : place + 2] == _OWN_HOUSE else place
    opened = _opens_department(sentence, first)
    while at < sentence.size and at - place < _LONGEST_BODY:
        lower = sentence.lower[at]
        before = sentence.lower[at - 1]
        heads = opened and (lower in known.heads or lower in _FIRST_OF_OFFICES or _is_under(sentence, at))
        ends = heads or before == ")" or before in known.office_bodies
        if at > place and ends and sentence.capital[at] and office_at(sentence, at, Mention(at, at)):
            return at
        after = skip_parenthesis(sentence, at) if at > place else at
        if lower in known.departments and "," in sentence.words[place:at]:
            # "from the Department of Trade, and Harbour Council Director Jan Roe": another body.
            break
        within = after > at or (opened and lower in _WITHIN_DEPARTMENTS)
        if not within and (not sentence.capital[at] or owned(sentence, at + 1)):
            break
        at = max(after, at + 1)
    return place


def _opens_department(sentence: Sentence, place: int) -> bool:
    """Whether `Department of`, `High Council for` or the like stands at a place."""
    for at in range(place, min(sentence.size - 1, place + _LONGEST_DEPARTMENT)):
        if not sentence.capital[at]:
            return False
        if sentence.lower[at] in lists().departments and sentence.lower[at + 1] in _OF_DEPARTMENTS:
            return True
    return False


def office_at(sentence: Sentence, place: int, mention: Mention) -> bool:
    """Take the office that begins at a place into a mention, with the party that it is of."""
    known, lower = lists(), sentence.lower
    at, last_head = place, -1
    limit = min(sentence.size, place + _LONGEST_OFFICE)
    while at < limit:
        word = lower[at]
        if word in known.heads and (is_given_name(sentence, at) or _is_of_visit(sentence, at)):
            break
        if word in known.heads:
            last_head = at
        elif word == "and" and last_head < 0 and _goes_on(sentence, at):
            # "Foreign and Security Policy Advisor"
            pass
        elif (
            word not in known.modifiers
            and not (word in known.domains and sentence.capital[at])
            and not (word == "lady" and at > place)
            and not _is_under(sentence, at)
        ):
            department = (
                _past_department(sentence, at) if last_head < 0 or lower[last_head] in _FIRST_OF_OFFICES else at
            )
            if department == at:
                break
            at = department
            continue
        at += 1
        if owned(sentence, at):
            break
    if last_head < 0:
        if lower[place : place + 2] in _LADIES:
            last_head = place + 1
        else:
            return False
    if lower[last_head] in _RANKS_BEFORE_NAMES and known.heads.intersection(lower[place:last_head]):
        # "National Security Advisor Ambassador Jane Roe": a rank before the name.
        last_head -= 1
    # "Deputy" alone, or small words in running text, are no office.
    end = last_head + 1
    of_state = lower[end - 1 : end + 1] == ["head", "of"] and _HEADED & set(lower[end : end + 4])
    if not sentence.capital[place] and not _is_plain_office(lower[place:end]) and not of_state:
        return False
    mention.office = (place, end)
    mention.head = _SHORT.get(lower[place], " ".join(lower[place:end])).replace("minster", "minister")
    mention.end = end
    if lower[end - 1] == "head" and lower[end : end + 1] == ["of"]:
        _take_head_of_state(sentence, mention)
    if not owned(sentence, mention.end):
        _take_complement(sentence, mention)
    if sentence.words[mention.end : mention.end + 1] in (["I"], ["II"]):
        # "Minister of Foreign Affairs II of Brunei" is one of two.
        mention.end += 1
        _take_complement(sentence, mention)
    return True


def _is_of_visit(sentence: Sentence, place: int) -> bool:
    """`an official visit`, which is no official."""
    after = sentence.lower[place + 1 : place + 2]
    return sentence.lower[place] == "official" and bool(after) and after[0] in _VISITS


def _goes_on(sentence: Sentence, place: int) -> bool:
    """Whether an `and` stands between two words of one title."""
    modifiers, near = _before_heads(), sentence.lower[place - 1 : place + 2]
    before, after = near[0], near[-1]
    known = before in modifiers - words("people", "not_of_groups") and after in modifiers
    return known and place + 1 < sentence.size and sentence.capital[place + 1]


@lru_cache
def _before_heads() -> frozenset[str]:
    return lists().modifiers | lists().domains


def _past_department(sentence: Sentence, place: int) -> int:
    """The place of the head of `Health and Human Services Secretary`, after what the office is for, or the place."""
    at = place
    while at < sentence.size and at - place < _LONGEST_BODY:
        joins = sentence.lower[at] in {"and", "&"}
        if not (joins and _is_field(sentence, at + 1)) and not _is_field(sentence, at):
            break
        at += 1
    # "Urban Development Deputy Secretary"
    head = at + (at < sentence.size and sentence.lower[at] in _FIRST_OF_OFFICES | {"under"})
    ends = sentence.lower[head : head + 1]
    return at if at > place and ends and ends[0] in _OF_DEPARTMENT_HEADS and sentence.capital[head] else place


def _is_under(sentence: Sentence, place: int) -> bool:
    """`Under Secretary`, which is no preposition."""
    return sentence.words[place : place + 2] == ["Under", "Secretary"]


def _take_head_of_state(sentence: Sentence, mention: Mention) -> None:
    end = mention.end + 1 + (sentence.lower[mention.end + 1 : mention.end + 2] == ["the"])
    adjective = party_adjectives().at(sentence.words, end)
    if adjective is not None and _HEADED.intersection(sentence.lower[adjective[0] : adjective[0] + 1]):
        # "the head of the Ukrainian state"
        mention.party, end = mention.party or adjective[1], adjective[0]
    if sentence.lower[end : end + 1] and sentence.lower[end] in _HEADED and mention.office:
        mention.end = end + 1
        # "the head of Polish diplomacy"
        mention.head = "diplomat" if sentence.lower[end] == "diplomacy" else f"head of {sentence.lower[end]}"
        mention.office = (mention.office[0], end + 1)


def _is_plain_office(lower: list[str]) -> bool:
    return lower[-1] not in _NOT_ALONE or len(lower) > 1


def _take_complement(sentence: Sentence, mention: Mention) -> None:
    """Take `of the Russian Federation`, `of State`, `to the Prime Minister of Croatia` into an office."""
    known, lower = lists(), sentence.lower
    at = mention.end
    steps = 0
    while at < sentence.size and lower[at] in _OF and steps < _DEEPEST:
        steps += 1
        after = _past_small_words(sentence, at + 1)
        if lower[at] == "at" and not (_is_department(sentence, after) or lower[after : after + 2] == _OWN_HOUSE):
            # "met the President at the summit"
            return
        found = party_names().at(sentence.words, after) or party_names().at(sentence.words, at + 1)
        if found is not None:
            if lower[at] != "for" and not (lower[at] == "to" and lower[at - 1] in _SENT):
                # "Minister for the EU" tells what the office is about, and "Ambassador to Chad" where it is held.
                mention.party = mention.party or found[1]
            further = found[0]
            if lower[at] == "for" and lower[further : further + 1] == ["and"]:
                while further < sentence.size and (lower[further] == "and" or _is_field(sentence, further)):
                    further += 1
                further -= lower[further - 1] == "and"
            if further < sentence.size and lower[further] in known.fields and sentence.capital[further]:
                # "of the U.S. Department of Energy"
                after = further
            else:
                at = mention.end = skip_parenthesis(sentence, further)
                continue
        if lower[after - 2 : after] == _OWN_HOUSE:
            mention.body = mention.body or " ".join(_OWN_HOUSE)
        adjective = party_adjectives().at(sentence.words, after)
        if adjective is not None:
            # "for Indian Affairs" is what an office is about, and not whose it is.
            about = lower[at] == "for" and lower[adjective[0] : adjective[0] + 1] in (["affairs"], ["policy"])
            mention.party = mention.party or (None if about else adjective[1])
            after = adjective[0]
            if sentence.lower[after : after + 1] in (["republic"], ["federation"]):
                at = mention.end = after + 1
                continue
        small = not sentence.capital[at - 1] and lower[at - 1] in _OF_DEPARTMENT_HEADS
        task = lower[after : after + 1] in _TASKS
        end = _past_task(sentence, after) if task else _past_fields(sentence, after, small=small)
        if lower[at] in _OF_PORTFOLIOS and end > after:
            end = _past_further_fields(sentence, end, named=bool(mention.names))
        if end == after:
            unknown = _organisation(sentence, after, named=bool(mention.names), single=_names_place(lower, at))
            if unknown is None:
                return
            end = unknown
            if lower[at] == "of" and end == after + 1 and sentence.words[after].isupper() and mention.body is None:
                # "Secretary-General of ASEAN" is of no state.
                mention.of_body, mention.body = True, sentence.words[after]
        else:
            end = _past_body(sentence, end, named=bool(mention.names))
        # "President of the World Bank" is of no state.
        mention.of_body = mention.of_body or not _OF_ALL_STATES.isdisjoint(lower[after:end])
        if mention.office is not None:
            mention.head = _longer(mention.head or "", lower[at:end], lower[after], of_party=adjective is not None)
            mention.office = (mention.office[0], end)
        at = mention.end = skip_parenthesis(sentence, end)


def _past_fields(sentence: Sentence, place: int, *, small: bool = False) -> int:
    """The place after what an office is of: `Foreign Affairs`, but not the `and` before a second office.

    What a minister is of whose office is in `small` letters may be so too: `minister of foreign affairs`.
    """
    known, lower, end = lists(), sentence.lower, place
    while (
        end < sentence.size
        and end - place < _LONGEST_OFFICE
        and (lower[end] in known.fields or lower[end] in known.heads or lower[end] in known.modifiers)
        and (sentence.capital[end] or lower[end] in {"and", "the"} or small)
        and not is_given_name(sentence, end)
    ):
        after_and = lower[end + 1 : end + 2] if lower[end] == "and" else []
        if after_and == ["the"] or known.heads.intersection(after_and):
            # The next of a list, or a second office.
            break
        end += 3 if lower[end : end + 3] in _CABINETS else 1
        # "of the Lao People's Party" goes on.
        own = lower[end - 1] in _NO_OWNERS or _is_of_owner(sentence, end)
        if owned(sentence, end) and not own:
            break
    while end > place and (lower[end - 1] in {"and", "the"} or _is_rank(sentence, end - 1)):
        end -= 1
    return end


def _past_task(sentence: Sentence, place: int) -> int:
    """The place after what `Envoy to Monitor and Combat Extremism Ann Roe` is to do, or the place itself."""
    end = place
    for at in range(place, min(sentence.size, place + _LONGEST_BODY)):
        if not (sentence.capital[at] or sentence.lower[at] in {"and", "in"}):
            break
        if is_matter(sentence.lower[at]) or _is_field(sentence, at):
            end = at + 1
    return end


def _is_rank(sentence: Sentence, place: int) -> bool:
    """Whether a rank stands between an office and a name: `Assistant Secretary for Health Admiral Ann Roe`."""
    return sentence.lower[place] in RANKS and skip_rank(sentence, place) > place


def _past_body(sentence: Sentence, place: int, *, named: bool) -> int:
    """The place after the rest of `President of The Asian Harbours Foundation`, before two words of a name or none."""
    at = place
    while at < sentence.size and at - place < LONGEST_NAME and sentence.capital[at] and sentence.words[at].isalpha():
        at += 1
    last = at if named else at - 2
    return last if last > place and sentence.lower[last - 1] in _ends_of_bodies() else place


@lru_cache
def _ends_of_bodies() -> frozenset[str]:
    return lists().office_bodies | lists().fields | words("people", "bodies") | words("people", "groups")


def _past_further_fields(sentence: Sentence, place: int, *, named: bool) -> int:
    """The place after `, Income Support and Labor` of `Director for Education, Income Support and Labor Jan Roe`."""
    at, known = place, True
    while sentence.words[at : at + 1] == [","]:
        first = at + 1
        at = first
        while at < sentence.size and sentence.capital[at] and at - first < _LONGEST_FIELD:
            at += 1
        if at == first:
            break
        known = known and _is_field(sentence, at - 1)
    at += sentence.words[at : at + 1] == [","]
    if at == place or sentence.lower[at : at + 1] != ["and"] or not _is_field(sentence, at + 1):
        return place
    if office_at(sentence, at + 1, Mention(at + 1, at + 1)):
        # The next office of one person, or of another.
        return place
    end = at + 1
    while _is_field(sentence, end):
        end += 1
    # "Minister for Transport, Highways and Ports, Jan Roe,"
    closes = sentence.words[end : end + 1] == [","] and known
    ends = is_name_word(sentence, end) or sentence.lower[end : end + 1] == ["of"] or closes or (named and known)
    return end if ends else place


def _is_of_owner(sentence: Sentence, place: int) -> bool:
    """`the Head of the President's Office`, and no `Treasury's Office of Foreign Assets Control`."""
    near = sentence.lower[place : place + 2]
    return bool(_OF_OWNERS.intersection(near[:1])) and near[1:] != ["of"]


def _past_small_words(sentence: Sentence, place: int) -> int:
    """The place after `the`, `the brotherly` and `the White House`, whose offices have names of their own."""
    at = place + (sentence.lower[place : place + 1] == ["the"])
    if sentence.lower[at : at + 2] == _OWN_HOUSE and sentence.lower[at + 2 : at + 3] in (["office"], ["council"]):
        at += 2
    while at < sentence.size and sentence.lower[at] in words("people", "endearments"):
        at += 1
    return at


def _is_department(sentence: Sentence, place: int) -> bool:
    """Whether a ministry or the like stands at a place: `the Federal Chancellery`."""
    near = sentence.lower[place : place + _LONGEST_DEPARTMENT]
    end = next((at for at, lower in enumerate(near) if lower in _DEPARTMENTS), None)
    return end is not None and all(sentence.capital[place : place + end + 1])


def _is_field(sentence: Sentence, place: int) -> bool:
    return place < sentence.size and sentence.capital[place] and sentence.lower[place] in lists().fields


def _longer(head: str, further: list[str], first: str, *, of_party: bool) -> str:
    """An office together with what belongs to its title: `secretary of state`, `chief of staff`."""
    of = further[0]
    if of == "to" and (head.endswith("assistant") or (head.endswith(_SERVING) and further[1] == "the")):
        return f"{head} {' '.join(further)}"
    if of == "of" and head.split()[-1:] == ["chief"] and further[1] != "the" and not of_party:
        # "Chief of Staff", "Chief of Cabinet", but no "Chief of the Bureau"
        return f"{head} {' '.join(further)}"
    ranks = head.partition(" of ")[0].split()
    if of == "of" and first == "state" and ranks[-1] == "secretary":
        return f"{head} of state"
    if of == "of" and head == "leader" and further[-1] == "opposition":
        return f"{head} {' '.join(further)}"
    portfolio = ranks[-1] in {"minister", "secretary"} and _OF_MINISTERS.issuperset(ranks[:-1]) and " for " not in head
    # "Under Secretary of Defense for Acquisition", "Secretary of the Department of Defence"
    further_of = of == "of" and (" of " not in head or head.rpartition(" ")[2] in _DEPARTMENTS)
    if portfolio and not of_party and (of == "for" or further_of):
        return f"{head} {' '.join(further)}".replace(" ,", ",")
    return head


def _names_place(lower: list[str], place: int) -> bool:
    """Whether one word may follow a preposition: `Coordinator for Gaza Ann Roe`, `Mayor of Turku Ann Roe`."""
    return lower[place] == "for" or (lower[place] == "of" and lower[place - 1] in _OF_PLACES)


def _organisation(sentence: Sentence, place: int, *, named: bool, single: bool) -> int | None:
    """Where an unknown organisation ends: at its abbreviation, or two words, which are a name, before the end.

    It has two words as well, but for what may be a `single` one.
    """
    at = place
    while at < sentence.size and at - place < LONGEST_NAME and sentence.capital[at] and sentence.words[at].isalpha():
        at += 1
    letters = at > place and len(sentence.words[place]) > _SHORT_WORD and sentence.words[place].isupper()
    if letters and not owned(sentence, place + 1):
        # "Secretary-General of ASEAN", "Coordinator for REEDS Implementation"
        return max(place + 1, _past_fields(sentence, place + 1))
    # Where the person is named already, no name follows.
    if at > place and (named or sentence.words[at : at + 1] == ["("]):
        return at
    return at - 2 if at - place >= _LEAST_ORGANISATION - single else None
