"""Records as rows of CSV: which columns there are, what stands in them, and that no spreadsheet runs any of it."""

import csv
import io
import json
from typing import Annotated, Literal

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from app.db import dsn
from app.fields import Out, PartyReferenceOut, Reference
from app.sheets import Sheet
from tests.conftest import client_of, serving

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a"]
PLAIN = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
TEXTS = PLAIN | st.builds(str.__add__, st.sampled_from([text[0] for text in DANGEROUS]), PLAIN)


class Inner(Out):
    """Something with something in it."""

    text: str | None
    reference: Annotated[Reference | None, Field(description="Maybe none.")]


class Shown(Out):
    """One of everything that a record can have."""

    id: int
    text: str
    number: int | None
    truth: bool
    inner: Inner | None
    slugs: Annotated[list[Reference], Field(max_length=3)]
    codes: list[PartyReferenceOut] | None
    words: list[str]
    several: Inner | Literal["word"] | int


NAMES = (
    "id,text,number,truth,inner.text,inner.reference.id,inner.reference.slug,inner.reference.name,"
    "slugs,codes,words,several"
)
SHEET = Sheet(Shown, list(Shown.model_fields))
RECORD = {
    "id": -1,
    "text": "a",
    "number": None,
    "truth": True,
    "inner": None,
    "slugs": [],
    "codes": None,
    "words": [],
    "several": "word",
}


def cells(*records: object) -> list[list[str]]:
    """The rows of records, as another reader of CSV sees them."""
    rows = SHEET.rows([json.dumps(record) for record in records]).decode()
    return list(csv.reader(io.StringIO(rows, newline=""), strict=True))


def test_the_columns() -> None:
    """Objects by their members, whatever is null; lists and what may be of several kinds in one each."""
    assert SHEET.header().decode() == f"{NAMES}\r\n"
    reference = {"id": "1", "slug": "a-b", "name": "A, B"}
    inner = {"text": 'said "so"', "reference": reference}
    parties = [{"id": "2", "code": code, "name": code} for code in ("CN", "RU")]
    assert cells(
        RECORD,
        {**RECORD, "inner": {"text": None, "reference": None}, "number": 7, "truth": False, "several": 3},
        {**RECORD, "inner": inner, "slugs": [reference] * 2, "codes": parties, "words": ["é", "b"], "several": inner},
    ) == [
        ["-1", "a", "", "true", "", "", "", "", "", "", "[]", "word"],
        ["-1", "a", "7", "false", "", "", "", "", "", "", "[]", "3"],
        [
            *["-1", "a", "", "true", 'said "so"', "1", "a-b", "A, B", "a-b; a-b", "CN; RU", '["é","b"]'],
            '{"text":"said \\"so\\"","reference":{"id":"1","slug":"a-b","name":"A, B"}}',
        ],
    ]


def test_only_what_is_asked_for() -> None:
    """In the order of the answer."""
    assert Sheet(Shown, ["truth", "inner", "id"]).names == [
        *["truth", "inner.text", "inner.reference.id", "inner.reference.slug", "inner.reference.name", "id"]
    ]


@given(texts=st.lists(TEXTS, min_size=1, max_size=5))
def test_any_text_is_read_back(texts: list[str]) -> None:
    """As it is, or behind an apostrophe where it would be a formula."""
    rows = cells(*({**RECORD, "text": text} for text in texts))
    starts = {text[0] for text in DANGEROUS}
    assert [row[1] for row in rows] == [f"'{text}" if text[:1] in starts else text for text in texts]


async def test_no_record_is_a_formula(own_seeded_url: str) -> None:
    """From the database to the cell, for each sign that could begin one; numbers are left alone."""
    connection = await asyncpg.connect(dsn(own_seeded_url))
    async with serving(own_seeded_url) as app, client_of(app) as client:
        for text in DANGEROUS:
            await connection.execute("UPDATE topics SET name = $1 WHERE slug = 'health'", text)
            sheet = (await client.get("/v1/topics?format=csv")).text
            rows = list(csv.DictReader(io.StringIO(sheet, newline=""), strict=True))
            (name,) = {row["name"] for row in rows if row["slug"] == "health"}
            (broader,) = {row["broader.name"] for row in rows if row["broader.slug"] == "health"}
            assert name == broader == f"'{text}"
            assert not any(cell[:1] in {sign[0] for sign in DANGEROUS} for row in rows for cell in row.values())
            line = (await client.get("/v1/topics?format=ndjson")).text
            assert json.dumps(text, ensure_ascii=False) in line
    await connection.close()


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_number_is_a_number(text: str) -> None:
    """What is no text is never marked as one."""
    assert cells({**RECORD, "number": -5, "text": text})[0][:3] == ["-1", f"'{text}", "-5"]
