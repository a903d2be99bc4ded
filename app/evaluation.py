"""Measuring the reader of readouts against labelled ones, publisher by publisher."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from time import process_time

from app.ingest.draft import Draft
from app.ingest.reading import read_readout
from app.ingest.told import TextRefused
from app.labels import LabelledReadout, LabelsRefused, read_labels
from app.scoring import Score, score

ALL = "all"


class EvaluationRefused(ValueError):
    """The labels cannot be used, or a text of theirs not be read; the message says why in one line."""


@dataclass(slots=True)
class Evaluation:
    """The scores by publisher, `all` last, and how long the reading took in seconds of one processor."""

    scores: dict[str, Score] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """How many readouts are read in a second of one processor."""
        return self.scores[ALL].readouts / max(self.seconds, 1e-9)


def evaluate(folder: Path) -> Evaluation:
    """Read each labelled readout as a user would tell it, and score it; raises `EvaluationRefused`."""
    try:
        labelled = list(read_labels(folder))
    except LabelsRefused as error:
        raise EvaluationRefused(str(error)) from error
    evaluation = Evaluation()
    whole = Score()
    # The word lists are read once, which is no reading of a readout.
    read_readout("-", language="en")
    for name, readout in labelled:
        began = process_time()
        try:
            draft = read(readout)
        except TextRefused as error:
            message = f"{folder / name}: {error}"
            raise EvaluationRefused(message) from error
        evaluation.seconds += process_time() - began
        scored = score(draft, readout)
        publisher = readout.publisher_id or readout.publisher or "unknown"
        evaluation.scores.setdefault(publisher, Score()).add(scored)
        whole.add(scored)
    evaluation.scores = dict(sorted(evaluation.scores.items()))
    evaluation.scores[ALL] = whole
    return evaluation


def read(readout: LabelledReadout) -> Draft:
    """The draft of a labelled readout, from what a user would tell."""
    return read_readout(
        readout.text,
        title=readout.title,
        publisher=readout.publisher,
        language=readout.language,
        published_on=readout.published_on,
    )


def rows(evaluation: Evaluation) -> Iterator[list[str]]:
    """A table: a row of headings, and one for each publisher and for all."""
    measures = [measure.name for measure in fields(Score)]
    yield ["publisher", *measures]
    for publisher, scored in evaluation.scores.items():
        shares = [getattr(scored, measure).value for measure in measures[1:]]
        yield [publisher, str(scored.readouts), *("-" if share is None else f"{share:.3f}" for share in shares)]
