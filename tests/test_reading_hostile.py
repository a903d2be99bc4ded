"""Whatever is read, offsets hold, and no text keeps the reader long."""

import math
import tomllib
from datetime import date
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.ingest.draft import Draft
from app.ingest.reading import read_readout
from app.ingest.told import LONGEST_TEXT, TextRefused, TextTooLong
from app.scoring import hull

# The words that rules turn on, so that chance comes upon them in every order.
PIECES = st.sampled_from(
    [
        *"""
        President Putin Xi Jinping Macron of France Russia China the The and that said noted stressed also , . ; : " “ ”
        ' ’s ( ) he they both sides leaders two with to by phone spoke today agreed discussed while which In response Mr
        Jr U.S. on 19th March 2020 initiative request at — - ] ]( [ <b> * 1. 习近平 指出 Путин сказал é
        I we him as all each latter Participants included joined attended members officials White House Council Director
        did not had exchange of views counterparts European French Ministers for Foreign Affairs
        HH To ofFrance who called thanked New Zealand team group spokesperson adviser attention paid
        。 ， 、 “ ” 4月12日 国家主席习近平 同 法国总统莫罗 通电话 会见 双方 就 交换意见
        他 表示 强调 应约 参加会见 国务院总理 王立 中方
        Состоялся разговор Владимира Орлова с Президентом Франции Люком Мартеном « »
        Владимир Орлов и Люк Мартен , а он что отметил подчеркнул обсудили отмечена
        лидерами обеих российской стороны сторон Президент России договорились С. инициативе по
        accompanied Task Force welcomed representatives There was commitment May businessman Governor Colorado topic
        """.split(),
        "\n",
        "\n\n",
        "\u202e",
        "\u00ad",
    ]
)
SOUP = st.lists(PIECES, max_size=120).map(" ".join)
LETTERS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=400)
READOUTS = Path(__file__).parent / "readouts.toml"
SHORT, LONG = LONGEST_TEXT // 10, LONGEST_TEXT // 4
# Times what plain text takes in the same run; no text took 1.5 times as long. On a quiet machine that is 2 s for LONG.
SLOWEST = 2.4
TRIES = 3


def check(text: str, draft: Draft) -> None:
    """Each statement's words are where they are said to be, with what gives them to somebody inside or before."""
    last = 0
    refs = {person.ref for person in draft.participants}
    assert len(refs) == len(draft.participants)
    for position, statement in enumerate(draft.statements, 1):
        assert statement.position == position
        assert 0 <= statement.start < statement.end <= len(text)
        assert text[statement.start : statement.end] == statement.text
        attribution = statement.attribution
        if attribution.start is not None and attribution.end is not None:
            assert text[attribution.start : attribution.end] == attribution.text
            assert attribution.start < attribution.end <= statement.end
            assert attribution.end <= statement.start or attribution.start >= statement.start
        start, end = hull(statement)
        assert start >= last
        last = end
        assert {speaker.participant for speaker in statement.speakers} <= refs
        assert statement.speakers
    for further in draft.further:
        check(text, further)


@given(
    SOUP,
    st.none() | SOUP,
    st.sampled_from([None, "Kremlin", "The White House", "Xinhua"]),
    st.sampled_from([None, "en", "zh", "ru"]),
)
@settings(max_examples=200, deadline=None)
@example('President Xi spoke with President Putin of Russia . He said : " ”', None, None, "en")
def test_offsets_hold_in_a_soup_of_telling_words(
    text: str, title: str | None, publisher: str | None, language: str | None
) -> None:
    if text.strip():
        draft = read_readout(text, title=title, publisher=publisher, language=language, published_on=date(2020, 3, 20))
        check(text, draft)


@given(LETTERS, st.none() | st.dates())
@settings(max_examples=200, deadline=None)
def test_offsets_hold_in_any_letters(text: str, day: date | None) -> None:
    try:
        check(text, read_readout(text, published_on=day))
    except TextRefused:
        assert not text.strip()


def repeated(piece: str) -> str:
    """A long text."""
    return (piece * (LONG // len(piece) + 1))[:LONG]


HOSTILE = {
    "no sentence ends": repeated("President Putin said that Russia and China agreed and "),
    "quotation marks": '"' * LONG,
    "quotation marks and words": repeated('" a '),
    "single marks": repeated("'Yes.' ‘No. "),
    "opened and never closed": repeated("He said “yes. "),
    "mixed scripts": repeated("Путин сказал 习近平指出 Putin said العربية "),
    "right to left": repeated("\u202ePutin\u202c said \u200f"),
    "control characters": repeated("a\x01\x02 Putin said\x1b[0m. "),
    "html": repeated('<div class="a"><p>President Putin said that</p></div> '),
    "tags that never close": repeated("<" + "b" * 299),
    "links that never close": repeated("](" + "a" * 499),
    "brackets": repeated("]("),
    "commas": repeated("Putin, "),
    "initials": repeated("A.A"),
    "abbreviations": repeated("U.S. "),
    "owners": repeated("Putin's President's "),
    "offices": repeated("Minister of the "),
    "lists of countries": repeated("Russia and China and "),
    "lists of people": " and ".join(f"President Na{n} of France" for n in range(10_000))[:LONG],
    "many people who speak": "".join(f"President Xa{n} Yb{n} said that all was well. " for n in range(5_000)),
    "short sentences": repeated("Putin said. "),
    "short paragraphs": repeated("Putin said.\n\n"),
    "lines": repeated("President Putin\n"),
    "headings of lists": repeated("Participants included:\n- Ann Walker, President, Bank\n"),
    "a list without end": f"Participants included:\n{repeated('- Ann Walker, President, Bank' + chr(10))}"[:LONG],
    "many who attended": "Participants included:\n" + "".join(f"- Xa{n} Yb{n}, President\n" for n in range(9_000)),
    "bodies": repeated("World Bank Council "),
    "letters of bodies": repeated(
        "AA and " * 80 + "the two who met there spoke of trade and of the sea, " * 14 + "and went. "
    ),
    "further verbs that are somebody else's": repeated("President Walker said " + "x and noted by " * 320 + "it. "),
    "departments": repeated("Department of Health and "),
    "who attended": repeated("Participants included Ann Walker and she attended the meeting "),
    "groups": f"President Ann Walker met with labor leaders. {repeated('The labor leaders said that all was well. ')}"[
        :LONG
    ],
    "parties of leaders": repeated("The French, German and British leaders "),
    "purposes": f"President Walker spoke with President Moreau to thank {repeated('and thank ')}"[:LONG],
    "what was said first": repeated(
        "After President Walker said no, President Walker who said yes, the spokesman said that "
    ),
    "joined by nothing": repeated("President Walker and the Prime Ministers of France and agreed and "),
    "dates": repeated("on the 19 of March "),
    "marks": "a" + "\u0301" * (LONG - 1),
    "white space": " " * (LONG - 2) + "a.",
    "chinese": repeated("习近平指出，双方应当合作。"),
    "russian": repeated("Владимир Путин подчеркнул, что стороны договорились. "),
    "chinese without ends": repeated("习近平指出双方同意"),
    "russian without ends": repeated("Президентом России было отмечено "),
    "chinese offices": repeated("国家主席、"),
    "chinese who attended": repeated("王立、何立参加会见。"),
    "chinese clauses": repeated("林远表示，双方同意，双方就合作交换意见，他强调好。"),
    "chinese lines": repeated("习近平表示\n"),
    "russian subjects": repeated(f"{'Владимир Путин и ' * 250}отметил. "),
    "russian offices": repeated("Президентом, Президентом и "),
    "russian clauses": repeated(f"Путин отметил{', а он отметил' * 300}. "),
}


@pytest.fixture(scope="module")
def usual() -> float:
    """What a character of a plain readout takes, in seconds of a processor."""
    texts = [readout["text"] for readout in tomllib.loads(READOUTS.read_text("utf-8"))["readout"]]

    def read_all() -> float:
        began = process_time()
        for text in texts:
            read_readout(text)
        return process_time() - began

    # The first time, the lists of words are set up.
    read_all()
    return read_all() / sum(map(len, texts))


@pytest.mark.parametrize("length", [SHORT, LONG])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_read_or_refused_in_time(text: str, length: int, usual: float) -> None:
    """In about the time of a plain one, also where it is so short that many names in it are no reason to refuse it."""
    assert any(seconds_for(text[:length]) < SLOWEST * usual * length for _ in range(TRIES))


def seconds_for(text: str) -> float:
    """What it takes of a processor to read a text, or to refuse it by a sentence."""
    began = process_time()
    try:
        check(text, read_readout(text))
    except TextRefused as refused:
        message = str(refused)
    else:
        message = "It was read."
    assert message.endswith(".")
    return process_time() - began


@pytest.mark.parametrize(("kind", "what"), [("bodies", "capitals"), ("brackets", "signs")])
def test_what_is_no_prose_is_refused_where_it_is_long(kind: str, what: str) -> None:
    with pytest.raises(TextRefused, match=f"too many {what} for its words"):
        read_readout(HOSTILE[kind])
    text = HOSTILE[kind][: SHORT // 20]
    check(text, read_readout(text))


@pytest.mark.parametrize("text", ["", " \n\t", "a\x00b", "\ud800", "\n" * 100])
def test_what_cannot_be_recorded_is_refused(text: str) -> None:
    with pytest.raises(TextRefused):
        read_readout(text)


def test_what_is_too_long_is_refused_at_once() -> None:
    """Ten megabytes are not looked into."""
    text = "a" * 10_000_000
    began = process_time()
    with pytest.raises(TextTooLong, match="at most"):
        read_readout(text)
    with pytest.raises(TextTooLong):
        read_readout("a", title="b" * 10_000)
    assert process_time() - began < 1


def test_time_grows_with_length_only() -> None:
    """Twice the text takes about twice the time: five times the text less than ten times."""
    piece = (
        "President Ann Walker spoke by phone with President Luc Moreau of France. The leaders discussed trade, and "
        "President Walker noted that it grows. In response, President Moreau said that prices should fall. They agreed "
        "to stay in touch.\n\n"
    )
    shortest = dict.fromkeys((200, 1000), math.inf)
    # What else runs on the machine makes some of them slower.
    for times in (*shortest, *shortest, *shortest):
        began = process_time()
        read_readout(piece * times)
        shortest[times] = min(shortest[times], process_time() - began)
    assert shortest[1000] < 10 * shortest[200]
