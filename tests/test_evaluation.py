"""The measures of the reader are what they are said to be, on labels that are counted by hand."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.evaluation import EvaluationRefused, evaluate, rows
from app.ingest.reading import read_readout
from app.labels import LabelledReadout
from app.scoring import Score, score

TEXT = (
    "President Ann Walker of the United States spoke by phone with President Luc Moreau of France. "
    "President Walker said that trade grows. President Moreau thanked her. The two leaders agreed to talk. "
    "The weather was discussed."
)
PEOPLE = [
    {"full_name": "Ann Walker", "name_in_text": "President Ann Walker", "country_iso2": "US", "office": "President"},
    {"full_name": "Luc Moreau", "name_in_text": "President Luc Moreau", "country_iso2": "FR", "office": "President"},
]
Change = Callable[[dict[str, Any]], None]


def span(words: str) -> dict[str, int]:
    """Where some words stand in the text."""
    start = TEXT.index(words)
    return {"char_start": start, "char_end": start + len(words)}


def labelled() -> dict[str, Any]:
    """A label that agrees with the draft in all."""
    return {
        "text": TEXT,
        "publisher_id": "example",
        "published_at": "2023-04-12T10:00:00Z",
        "gold": {
            "kind": "telephone",
            "date_iso": "2023-04-12",
            "initiator": None,
            "participants": json.loads(json.dumps(PEOPLE)),
            "statements": [
                {"speaker": "Ann Walker", **span("President Walker said that trade grows.")},
                {"speaker": "Luc Moreau", **span("President Moreau thanked her.")},
                {"speaker": "both", **span("The two leaders agreed to talk.")},
            ],
            "narration": [span("The weather was discussed.")],
        },
    }


def scored(change: Change | None = None) -> dict[str, tuple[float, float]]:
    """The counts of each measure after a change of the label."""
    label = labelled()
    if change is not None:
        change(label)
    readout = LabelledReadout.model_validate(label)
    counts = score(read_readout(TEXT, published_on=date(2023, 4, 12)), readout)
    names = ("speakers", "narration", "spans", "participants", "party", "office", "date", "channel", "initiators")
    return {name: (getattr(counts, name).part, getattr(counts, name).whole) for name in names}


def test_what_agrees_is_whole() -> None:
    assert scored() == {
        "speakers": (99, 99),
        "narration": (0, 26),
        "spans": (6, 6),
        "participants": (4, 4),
        "party": (2, 2),
        "office": (2, 2),
        "date": (1, 1),
        "channel": (1, 1),
        "initiators": (1, 1),
    }


def gold(name: str, value: Any) -> Change:
    """A change of one member of the label."""
    return lambda label: label["gold"].update({name: value})


def statement(place: int, **members: Any) -> Change:
    """A change of one labelled statement."""
    return lambda label: label["gold"]["statements"][place].update(members)


def person(place: int, **members: Any) -> Change:
    """A change of one labelled participant."""
    return lambda label: label["gold"]["participants"][place].update(members)


@pytest.mark.parametrize(
    ("change", "measure", "counts"),
    [
        # Moreau's 29 characters are given to Moreau, and labelled otherwise.
        (statement(1, speaker="Ann Walker"), "speakers", (70, 99)),
        (statement(1, speaker="both"), "speakers", (70, 99)),
        # One of several speakers is not all of them.
        (statement(2, speaker="Luc Moreau"), "speakers", (68, 99)),
        (statement(2, speaker="Luc Moreau", acceptable_speakers=["both"]), "speakers", (99, 99)),
        # Null is nobody: what is narrated may be labelled as said with doubt.
        (
            lambda label: label["gold"]["statements"].append(
                {"speaker": "Ann Walker", "acceptable_speakers": [None], **span("The weather was discussed.")}
            ),
            "speakers",
            (125, 125),
        ),
        (gold("narration", [span("President Moreau thanked her.")]), "narration", (29, 29)),
        # A span that shares less than half of what both cover is another statement.
        (statement(0, **span("President Walker")), "spans", (4, 6)),
        (statement(0, **span("Walker said that trade grows.")), "spans", (6, 6)),
        (gold("statements", []), "spans", (0, 3)),
        (person(1, full_name="Jan Kowal", name_in_text="President Jan Kowal"), "participants", (2, 4)),
        (gold("participants", PEOPLE[:1]), "participants", (2, 3)),
        # A name may be printed in other orders, and without the first one.
        (person(0, full_name="Walker Ann"), "participants", (4, 4)),
        (person(0, country_iso2="CA"), "party", (1, 2)),
        (person(0, office="Prime Minister"), "office", (1, 2)),
        (person(0, office="President of the United States"), "office", (2, 2)),
        (person(0, office=None), "office", (1, 1)),
        (gold("date_iso", "2023-04-11"), "date", (0, 1)),
        (gold("date_iso", None), "date", (0, 0)),
        (gold("kind", "meeting"), "channel", (0, 1)),
        (gold("kind_actual", "video"), "channel", (0, 1)),
        (gold("initiator", {"full_name": "Luc Moreau"}), "initiators", (0, 1)),
    ],
)
def test_what_differs_is_counted(change: Change, measure: str, counts: tuple[int, int]) -> None:
    assert scored(change)[measure] == counts


def test_counts_of_many_add_up() -> None:
    whole = Score()
    readout = LabelledReadout.model_validate(labelled())
    for _ in range(3):
        whole.add(score(read_readout(TEXT, published_on=date(2023, 4, 12)), readout))
    assert (whole.readouts, whole.speakers.whole, whole.speakers.value, whole.narration.value) == (3, 297, 1.0, 0.0)


def test_the_command_prints_a_row_for_each_publisher_and_for_all(tmp_path: Path) -> None:
    other = {**labelled(), "publisher_id": "other"}
    other["gold"]["date_iso"] = "2023-04-11"
    (tmp_path / "1.json").write_text(json.dumps(labelled()), "utf-8")
    (tmp_path / "2.json").write_text(json.dumps(other), "utf-8")
    result = CliRunner().invoke(cli, ["evaluate", str(tmp_path)])
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.output.splitlines()]
    assert lines[:4] == list(rows(evaluate(tmp_path)))
    assert [line[:2] for line in lines[1:4]] == [["example", "1"], ["other", "1"], ["all", "2"]]
    assert lines[3][lines[0].index("date")] == "0.500"
    assert result.output.splitlines()[4].endswith("readouts a second")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("1.json", "{", "1.json: the file: Invalid JSON"),
        ("1.json", json.dumps({"gold": labelled()["gold"]}), "1.json: text: Field required"),
        ("1.json", json.dumps({**labelled(), "text": " "}), "1.json: The text is empty."),
        ("1.json", json.dumps({**labelled(), "published_at": "soon"}), "1.json: published_at: "),
        ("1.txt", "", "holds no .json files."),
    ],
)
def test_labels_that_cannot_be_used_are_told_in_one_line(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(EvaluationRefused, match=message.replace(".", r"\.")):
        evaluate(tmp_path)
    result = CliRunner().invoke(cli, ["evaluate", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr.startswith("telcon: ")
    assert result.stderr.count("\n") == 1


def test_a_folder_that_is_none_is_told() -> None:
    result = CliRunner().invoke(cli, ["evaluate", "/nowhere/at/all"])
    assert (result.exit_code, result.stderr) == (1, "telcon: /nowhere/at/all is not a folder.\n")
