"""Quotations checked against texts that are read once a readout, not once a quotation.

A text that is long is kept compressed, and every look into it takes all of it apart again.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "20261124_quotes"
down_revision: str | Sequence[str] | None = "20261124_listings"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What is quoted must stand in the readout at its offsets; columns of each table that quotes: text, start, end.
_QUOTING = {
    "statements": (("text", "start", '"end"'), ("attribution_text", "attribution_start", "attribution_end")),
    "mentions": (("name_text", "name_start", "name_end"), ("office_text", "office_start", "office_end")),
    "evidence": (("text", "start", '"end"'),),
}
_ONCE = """
    WITH v AS MATERIALIZED (
        SELECT readout_id, version, text || '' AS text, char_length(text) AS size
        FROM readout_versions
        WHERE (readout_id, version) IN (SELECT changed.readout_id, changed.readout_version FROM changed)
    )
    SELECT changed.readout_id INTO wrong FROM changed
    JOIN v ON (v.readout_id, v.version) = (changed.readout_id, changed.readout_version)
"""
_EACH = """
    SELECT changed.readout_id INTO wrong FROM changed
    JOIN readout_versions v ON (v.readout_id, v.version) = (changed.readout_id, changed.readout_version)
"""


def _replace(read: str, size: str) -> None:
    for table, quotes in _QUOTING.items():
        rule = f"{table}_quote_their_readout"
        misquoted = " OR ".join(
            f"changed.{text} <> substr(v.text, changed.{start} + 1, changed.{end} - changed.{start})"
            f" OR changed.{end} > {size} OR (changed.{text} IS NOT NULL AND v.text IS NULL)"
            for text, start, end in quotes
        )
        op.execute(f"""
            CREATE OR REPLACE FUNCTION {rule}() RETURNS trigger LANGUAGE plpgsql AS $body$ DECLARE wrong uuid; BEGIN
            {read} WHERE {misquoted} LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'words do not stand in the readout at their offsets'
                USING ERRCODE = 'check_violation', CONSTRAINT = '{rule}', DETAIL = wrong::text;
            END IF;
            RETURN NULL; END $body$
        """)


def upgrade() -> None:
    """Read each text once."""
    _replace(_ONCE, "v.size")


def downgrade() -> None:
    """Read it for every quotation."""
    _replace(_EACH, "char_length(v.text)")
