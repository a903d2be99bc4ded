"""The document of a topic."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.documents.common import identifiers_of, record_columns
from app.json_sql import json_list
from app.references import reference_to
from app.tables import Identifier, Topic


def topic_columns(included: frozenset[str]) -> list[Any]:
    """A topic with its broader term and its narrower ones."""
    narrower = aliased(Topic)
    return [
        Topic.id,
        Topic.slug,
        Topic.name,
        Topic.definition,
        reference_to("topic", Topic.broader_id).label("broader"),
        json_list(
            select(narrower.id, narrower.slug, narrower.name)
            .where(narrower.broader_id == Topic.id)
            .order_by(narrower.folded, narrower.id)
            .correlate_except(narrower)
        ).label("narrower"),
        identifiers_of(Identifier.topic_id, Topic.id),
        *record_columns(Topic),
    ]
