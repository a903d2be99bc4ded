"""Readouts are read as a careful archivist would: who took part, when, how, at whose wish, and who said what."""

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from app.calls.schemas import CallIn
from app.ingest.draft import Draft, ProposedDate, ProposedInitiator
from app.ingest.english.lexicon import table
from app.ingest.english.marks import in_double_marks
from app.ingest.proposal import call_document
from app.ingest.reading import read_readout
from app.scoring import hull
from app.seed import SEED, seed_records
from app.vocabulary import Act, terms

ID = "01970000-0000-7000-8000-0000000000aa"
WEDNESDAY = date(2023, 4, 12)


def told(draft: Draft) -> list[str]:
    """Each statement in short: who, by which verb, and the words from the attribution on."""
    lines = []
    for statement in draft.statements:
        start, end = hull(statement)
        who = " & ".join(speaker.participant for speaker in statement.speakers)
        verb = statement.attribution.verb or "-"
        lines.append((start, end, f"{who}: {verb}"))
    return [line for _, _, line in sorted(lines)]


def people(draft: Draft) -> list[str]:
    """Each participant in short."""
    return [f"{person.name or '-'}, {person.office or '-'}, {person.party or '-'}" for person in draft.participants]


def test_the_seed_is_read_as_it_is_recorded() -> None:
    """From the text alone: all that the seed holds of what was said, and of the rest what the text says."""
    text = (SEED / "2020-03-19-xi-jinping-vladimir-putin.txt").read_text("utf-8")
    recorded = json.loads((SEED / "records.json").read_text("utf-8"))["calls"][0]
    draft = read_readout(text)

    assert len(draft.statements) == 14
    for statement, expected in zip(draft.statements, recorded["statements"], strict=True):
        attribution = {"verb": None, "text": None, "start": None, "end": None, **expected["attribution"]}
        read = call_document(draft, ID)["statements"][statement.position - 1]
        assert read["attribution"] == attribution
        same = ("position", "paragraph", "speakers", "text", "start", "end", "mode", "speaker_as")
        assert {name: read[name] for name in same} == {name: expected[name] for name in same}

    # Acts are suggestions: the last of Xi's is taken for a commitment, since it says what people will do.
    acts = [(one.act, expected["act"]) for one, expected in zip(draft.statements, recorded["statements"], strict=True)]
    assert [position for position, (read, expected) in enumerate(acts, 1) if read != expected] == [9]

    for person, mention in zip(draft.participants, recorded["mentions"], strict=True):
        assert person.ref == mention["participant"]
        assert person.mention is not None
        assert person.office_mention is not None
        assert (person.mention.text, person.mention.start) == (mention["name"]["text"], mention["name"]["start"])
        assert (person.office_mention.text, person.office_mention.start) == (
            mention["office"]["text"],
            mention["office"]["start"],
        )
    # China is nowhere said to be Xi Jinping's, and is proposed with doubt.
    assert people(draft) == ["Xi Jinping, President, CN", "Putin, President, RU"]
    assert draft.participants[0].party_confidence == pytest.approx(0.5)

    claims = {claim["field"]: claim for claim in recorded["claims"] if claim["field"] != "date"}
    stated = next(claim for claim in recorded["claims"] if claim["basis"] == "stated" and claim["field"] == "date")
    claims["date"] = {**stated, "preferred": True}
    for claim in call_document(draft, ID)["claims"]:
        expected = claims[claim["field"]]
        value = (
            {key: part for key, part in claim["value"].items() if part} if isinstance(claim["value"], dict) else None
        )
        assert (value or claim["value"]) == expected["value"]
        assert claim["basis"] == expected["basis"]
        assert (claim["evidence"][0]["start"], claim["evidence"][0]["end"]) == (
            expected["evidence"][0]["start"],
            expected["evidence"][0]["end"],
        )
    assert draft.call.title == "Xi Jinping Telephony with Russian President Putin"
    assert not draft.warnings


def test_the_day_of_publication_makes_the_seeds_date_whole() -> None:
    text = (SEED / "2020-03-19-xi-jinping-vladimir-putin.txt").read_text("utf-8")
    draft = read_readout(text, published_on=date(2020, 3, 20))
    dates = [(claim.value, claim.basis, claim.preferred) for claim in draft.claims if claim.field == "date"]
    words, zone = "On the evening of the 19th", "Asia/Shanghai"
    assert dates == [
        (ProposedDate("2020-03-19", zone, words, "evening"), "derived", True),
        (ProposedDate("XXXX-XX-19", zone, words, "evening"), "stated", False),
    ]


@dataclass
class Genre:
    """A text in the manner of a publisher, and what is to be read in it."""

    name: str
    text: str
    people: list[str]
    said: list[str]
    publisher: str | None = None
    title: str | None = None
    channel: str = "telephone"
    date: str = "2023-04-12"
    initiator: str | None = None

    @property
    def draft(self) -> Draft:
        """What is read in it."""
        return read_readout(self.text, title=self.title, publisher=self.publisher, published_on=WEDNESDAY)


GENRES = [
    Genre(**readout)
    for readout in tomllib.loads((Path(__file__).parent / "readouts.toml").read_text("utf-8"))["readout"]
]


@pytest.mark.parametrize("genre", GENRES, ids=lambda genre: genre.name)
def test_a_publishers_manner_is_understood(genre: Genre) -> None:
    draft = genre.draft
    assert people(draft) == genre.people
    assert told(draft) == genre.said
    assert draft.call.channel == genre.channel
    assert draft.call.date.edtf == genre.date
    initiators = [person.ref for person in draft.participants if person.initiator]
    assert initiators == ([genre.initiator] if genre.initiator else [])


def test_where_words_begin_and_end() -> None:
    """What follows "that", a colon or an opening quotation mark; otherwise the whole clause."""
    text = (
        "President Ann Walker of the United States spoke by phone with President Luc Moreau of France. "
        "In response, President Walker said that trade grows. President Moreau voiced concern about prices. "
        'President Walker added: "We agree." Prices are too high, Moreau said, adding that they rise.'
    )
    draft = read_readout(text)
    read = [(statement.text, statement.attribution.text, statement.mode) for statement in draft.statements]
    assert read == [
        ("trade grows.", "In response, President Walker said that", "indirect"),
        ("President Moreau voiced concern about prices.", "President Moreau voiced", "indirect"),
        ("We agree.", "President Walker added:", "direct"),
        ("Prices are too high, Moreau said, adding that they rise.", "Moreau said", "indirect"),
    ]


def test_datelines_and_numbers_are_no_part_of_what_is_said() -> None:
    text = (
        "OSLO, May 5 (NTB) -- President Ann Walker told President Luc Moreau of France by phone that trade grows.\n\n"
        "2. The leaders discussed ports."
    )
    draft = read_readout(text)
    read = [(statement.attribution.text, statement.text) for statement in draft.statements]
    assert read == [
        (
            "President Ann Walker told",
            "President Ann Walker told President Luc Moreau of France by phone that trade grows.",
        ),
        ("The leaders discussed", "The leaders discussed ports."),
    ]


def test_several_calls_of_one_text_have_a_draft_each() -> None:
    text = (
        "President Ann Walker spoke today with President Oleh Marchuk of Ukraine about the plant. President Walker "
        "urged calm.\n\nPresident Walker also spoke today with Prime Minister Jan Kowal of Poland. The leaders "
        "discussed energy."
    )
    draft = read_readout(text, publisher="The White House", published_on=WEDNESDAY)
    assert people(draft) == ["Ann Walker, President, US", "Oleh Marchuk, President, UA"]
    assert told(draft) == ["walker: urged"]
    assert [people(further) for further in draft.further] == [
        ["Ann Walker, President, US", "Jan Kowal, Prime Minister, PL"]
    ]
    assert [told(further) for further in draft.further] == [["walker & kowal: discussed"]]
    assert [one.call.title.partition(" today")[0] for one in (draft, *draft.further)] == [
        "President Ann Walker spoke",
        "President Walker also spoke",
    ]
    assert "several-calls" in {warning.code for warning in draft.warnings}


def test_calls_beyond_the_people_that_are_read_are_left_out() -> None:
    """Those before are told apart all the same."""
    spoke = "President Ann Walker{} spoke by phone with President {} Kowal of Poland. They discussed reeds."
    names = [f"{first}{last}a" for first in "BCDFGKLM" for last in ("am", "en", "in", "on", "um", "ar")]
    text = "\n\n".join(spoke.format(" also" if place else "", name) for place, name in enumerate(names))
    draft = read_readout(text.replace("Ann Walker also", "Walker also"), publisher="The White House")
    calls = (draft, *draft.further)
    assert len(names) > len(calls) > 30
    assert all(len(call.participants) == 2 for call in calls)


@pytest.mark.parametrize(
    ("words", "announced"),
    [
        ("Ann Walker will hold", True),
        ("Ann Walker is scheduled to hold", True),
        ("Ann Walker held", False),
        ("Ann Walker has held", False),
        ("Will Walker held", False),
        ("Walter Will held", False),
    ],
)
def test_a_call_that_is_still_to_come_is_warned_of(words: str, *, announced: bool) -> None:
    text = f"President {words} a phone call with President Jan Kowal of Poland about reeds. They will meet."
    draft = read_readout(text, publisher="The White House", published_on=WEDNESDAY)
    assert people(draft) == [f"{' '.join(words.split()[:2])}, President, US", "Jan Kowal, President, PL"]
    assert ("announced" in {warning.code for warning in draft.warnings}) == announced


def test_a_draft_becomes_a_call_without_invention() -> None:
    """The document that is recorded has what the draft has, and the call takes it."""
    for genre in GENRES:
        draft = genre.draft
        document = json.loads(json.dumps(call_document(draft, ID)))
        call = CallIn.model_validate_json(json.dumps(document))
        assert call.readouts == [UUID(ID)]
        assert len(call.statements) == len(draft.statements)
        assert {claim.field for claim in call.all_claims() if claim.preferred} >= {"date", "channel"}


def test_suggestions_are_of_the_vocabulary() -> None:
    """Each topic that words suggest is one of those that come with the service."""
    topics = {topic.slug for topic in seed_records().topics}
    suggested = {topic for genre in GENRES for topic in read_readout(genre.text).topics}
    assert suggested
    assert suggested <= topics


def test_words_suggest_topics_that_come_with_the_service() -> None:
    assert set(table("topics")) - {"none"} <= {topic.slug for topic in seed_records().topics}
    assert set(table("acts")) <= set(terms(Act))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("'Trade grows,' he said.", "“Trade grows,” he said."),
        ("He said: ‘Trade grows. Ports open.’", "He said: “Trade grows. Ports open.”"),
        ("the coopers' guild, and 'tis theirs", "the coopers' guild, and 'tis theirs"),
        ("'Never closed, and the next\nparagraph ends.'", "'Never closed, and the next\nparagraph ends.'"),
        ("“Whole, as it's printed.”", "“Whole, as it's printed.”"),
    ],
)
def test_single_marks_that_quote(text: str, read: str) -> None:
    """Each is read as a double one in its place, and no apostrophe is."""
    assert in_double_marks(text) == read


@pytest.mark.parametrize(
    ("words", "published", "edtf"),
    [
        ("today", date(2021, 2, 10), "2021-02-10"),
        ("yesterday", date(2021, 3, 1), "2021-02-28"),
        ("late last night", date(2021, 3, 1), "2021-02-28"),
        ("on Wednesday", date(2023, 4, 14), "2023-04-12"),
        ("on Friday", date(2023, 4, 14), "2023-04-14"),
        ("on the evening of the 31st", date(2023, 4, 2), "2023-03-31"),
        ("on December 30", date(2023, 1, 2), "2022-12-30"),
        ("on 3 May 2019", date(2023, 1, 2), "2019-05-03"),
        ("on May 3, 2019", None, "2019-05-03"),
        ("on May 3", None, "XXXX-05-03"),
        ("on the 3rd", None, "XXXX-XX-03"),
        ("today", None, "XXXX"),
        ("on Wednesday about the visit on April 3", date(2023, 4, 14), "2023-04-12"),
        ("ahead of the summit on April 3", date(2023, 4, 2), "2023-04-02"),
    ],
)
def test_days_are_resolved(words: str, published: date | None, edtf: str) -> None:
    text = f"President Ann Walker of the United States spoke by phone {words} with President Luc Moreau of France."
    behind = f"President Ann Walker of the United States spoke by phone with President Luc Moreau of France {words}."
    for one in (text, behind):
        assert read_readout(one, published_on=published).call.date.edtf == edtf


@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("at the initiative of the French side", "moreau"),
        ("at France's initiative", "moreau"),
        ("at the French side's request", "moreau"),
        ("at the request of President Moreau", "moreau"),
        ("on the initiative of the United States", "walker"),
        ("by mutual agreement", "mutual"),
        ("upon request", "moreau"),
        ("at his request", "moreau"),
        ("at his initiative", None),
        ("about the initiative of France", None),
        ("to discuss a meeting at the request of President Moreau", None),
        ("following the request of the French side", None),
    ],
)
def test_initiators_are_found_and_none_invented(words: str, who: str | None) -> None:
    text = f"President Ann Walker of the United States spoke by phone with President Luc Moreau of France {words}."
    initiator = read_readout(text).call.initiator
    expected = {"mutual": ProposedInitiator("mutual"), None: None}
    assert initiator == (expected[who] if who in expected else ProposedInitiator("participant", who))


@pytest.mark.parametrize(
    ("opening", "who"),
    [
        ("President Walker was called today by President Luc Moreau of France.", "moreau"),
        ("President Luc Moreau of France called today President Ann Walker.", "moreau"),
        ("President Ann Walker has received a call from President Luc Moreau of France.", "moreau"),
        ("President Ann Walker answered a phone call from President Luc Moreau of France.", "moreau"),
        ("President Walker, at the request of President Luc Moreau of France, spoke with him by phone.", "moreau"),
        ("President Ann Walker initiated a phone call with President Luc Moreau of France.", "walker"),
        ("There was a telephone conversation between President Walker and President Moreau of France.", None),
        ("In a telephone call, President Ann Walker and President Luc Moreau of France stressed peace.", None),
        ("President Walker spoke today with her French counterpart, President Luc Moreau.", None),
        ("President Walker discussed trade with President Luc Moreau of France by phone.", None),
        ("Speaking by phone with French President Luc Moreau, President Walker stressed peace.", None),
    ],
)
def test_a_call_is_told_in_many_ways(opening: str, who: str | None) -> None:
    draft = read_readout(f"{opening} They agreed on prices.", publisher="The White House", published_on=WEDNESDAY)
    assert {(person.ref, person.office, person.party) for person in draft.participants} == {
        ("walker", "President", "US"),
        ("moreau", "President", "FR"),
    }
    assert draft.call.channel == "telephone"
    assert draft.call.initiator == (ProposedInitiator("participant", who) if who else None)
    assert {speaker.participant for speaker in draft.statements[-1].speakers} == {"walker", "moreau"}


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("for approximately 25 minutes", 1500),
        ("for two hours", 7200),
        ("for one and a half hours", 5400),
        ("for an hour and 20 minutes", 4800),
        ("about the truce for 30 minutes a day", None),
    ],
)
def test_how_long_a_call_took(words: str, seconds: int | None) -> None:
    text = f"President Ann Walker of the United States spoke by phone with President Luc Moreau of France {words}."
    assert read_readout(text).call.duration_seconds == seconds
    behind = (
        "President Ann Walker spoke by phone with President Luc Moreau of France. The call lasted about 40 minutes."
    )
    assert read_readout(behind).call.duration_seconds == 2400


def test_every_value_rests_on_words() -> None:
    """The evidence of each claim, person and statement stands in the text, word for word."""
    for genre in GENRES:
        draft = genre.draft
        rests = [words for claim in draft.claims for words in claim.evidence]
        rests += [words for person in draft.participants for words in person.evidence]
        rests += [words for statement in draft.statements for words in statement.evidence]
        rests += [words for one in draft.statements for suggested in one.suggestions for words in suggested.evidence]
        assert rests
        assert all(genre.text[words.start : words.end] == words.text for words in rests)
        sure = [claim.confidence for claim in draft.claims] + [person.confidence for person in draft.participants]
        assert all(0 < confidence <= 1 for confidence in (*sure, *(one.confidence for one in draft.statements)))


def test_a_language_that_is_not_read_gives_a_warning() -> None:
    draft = read_readout(
        "Le Président s'est entretenu avec le Premier ministre.", language="fr", published_on=WEDNESDAY
    )
    assert draft.warnings[0].code == "language-unsupported"
    assert draft.call.date.edtf == "2023-04-12"
    assert draft.participants == ()


def test_the_guides_example_prints_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    guide = (Path(__file__).parents[1] / "docs" / "ingest.md").read_text("utf-8")
    example, _, rest = guide.partition("```python\n")[2].partition("```")
    exec(compile(example, "docs/ingest.md", "exec"), {})  # noqa: S102 - the guide is the project's own
    assert capsys.readouterr().out == rest.partition("```text\n")[2].partition("```")[0]
