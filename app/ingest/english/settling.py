"""The offices and parties of those who took part, from wherever the text tells them."""

from collections import Counter
from collections.abc import Iterable

from app.ingest.english.frames import Frame, is_met_in_event
from app.ingest.english.lexicon import words
from app.ingest.english.naming import Mention, party_at
from app.ingest.english.pairs import past_adverbs
from app.ingest.english.parsed import Parsed, parse_phrase
from app.ingest.english.parties import party_names, party_of_house, party_of_office
from app.ingest.english.roster import Person, Roster
from app.ingest.english.verbs import verb_at
from app.ingest.english.words import Sentence
from app.ingest.told import Told

ENOUGH = 2
# How titles begin that name an author.
STATEMENTS_OF = (["statement", "by"], ["statement", "from"], ["statement", "of"])
_DOMESTIC = frozenset({"governor", "senator", "speaker", "representative", "mayor", "congressman", "congresswoman"})
# Of a legislature at home, or of anything else.
_LEADER = "leader"
_OFFICES_AT_HOME = (
    "administrator",
    "whip",
    " governor",
    " senator",
    " mayor",
    "majority leader",
    "minority leader",
    "house speaker",
)
LEADERS = frozenset({"president", "prime minister", "chancellor", "federal chancellor", "king", "taoiseach", "premier"})
_LED = (["led", "by"], ["headed", "by"])
_LONGEST_DELEGATION = 12
_NEAR = 6
_OF_STATES = frozenset("president minister chancellor premier king queen emir amir sultan head".split()) | {""}
_OF_ORGANISATIONS = frozenset({"secretary general", "secretary-general", "managing director"})
_DOMINANT = 2
_STATE_CODE = 2
_FEW = 3
_LONGEST_MENTION = 10
_ALIKE = frozenset({"president", "prime minister", "foreign minister"})
_BEFORE_SEVERAL = frozenset({"the", "both", "two"})
_OPENING_CLAUSES = frozenset({",", "and", ";", "while"})


def enrich(roster: Roster, parsed: list[Parsed]) -> None:
    """Learn offices and parties from wherever the text names the same people again."""
    if not roster.people:
        return
    for one in parsed:
        for mention in one.mentions.values():
            person = roster.meant(mention) or _nameless_speaker(roster, one, mention)
            if person is None:
                continue
            if mention.office is not None and len(mention.names) == 1 and mention.names[0] in person.names:
                # "Prime Minister Sato"
                person.surname = person.surname or mention.names[0]
            nameless = not mention.names and mention.party is not None and mention.party == person.party
            # An office after another's name is that one's: "Jan Roe, Co-Chair and Deputy Minister of Poland".
            nameless = nameless and _is_definite(one.sentence, mention)
            tells = (mention.names and mention.office) or mention.whole or nameless
            adds = (person.head is None and mention.head is not None) or (
                person.party is None and mention.party is not None
            )
            if (tells or not person.names) and (adds or len(mention.names) > len(person.names)):
                roster.learn(person, one.sentence, mention)


def _is_definite(sentence: Sentence, mention: Mention) -> bool:
    """Whether an office means somebody by itself: `the Minister`, `Polish Minister`, but not in an apposition."""
    leads = mention.office is not None and mention.office[0] > mention.start
    return leads or mention.start == 0 or sentence.lower[mention.start - 1] not in {"and", ",", "as"}


def _nameless_speaker(roster: Roster, parsed: Parsed, mention: Mention) -> Person | None:
    """Whose office is told without a name until `President Walker said`; `Ann Walker said` is the publisher's own."""
    nameless = [person for person in roster.people if not (person.names or person.listed)]
    if mention.head is not None:
        nameless = [person for person in nameless if person.head == mention.head]
    if len(nameless) != 1 or mention.party not in {None, nameless[0].party}:
        return None
    # "Minister Jan Roe paid a visit to Oslo. The Minister held talks with"
    opens = mention.start == 0 and mention.head is not None and len(mention.names) >= ENOUGH
    if not (opens or _opens_clause(parsed, mention) or _is_met(roster, parsed, mention)):
        return None
    person = nameless[0]
    whole = len(mention.names) >= ENOUGH and mention.names[-1].lower() not in words("people", "bodies")
    ours = person.party is not None and person.party == roster.home_party
    return person if mention.names and (mention.head is not None or (whole and ours)) else None


def _is_met(roster: Roster, parsed: Parsed, mention: Mention) -> bool:
    """Whether somebody stands in `In talks with President Moreau` or in `President Walker and President Moreau`."""
    if mention.head is None or mention.start == 0:
        return False
    if is_met_in_event(parsed.sentence, mention.start):
        return True
    nearest = range(mention.start - 1, max(0, mention.start - _LONGEST_MENTION) - 1, -1)
    before = next((parsed.mentions[at] for at in nearest if at in parsed.mentions), None)
    if before is None or parsed.sentence.lower[before.end : mention.start] != ["and"]:
        return False
    person = roster.meant(before)
    return person is not None and bool(person.names)


def _opens_clause(parsed: Parsed, mention: Mention) -> bool:
    """Whether somebody is the subject of a clause with a verb of saying, or the first of two who are."""
    sentence = parsed.sentence
    if mention.start and sentence.lower[mention.start - 1] not in _OPENING_CLAUSES:
        return False
    joined = sentence.lower[mention.end : mention.end + 1] == ["and"]
    return joined or verb_at(sentence, past_adverbs(sentence, mention.end)) is not None


def author_in_title(title: Parsed) -> Mention | None:
    """Whose text it is by its title: `Statement by President Lind`, `Statement of the President on`."""
    mention = title.mentions.get(2) if title.sentence.lower[:2] in STATEMENTS_OF else None
    return mention if mention is not None and mention.head is not None else None


def author_at(sentence: Sentence) -> int | None:
    """Where `I`, `me`, or `we` with a verb of saying, means the author of a text."""
    for at in range(sentence.size):
        if sentence.quoted[at]:
            continue
        if sentence.lower[at] in {"i", "me"} or (sentence.lower[at] == "we" and _says(sentence, at + 1)):
            return at
    return None


def says_as_author(sentence: Sentence) -> bool:
    """Whether the author says something: `I told him`."""
    places = (at for at in range(sentence.size) if sentence.lower[at] == "i" and not sentence.quoted[at])
    return any(_says(sentence, at + 1) for at in places)


def with_author(parsed: Parsed) -> Mention | None:
    """Who stands with the author as a subject: `President B and I discussed`."""
    sentence = parsed.sentence
    if "i" not in sentence.lower:
        return None
    for mention in parsed.mentions.values():
        joined = sentence.lower[mention.end : mention.end + 2] == ["and", "i"] and not sentence.quoted[mention.end]
        if joined and _says(sentence, mention.end + 2):
            return mention
    return None


def _says(sentence: Sentence, place: int) -> bool:
    found = verb_at(sentence, past_adverbs(sentence, place))
    return found is not None and found[1].form == "past"


def settle_author(roster: Roster, told: Told, frames: Iterable[Frame], told_by: list[Sentence]) -> None:
    """Find whom the `I` of those sentences means that tell of the call: `I spoke with President B`.

    It is who takes part for the publisher, whom the title names as the author, or who holds the publisher's office.
    """
    home = roster.home_party
    if home is None or told.publisher is None or not told_by:
        return
    roster.knows_we = all(roster.those(frame.objects) for frame in frames if frame.by_author)
    # Whom only the title names is the publisher's ("Statement by President Lind"), but for whom it names after "with".
    ours = [one for one in roster.people if one.party == home or (one.party is None and _is_only_in_title(one))]
    if ours:
        roster.author = ours[0] if len(ours) == 1 else None
        return
    title = parse_phrase(told.heading) if told.heading else None
    named = author_in_title(title) if title is not None else None
    if named is not None and named.party not in {None, home}:
        # A statement of somebody else's, which is published again.
        return
    held = [one for one in parse_phrase(told.publisher).mentions.values() if one.head is not None]
    if named is None and not held:
        return
    place = author_at(told_by[0]) or 0
    author = roster.add(told_by[0], Mention(place, place + 1, party=home))
    author.confidence = 0.5
    if title is not None and named is not None:
        roster.learn(author, title.sentence, named, title=True)
    else:
        author.head = held[0].head
    roster.author = author


def _is_only_in_title(person: Person) -> bool:
    """Whether only the title names somebody, and not as the one with whom a call was."""
    if person.seen or person.in_title is None:
        return not person.seen
    sentence, mention = person.in_title
    return "with" not in sentence.lower[: mention.start]


def settle_counterparts(roster: Roster) -> None:
    """Give `his French counterpart` the office of the one whose counterpart it is."""
    held = [person.head for person in roster.people if person.head not in {None, "counterpart"}]
    for person in roster.people:
        if person.head == "counterpart":
            person.head = held[0] if held else None


def settle_delegate(roster: Roster, parsed: list[Parsed]) -> None:
    """Find who leads a delegation, and whose it is: `a delegation of the Republic of Poland headed by Jan Roe`."""
    for one in parsed:
        sentence, lower = one.sentence, one.sentence.lower
        for at in range(1, sentence.size - 2 if "delegation" in lower else 0):
            near = range(max(0, at - _LONGEST_DELEGATION), at)
            if lower[at : at + 2] not in _LED or "delegation" not in lower[near.start : at]:
                continue
            mention = one.mentions.get(at + 2)
            person = roster.meant(mention) if mention is not None else None
            if person is None:
                continue
            roster.delegate = person
            told = (party for place in near if (party := party_at(sentence, place)) is not None)
            party = next(told, None)
            if person.party is None and party is not None:
                person.party, person.party_confidence = party[1], 0.8


def settle_alike(roster: Roster, parsed: list[Parsed]) -> None:
    """Give the one of two whose office is not told that of the other, where the text calls both `the Presidents`."""
    named = [person for person in roster.people if not person.listed]
    heads = [person.head for person in named if person.head is not None]
    if len(named) != ENOUGH or len(heads) != 1 or heads[0] not in _ALIKE:
        return
    several = f"{heads[0]}s".split()
    for one in parsed:
        lower = one.sentence.lower
        for at in range(1, one.sentence.size):
            if lower[at : at + len(several)] == several and lower[at - 1] in _BEFORE_SEVERAL:
                if lower[at + len(several) : at + len(several) + 1] == ["of"]:
                    continue
                next(person for person in named if person.head is None).head = heads[0]
                return


def settle_home(roster: Roster, frames: dict[int, Frame]) -> None:
    """Give the publisher's party to those who speak for it and whose party the text leaves out."""
    for one in roster.people:
        of_one_party = party_of_office(one.head or "") or party_of_house(one.body or "")
        if one.party is None and of_one_party is not None:
            one.party, one.party_confidence = of_one_party, 0.9
    home = roster.home_party
    if home is None:
        return
    subjects = [mention for frame in frames.values() if not frame.to_author for mention in frame.subjects]
    ours = [person for mention in subjects if (person := roster.meant(mention)) is not None]
    met = [mention for frame in frames.values() for mention in frame.objects]
    others = {id(person) for mention in met if (person := roster.meant(mention)) is not None}
    ours += [person for person in roster.people if person.in_title and person.before_with and id(person) not in others]
    if not ours and all(person.listed for person in roster.of_party(home)):
        without = [person for person in roster.people if person.party is None and id(person) not in others]
        # Whom a title names after "with" is the other, if anybody else may be the publisher's.
        ours = sorted(without, key=lambda person: person.in_title is not None and not person.before_with)[:1]
    ours = list(dict.fromkeys(ours))
    heads = [one for one in ours if one.head in LEADERS]
    for one in ours:
        # Of several heads of states and governments only the first is the publisher's; the EU has several presidents.
        if one.party is None and (home == "EU" or one not in heads[1:]):
            one.party, one.party_confidence = home, 0.8
    for frame in frames.values():
        _settle_company(roster, frame)
    for person in roster.people:
        if person.party is None and person.company is not None and person.company.party is not None:
            person.party, person.party_confidence = person.company.party, 0.6
    without = [person for person in roster.people if person.party is None and not person.listed]
    if len(without) == 1 and all(person.listed for person in roster.of_party(home)):
        # "The President of France called President Walker": whoever is left.
        without[0].party, without[0].party_confidence = home, 0.7
    guests = next((party for frame in frames.values() if (party := _party_of_guests(frame)) is not None), None)
    for person in roster.people:
        domestic = is_domestic(person) or _is_leader_at_home(roster, person)
        # Those who are only listed as attending a meeting of one party's own people.
        at_home = (person.listed or person.came_along) and all(one.party in {None, home} for one in roster.people)
        at_home = (at_home or _is_of_the_house(person)) and person.head != _LEADER
        if person.party is None and guests is not None and person.listed and person not in roster.hosts:
            person.party, person.party_confidence = guests, 0.5
        if person.party is None and (domestic or at_home):
            person.party, person.party_confidence = home, 0.6 if domestic else 0.5


def _party_of_guests(frame: Frame) -> str | None:
    """The party of `received a Polish delegation`, whose members are named elsewhere."""
    sentence = frame.parsed.sentence
    for at in range(frame.verb + 1, min(sentence.size, frame.verb + _NEAR)):
        found = party_at(sentence, at)
        if found is not None:
            return found[1] if sentence.lower[found[0] : found[0] + 1] == ["delegation"] else None
    return None


def _settle_company(roster: Roster, frame: Frame) -> None:
    """Give those who came along the party of whom they came with: `President A, joined by Vice President B, spoke`."""
    subjects = roster.those(frame.subjects)
    end = min((met.start for met in frame.objects), default=frame.verb)
    for person in roster.people:
        before = any(seen is frame.parsed.sentence and mention.start < end for seen, mention in person.seen)
        if person.party is None and person.came_along and before and subjects and person not in subjects:
            person.party, person.party_confidence = subjects[0].party, 0.6


def is_domestic(person: Person) -> bool:
    """Whether somebody's office is one that the publisher's own people hold where the text tells no party."""
    head = person.head or ""
    return head in _DOMESTIC or head.endswith(_OFFICES_AT_HOME) or head.startswith("secretary of ")


def _told_in(person: Person) -> set[int]:
    """The sentences that name somebody, the title among them."""
    return {id(sentence) for sentence, _ in (*person.seen, *filter(None, [person.in_title]))}


def _is_leader_at_home(roster: Roster, person: Person) -> bool:
    """Whether `Leader Cole` stands in a sentence or a list with a senator or the like of the publisher's own."""
    if person.head != _LEADER:
        return False
    told = _told_in(person)
    beside = [one for one in roster.people if not told.isdisjoint(_told_in(one))]
    beside += [one for listed in roster.attending if person in listed.people for one in listed.people]
    return any(is_domestic(one) and one.party in {None, roster.home_party} for one in beside)


def _is_of_the_house(person: Person) -> bool:
    """Whether somebody who attended has an office of a state, which is the publisher's where the text does not tell.

    A foreign minister, or a leader, may as well be the other side's.
    """
    if not person.listed or person.head is None or person.of_body or person.office is not None:
        return False
    return person.head not in LEADERS | _OF_ORGANISATIONS and "foreign" not in person.head.split()


def take_office_of_publisher(roster: Roster, told: Told) -> None:
    """Give the office that the publisher's name tells to the one who has none: `Office of the President of Ukraine`.

    Who holds it, and is of no party that the text tells, is the publisher's, where nobody else is.
    """
    if told.publisher is None or roster.home_party is None:
        return
    home = roster.home_party
    for mention in parse_phrase(told.publisher).mentions.values():
        holders = [person for person in roster.people if person.party is None and person.head == mention.head]
        if len(holders) == 1 and mention.head is not None and not roster.of_party(home):
            holders[0].party, holders[0].party_confidence = home, 0.7
        owners = [person for person in roster.of_party(home) if person.head is None]
        if len(owners) == 1 and mention.head is not None and mention.party in {None, home}:
            owners[0].head = mention.head


def _is_of_a_state(person: Person) -> bool:
    """Whether somebody may hold an office of a state, and no envoy's or clergyman's, which a text tells of many."""
    return (person.head or "").rpartition(" ")[2] in _OF_STATES


def settle_parties(roster: Roster, parsed: list[Parsed]) -> None:
    """Propose the party that the text names most for the one person who is left without."""
    open_ones = (person for person in roster.people if person.party is None)
    without = [person for person in open_ones if not (person.of_body or person.listed or person.came_along)]
    if len(without) != 1 or not _is_of_a_state(without[0]) or not ENOUGH <= len(roster.people) <= _FEW:
        return
    held = {person.party for person in roster.people}
    counts: Counter[str] = Counter()
    for one in parsed:
        sentence = one.sentence
        for place in range(sentence.size):
            if sentence.capital[place]:
                found = party_names().at(sentence.words, place)
                if found is not None:
                    counts[found[1]] += 1
    # An organisation that a text names is rarely anybody's party.
    for party in ({party for party in counts if len(party) > _STATE_CODE}) | held | {"UN"}:
        counts.pop(party or "", None)
    ranked = counts.most_common(2)
    if ranked and (len(ranked) == 1 or ranked[0][1] >= _DOMINANT * ranked[1][1]):
        without[0].party, without[0].party_confidence = ranked[0][0], 0.5
