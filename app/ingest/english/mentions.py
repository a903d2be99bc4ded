"""People as English texts name them: an office, whose office it is, and a name, in any of their orders."""

from app.ingest.english.lexicon import words
from app.ingest.english.naming import (
    ARTICLES,
    RANKS,
    Mention,
    is_name_word,
    lists,
    owned,
    party_at,
    skip_courtesies,
    skip_parenthesis,
    skip_rank,
    take_name,
)
from app.ingest.english.offices import (
    body_before_office,
    office_at,
    second_office,
    skip_abbreviation,
    take_membership,
)
from app.ingest.english.parties import party_adjectives, party_names
from app.ingest.english.words import Sentence

_WHOLE_NAME = 2
_LONGEST_REGION = 3
_GENTLE = frozenset({"mr", "mrs", "ms", "miss"})
_QUALIFIERS = frozenset({"former", "incoming", "outgoing", "acting"})
_MASTERS = frozenset({"president", "minister", "chancellor", "king", "premier"})
_STYLES = frozenset({"majesty", "highness", "holiness"})
# "Lieutenant General", "Rear Admiral"
_OF_RANKS = frozenset({"lieutenant", "major", "brigadier", "rear", "vice", "colonel", "marshal", "field"})
_STYLED_BY_LETTERS = {"HH": "highness", "HRH": "highness", "HM": "majesty"}
_COURTESY_LETTERS = frozenset({"HE", "HIS", "HER"})
_ADVISING = frozenset({"adviser", "advisor", "envoy", "representative", "coordinator", "aide"})
_WITHIN_MATTERS = frozenset({"with", "and", "the", "issues", "matters", ","})
_LONGEST_MATTER = 14
_RELATIONS = frozenset({"wife", "husband"})
_AFTER_NAME = frozenset({",", ".", ";", ")", "today", "yesterday", "tonight", "this", "on", "at", "here", "during"})
_LONGEST_MEMBERSHIP = 24
_WITHIN_BODIES = frozenset({"of", "the", "and", "for"})
_BEFORE_REGIONS = frozenset({"new", "north", "south", "west", "rhode"})
_AFTER_APPOSITION = frozenset(
    {",", ".", ")", ";", "(", "and", "&", "today", "yesterday", "about", "at", "in", "on", "to", "as", "who", "here"}
)


def mention_at(sentence: Sentence, place: int) -> Mention | None:
    """The person that is named at a place, beginning there: `President Xi Jinping of China`."""
    mention = Mention(place, place)
    at = skip_courtesies(sentence, place, articles=True)
    qualified = at + 1 < sentence.size and sentence.lower[at] in _QUALIFIERS and party_at(sentence, at + 1) is not None
    first = at + qualified
    after = _take_office(sentence, first, mention)
    if after is None:
        return None
    at = after
    if mention.office is not None and owned(sentence, mention.end):
        # "the President's National Security Advisor"
        nested = Mention(mention.end, mention.end)
        if office_at(sentence, mention.end, nested) and sentence.capital[mention.end]:
            mention.office, mention.head, mention.end = nested.office, nested.head, nested.end
            at = mention.end
    if qualified and mention.head is not None:
        # "the former British Prime Minister"
        mention.head = f"{sentence.lower[first - 1]} {mention.head}"
    at = skip_courtesies(sentence, at, articles=False)
    at = skip_parenthesis(sentence, at)
    at = skip_courtesies(sentence, at, articles=False)
    if mention.office is not None:
        at = _past_matter(sentence, skip_rank(sentence, at), mention)
    if mention.office is None or not owned(sentence, mention.end):
        take_name(sentence, at, mention)
        _leave_master(sentence, mention)
        mention.courtesy = sentence.lower[place] in _GENTLE and bool(mention.names)
    if mention.name is None and mention.office is None and not _is_only_a_courtesy(sentence, at, mention):
        return None
    if mention.office is None and len(mention.names) >= (_WHOLE_NAME if place == 0 else 1):
        _take_office_of_body(sentence, mention)
    if mention.name is None:
        office_end = mention.end
        _take_region(sentence, office_end, mention)
        if mention.end > office_end:
            # "the Governor of Colorado Jane Roe"
            take_name(sentence, mention.end, mention)
    if mention.name is None:
        _take_name_after_comma(sentence, mention)
    if mention.name is not None:
        _take_what_follows(sentence, mention)
    return mention


def _take_office(sentence: Sentence, at: int, mention: Mention) -> int | None:
    """Take the office at a place, with whose it is; gives where a name may follow, or null where nobody is named."""
    found = party_at(sentence, at)
    if found is not None and found[0] < sentence.size:
        after = skip_courtesies(sentence, found[0], articles=False)
        office = after if office_at(sentence, after, mention) else body_before_office(sentence, after)
        if mention.office is not None or (office > after and office_at(sentence, office, mention)):
            mention.party = found[1]
            if office > after:
                _take_body(sentence, after, office, mention)
            at = second_office(sentence, mention)
        elif take_membership(sentence, after, mention):
            mention.party, at = mention.party or found[1], mention.end
        elif found[0] - at > 1 or not is_name_word(sentence, found[0]) or sentence.possessive[found[0] - 1]:
            return None
    elif office_at(sentence, skip_abbreviation(sentence, at), mention):
        if mention.office is not None and mention.office[0] > at and sentence.words[at] not in _COURTESY_LETTERS:
            # "IMF Managing Director"
            mention.of_body, mention.body = True, sentence.words[at]
        at = second_office(sentence, mention)
    elif (office := body_before_office(sentence, at)) > at and office_at(sentence, office, mention):
        _take_body(sentence, at, office, mention)
        at = second_office(sentence, mention)
    elif take_membership(sentence, at, mention):
        at = mention.end
    return at


def _past_matter(sentence: Sentence, place: int, mention: Mention) -> int:
    """The place after what an adviser is for: `Adviser to the President on European Affairs Ann Roe`."""
    if sentence.lower[place : place + 1] != ["on"] or _ADVISING.isdisjoint((mention.head or "").split()):
        return place
    at, known = place + 1, lists().fields
    while at < sentence.size and at - place < _LONGEST_MATTER:
        party = party_names().at(sentence.words, at) or party_adjectives().at(sentence.words, at)
        if party is not None:
            at = party[0]
        elif sentence.lower[at] in known or sentence.lower[at] in _WITHIN_MATTERS:
            at += 1
        else:
            break
    named = at > place + 1 and is_name_word(sentence, at) and is_name_word(sentence, at + 1)
    return at if named else place


def _is_only_a_courtesy(sentence: Sentence, end: int, mention: Mention) -> bool:
    """Take `His Majesty` for an office, where no name follows."""
    style = _STYLED_BY_LETTERS.get(sentence.words[end - 1])
    if style is None and (end <= mention.start + 1 or sentence.lower[end - 1] not in _STYLES):
        return False
    if owned(sentence, end):
        return False
    mention.office, mention.head, mention.end = (end - 1, end), style or sentence.lower[end - 1], end
    return True


def country_after(sentence: Sentence, place: int) -> tuple[int, str] | None:
    """The party after `of` at a place, with or without `the`."""
    if place < sentence.size and sentence.lower[place] == "of":
        at = place + 1
        if at < sentence.size and sentence.lower[at] == "the":
            at += 1
        return party_names().at(sentence.words, at) or party_names().at(sentence.words, place + 1)
    return None


def _take_body(sentence: Sentence, start: int, office: int, mention: Mention) -> None:
    """Take what the office is of; `New York Senator` is an office, while a body's president is one of no state."""
    mention.of_body = sentence.lower[office - 1] not in words("people", "regions")
    if not mention.of_body and mention.office is not None:
        if start and sentence.lower[start - 1] in _BEFORE_REGIONS and sentence.capital[start - 1]:
            start -= 1
        mention.head = f"{' '.join(sentence.lower[start:office])} {mention.head}"
        mention.office = (start, mention.office[1])
    if mention.of_body:
        # What stands in brackets is a shorter name of it.
        end = next((at for at in range(start, office) if sentence.words[at] == "("), office)
        mention.body = " ".join(sentence.words[start:end])


def _take_office_of_body(sentence: Sentence, mention: Mention) -> None:
    """Take `Secretary General Irwin Roe` after `Caribbean Community (CARICOM)`, which is no name of a person."""
    if owned(sentence, mention.end):
        return
    at = skip_parenthesis(sentence, mention.end)
    held = Mention(at, at)
    if at >= sentence.size or not sentence.capital[at] or not office_at(sentence, at, held):
        return
    named = Mention(held.end, held.end)
    take_name(sentence, skip_courtesies(sentence, held.end, articles=False), named)
    if named.names:
        mention.office, mention.head, mention.party = held.office, held.head, held.party
        mention.name, mention.names, mention.end = named.name, named.names, named.end


def _take_name_after_comma(sentence: Sentence, mention: Mention) -> None:
    """Take `, Jan Kowalski,` after `the President of Poland`."""
    end = mention.end
    definite = mention.party is not None or sentence.lower[mention.start] in ARTICLES
    # "Deputy Prime Minister/Foreign Minister, Senator Jan Kowalski,"
    definite = definite or mention.further_head is not None or skip_rank(sentence, end + 1) > end + 1
    # "Secretary-General of ASEAN, Dr. Jan Roe"
    definite = definite or skip_courtesies(sentence, end + 1, articles=False) > end + 1
    if not definite or owned(sentence, end) or sentence.words[end : end + 1] != [","]:
        return
    at = skip_courtesies(sentence, end + 1, articles=False)
    held = Mention(at, at)
    if mention.head == "counterpart" and at < sentence.size and office_at(sentence, at, held):
        # "her French counterpart, President Luc Moreau"
        at = skip_courtesies(sentence, held.end, articles=False)
    at = skip_rank(sentence, at)
    named = Mention(at, at)
    take_name(sentence, at, named)
    courtesy = at > end + 1
    # "The Prime Minister, Mr. Roe, said", but not "the Prime Minister, Mr. Roe and Ms. Cole said"
    follows = sentence.lower[named.end : named.end + 2]
    closed = follows[:1] == [","] and follows[1:] != ["and"]
    if len(named.names) < (1 if courtesy and closed else _WHOLE_NAME) or owned(sentence, named.end):
        return
    if named.names[0].lower() in lists().modifiers:
        return
    # "initiated by the President of France, A and B" begins with another.
    if courtesy or named.end >= sentence.size or sentence.lower[named.end] in _AFTER_NAME:
        mention.name, mention.names, mention.end = named.name, named.names, named.end
        if held.office is not None:
            mention.office, mention.head = held.office, held.head


def _take_region(sentence: Sentence, place: int, mention: Mention) -> None:
    """Take `of New York` after a governor's name."""
    if mention.office is None or sentence.lower[place : place + 1] != ["of"]:
        return
    for at in range(place + 1, min(sentence.size, place + 1 + _LONGEST_REGION)):
        if not sentence.capital[at] or owned(sentence, at + 1):
            return
        if sentence.lower[at] in words("people", "regions") or (mention.head == "mayor" and sentence.lower[at] != "st"):
            mention.end = at + 1
            return


def _serves_somebody(sentence: Sentence, start: int, end: int) -> bool:
    """Whether an office is told by whom it serves: `Adviser to`, `Envoy of President`."""
    served = sentence.lower[start:end]
    return "to" in served or (served[-1] in _MASTERS and "of" in served[-3:-1])


def _take_master(sentence: Sentence, mention: Mention) -> None:
    """Take whom an office serves: `State Secretary to Prime Minister Jan Kowalski of Poland`."""
    named = Mention(mention.end, mention.end)
    take_name(sentence, mention.end, named)
    if named.names:
        found = country_after(sentence, named.end)
        mention.party = mention.party or (found[1] if found is not None else None)
        mention.end = found[0] if found is not None else named.end


def _leave_master(sentence: Sentence, mention: Mention) -> None:
    """Leave `Lind` of `Policy Advisor to Vice President Lind Jan Roe` to whom the office serves."""
    if mention.office is None or mention.name is None or len(mention.names) != _WHOLE_NAME + 1:
        return
    first, last = mention.office
    served = next((at for at in range(first, last) if sentence.lower[at] == "to"), last)
    if served + 1 < last and sentence.lower[served + 1] not in ARTICLES and sentence.lower[last - 1] == "president":
        mention.names = mention.names[1:]
        mention.name = (mention.name[0] + 1, mention.name[1])


def _take_what_follows(sentence: Sentence, mention: Mention) -> None:
    """Take `of China`, or an office put after the name between commas."""
    if owned(sentence, mention.end):
        return
    at = skip_parenthesis(sentence, mention.end)
    found = country_after(sentence, at)
    if found is not None:
        mention.party = mention.party or found[1]
        mention.end = skip_parenthesis(sentence, found[0])
        mention.whole = True
        return
    _take_region(sentence, at, mention)
    bare = mention.office is None or (
        # "Ambassador to Chad Ann Roe" is no rank alone.
        set((mention.head or "").split()) <= RANKS | _OF_RANKS
        and mention.name is not None
        and skip_courtesies(sentence, mention.office[1], articles=False) >= mention.name[0]
    )
    whole = len(mention.names) >= _WHOLE_NAME and mention.names[-1].lower() not in words("people", "bodies")
    if bare and whole and sentence.words[at : at + 1] == [","]:
        _take_apposition(sentence, at, mention)


def _take_apposition(sentence: Sentence, comma: int, mention: Mention) -> None:
    """Take `, President of Poland,` or `, member of the Council, foreign minister of Poland,` after a whole name."""
    at = _past_memberships(sentence, comma)
    later = Mention(at + 1, at + 1, names=mention.names)
    start = skip_courtesies(sentence, at + 1, articles=True)
    party = party_at(sentence, start)
    first = party[0] if party else start
    if not office_at(sentence, first, later) or later.office is None:
        return
    # "foreign minister of Poland" is an office, and "the president said" another one's.
    told = party is not None or later.party is not None or later.office[1] > first + len((later.head or "").split())
    if not (sentence.capital[start] or told):
        return
    if _serves_somebody(sentence, start, later.end):
        _take_master(sentence, later)
    after = sentence.lower[later.end : later.end + 1]
    # "..., Chancellor Scholz" and "..., the President said" are others.
    if after and after[0] not in _AFTER_APPOSITION:
        return
    mention.office, mention.head, mention.further_head = later.office, later.head, None
    mention.party = party[1] if party else later.party
    mention.body = mention.body or later.body
    mention.of_body = later.of_body or later.head in _RELATIONS
    mention.end = later.end
    mention.whole = True
    second = Mention(later.end + 1, later.end + 1, names=mention.names)
    joined = after in (["and"], ["&"]) and later.end + 1 < sentence.size
    begin = skip_abbreviation(sentence, later.end + 1) if joined else later.end
    if joined and office_at(sentence, begin, second) and not is_name_word(sentence, second.end):
        mention.end, mention.further_head = second.end, second.head
        mention.party = mention.party or second.party
        mention.body = mention.body or second.body


def _is_honour(sentence: Sentence, place: int) -> bool:
    """Whether letters stand at a place that are no office: `MP`."""
    return sentence.words[place].isupper() and sentence.lower[place] not in lists().heads


def _past_memberships(sentence: Sentence, comma: int) -> int:
    """The comma after `, MP, member of the Political Bureau of the Central Committee,`, or the one before it."""
    at = comma
    while sentence.words[at + 2 : at + 3] == [","] and _is_honour(sentence, at + 1):
        # "Ann Roe, MP, Speaker of the Assembly"
        at += 2
    while sentence.lower[at + 1 : at + 3] in (["member", "of"], ["deputy", "to"], ["doctor", "of"]):
        limit = min(sentence.size, at + _LONGEST_MEMBERSHIP)
        end = next((k for k in range(at + 3, limit) if sentence.words[k] == ","), at)
        small = (sentence.lower[k] for k in range(at + 3, end) if not sentence.capital[k])
        if end == at or not _WITHIN_BODIES.issuperset(small):
            break
        at = end
    return at
