"""Search by words: the syntax of `q`, and the question that it becomes in SQL."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar
from unicodedata import normalize

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError
from sqlalchemy import CTE, JSON, REAL, ScalarSelect, String, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSQUERY

from app.asked import Asked

MOST_WORDS = 50
# As phones and the keyboards of other scripts type them.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»「」『』\uff02\u2033", '"'))
_MINUS = "[-\u2212\u2013\uff0d]"
_LEAF = re.compile(rf'({_MINUS}?)"([^"]*)"?|({_MINUS}?)([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")
# Letters by themselves, which stand for an apostrophe or nothing within words (`search_read`).
_APOSTROPHES = "\u02b9\u02bb\u02bc"
# What is wrong with a search, as the arguments of a PydanticCustomError.
_TOO_MANY = ("search", f"must not have more than {MOST_WORDS} words")
_NOTHING = ("search", "must have a word to look for")
_NOTHING_BESIDE = ("search", "must have a word to look for beside those left out, on either side of an or")
_NEEDED = ("search", "must be given to sort by relevance")

RELEVANCE = "relevance"
QUESTION = cast(bindparam("q_0", type_=String()), JSONB)
"""What is bound to `q`, as the database's functions read it."""
RANKING = select(func.search_ranking(QUESTION, type_=TSQUERY())).scalar_subquery()
"""The words that the question wants, as a tsquery that ranks by any of them."""


@cache
def _wanted(kind: str) -> CTE:
    told = func.search_wanted(QUESTION, kind).table_valued(
        column("query", TSQUERY()), column("lexemes", JSONB()), column("words", ARRAY(Text())), column("share", REAL())
    )
    return select(*told.c).cte("wanted").prefix_with("MATERIALIZED")


def asked_query(kind: str) -> ScalarSelect[Any]:
    """The question as a tsquery, made once a statement."""
    return select(_wanted(kind).c.query).scalar_subquery()


def wanted_lexemes(kind: str) -> ScalarSelect[Any]:
    """The lexemes that the question wants, with their places in its phrases."""
    return select(_wanted(kind).c.lexemes).scalar_subquery()


def wanted_words(kind: str) -> ScalarSelect[Any]:
    """The lexemes that the question wants, where each is of a word by itself; null where it wants phrases."""
    return select(_wanted(kind).c.words).scalar_subquery()


def word_marks(kind: str, text: Any, words: Any) -> ScalarSelect[Any]:
    """Where in a plain text the wanted lexemes are, by its words: as JSON, where each is of a word by itself."""
    wanted = _wanted(kind)
    marks = func.search_word_marks(text, words, wanted.c.words).table_valued(column("marks", JSON()), name="marks")
    return select(marks.c.marks).select_from(wanted, marks).scalar_subquery()


def expected_share(kind: str) -> ScalarSelect[Any]:
    """Which share of a kind of records will meet the question, by how common its words are.

    0 where they are not common, null where that is not known yet.
    """
    return select(_wanted(kind).c.share).scalar_subquery()


@dataclass(frozen=True, slots=True)
class SearchText(Asked):
    """Words to look for: bare or quoted, left out with a minus, or in alternatives joined by `or`."""

    longest: ClassVar[int] = 500
    form: str
    values: Mapping[str, object]

    @classmethod
    def read(cls, text: str) -> "SearchText":
        """Take the alternatives apart; raises PydanticCustomError where one of them looks for nothing."""
        if len(_WORD.findall(text)) > MOST_WORDS:
            raise PydanticCustomError(*_TOO_MANY)
        alternatives = read_search(text)
        if not any(alternatives):
            raise PydanticCustomError(*_NOTHING)
        if not all(any(wanted for _, wanted in alternative) for alternative in alternatives):
            raise PydanticCustomError(*_NOTHING_BESIDE)
        return cls("", {"": json.dumps(alternatives, ensure_ascii=False, separators=(",", ":"))})


def read_search(text: str) -> list[list[tuple[str, bool]]]:
    """The alternatives of a search, each with its words and phrases and whether they are wanted or left out.

    `or` binds more loosely than words that stand side by side, as in PostgreSQL's `websearch_to_tsquery`; where nothing
    stands on one of its sides, and in quotes, it is a word like others. A quotation mark that is never closed quotes
    the rest. What holds no letter or digit is passed over.
    """
    alternatives: list[list[tuple[str, bool]]] = [[]]
    ends_with_or = False
    for quoted_minus, phrase, minus, word in _LEAF.findall(normalize("NFC", text).translate(_QUOTES)):
        content = phrase or word
        ends_with_or = not minus and normalize("NFKC", word).casefold() == "or" and bool(alternatives[-1])
        if ends_with_or:
            alternatives.append([])
        elif any(letter.isalnum() and letter not in _APOSTROPHES for letter in content):
            alternatives[-1].append((content, not (quoted_minus or minus)))
    if not alternatives[-1] and len(alternatives) > 1:
        alternatives.pop()
        if ends_with_or:
            alternatives[-1].append(("or", True))
    return alternatives


def _needed_by_relevance(search: SearchText | None, info: ValidationInfo) -> SearchText | None:
    if search is None and info.data.get("sort") == RELEVANCE:
        raise PydanticCustomError(*_NEEDED)
    return search


SearchFilter = Annotated[
    SearchText | None,
    Field(
        validate_default=True,
        description="Words to find, in the forms of the text's language and without regard to case and accents: "
        'all of them, `"in this order"`, this `or` that, `-without` this.',
        examples=['"combat the epidemic" or vaccines -stigmatization'],
    ),
    AfterValidator(_needed_by_relevance),
]
