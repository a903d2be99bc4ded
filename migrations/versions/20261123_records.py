"""The tables of the records."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "20261123_records"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "leaders",
        sa.Column("slug", sa.String(length=200, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.Text(collation="C"), nullable=False),
        sa.Column("name_kind", sa.String(length=20), sa.Computed("'preferred'", persisted=True), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND slug !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'",
            name=op.f("leaders_slug_check"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("leaders_version_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("leaders_pkey")),
        sa.UniqueConstraint("slug", name=op.f("leaders_slug_key")),
    )
    op.create_index("leaders_name_order_idx", "leaders", ["folded", "id"], unique=False)
    op.create_table(
        "parties",
        sa.Column("code", sa.String(length=16, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("code ~ '^[A-Z][A-Z0-9-]*$'", name=op.f("parties_code_check")),
        sa.CheckConstraint(
            "kind IN ('state', 'former_state', 'organisation', 'other')", name=op.f("parties_kind_check")
        ),
        sa.CheckConstraint("name ~ '\\S'", name=op.f("parties_name_check")),
        sa.CheckConstraint("version >= 1", name=op.f("parties_version_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("parties_pkey")),
        sa.UniqueConstraint("code", name=op.f("parties_code_key")),
    )
    op.create_index("parties_name_order_idx", "parties", ["folded", "id"], unique=False)
    op.create_table(
        "topics",
        sa.Column("slug", sa.String(length=200, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.Text(collation="C"), nullable=False),
        sa.Column("definition", sa.String(length=1000), nullable=True),
        sa.Column("broader_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name ~ '\\S'", name=op.f("topics_name_check")),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND slug !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'",
            name=op.f("topics_slug_check"),
        ),
        sa.CheckConstraint("broader_id <> id", name=op.f("topics_broader_check")),
        sa.CheckConstraint("version >= 1", name=op.f("topics_version_check")),
        sa.ForeignKeyConstraint(["broader_id"], ["topics.id"], name=op.f("topics_broader_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("topics_pkey")),
        sa.UniqueConstraint("slug", name=op.f("topics_slug_key")),
    )
    op.create_index(op.f("topics_broader_id_idx"), "topics", ["broader_id"], unique=False)
    op.create_index("topics_name_order_idx", "topics", ["folded", "id"], unique=False)
    op.create_table(
        "calls",
        sa.Column("slug", sa.String(length=200, collation="C"), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("date_edtf", sa.String(length=100), nullable=False),
        sa.Column("date_earliest", sa.Date(), nullable=False),
        sa.Column("date_latest", sa.Date(), nullable=False),
        sa.Column("date_precision", sa.String(length=20), nullable=False),
        sa.Column("date_zone", sa.String(length=64), nullable=True),
        sa.Column("date_text", sa.String(length=300), nullable=True),
        sa.Column("date_part_of_day", sa.String(length=20), nullable=True),
        sa.Column("date_basis", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("initiator_kind", sa.String(length=20), nullable=True),
        sa.Column("initiator_participant_id", sa.Uuid(), nullable=True),
        sa.Column("initiator_party_id", sa.Uuid(), nullable=True),
        sa.Column("initiator_basis", sa.String(length=20), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "channel IN ('telephone', 'video', 'meeting', 'correspondence', 'unknown')",
            name=op.f("calls_channel_check"),
        ),
        sa.CheckConstraint("date_basis IN ('stated', 'derived', 'curated')", name=op.f("calls_date_basis_check")),
        sa.CheckConstraint(
            "date_part_of_day IN ('night', 'morning', 'noon', 'afternoon', 'evening')",
            name=op.f("calls_date_part_of_day_check"),
        ),
        sa.CheckConstraint(
            "date_precision IN ('second', 'day', 'month', 'year', 'decade', 'century', 'millennium', 'unknown')",
            name=op.f("calls_date_precision_check"),
        ),
        sa.CheckConstraint(
            "initiator_basis IN ('stated', 'derived', 'curated')", name=op.f("calls_initiator_basis_check")
        ),
        sa.CheckConstraint(
            "initiator_kind IN ('participant', 'party', 'mutual')", name=op.f("calls_initiator_kind_check")
        ),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND slug !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'",
            name=op.f("calls_slug_check"),
        ),
        sa.CheckConstraint("title ~ '\\S'", name=op.f("calls_title_check")),
        sa.CheckConstraint("date_earliest <= date_latest", name=op.f("calls_date_in_order_check")),
        sa.CheckConstraint("version >= 1", name=op.f("calls_version_check")),
        sa.ForeignKeyConstraint(["initiator_party_id"], ["parties.id"], name=op.f("calls_initiator_party_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("calls_pkey")),
        sa.UniqueConstraint("id", "date_earliest", "date_latest", name=op.f("calls_id_date_earliest_date_latest_key")),
        sa.UniqueConstraint("slug", name=op.f("calls_slug_key")),
    )
    op.create_index("calls_date_latest_idx", "calls", ["date_latest"], unique=False)
    op.create_index("calls_date_order_idx", "calls", ["date_earliest", "date_latest", "id"], unique=False)
    op.create_index("calls_initiator_participant_id_idx", "calls", ["initiator_participant_id"], unique=False)
    op.create_index(op.f("calls_initiator_party_id_idx"), "calls", ["initiator_party_id"], unique=False)
    op.create_table(
        "leader_names",
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.Text(collation="C"), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "kind IN ('preferred', 'romanisation', 'native', 'surname', 'alias', 'former')",
            name=op.f("leader_names_kind_check"),
        ),
        sa.CheckConstraint("name ~ '\\S'", name=op.f("leader_names_name_check")),
        sa.CheckConstraint("position >= 1", name=op.f("leader_names_position_check")),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["leaders.id"], name=op.f("leader_names_leader_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("leader_id", "position", name=op.f("leader_names_pkey")),
        sa.UniqueConstraint("leader_id", "name", "kind", name=op.f("leader_names_leader_id_name_kind_key")),
    )
    op.create_index(op.f("leader_names_folded_leader_id_idx"), "leader_names", ["folded", "leader_id"], unique=False)
    op.create_index(
        "leader_names_one_preferred_key",
        "leader_names",
        ["leader_id"],
        unique=True,
        postgresql_where="kind = 'preferred'",
    )
    op.create_table(
        "offices",
        sa.Column("leader_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("held_from", sa.String(length=10), nullable=True),
        sa.Column("held_to", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "held_from ~ '^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$'",
            name=op.f("offices_held_from_check"),
        ),
        sa.CheckConstraint(
            "held_to ~ '^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$' AND held_to NOT LIKE '9999%'",
            name=op.f("offices_held_to_check"),
        ),
        sa.CheckConstraint("title ~ '\\S'", name=op.f("offices_title_check")),
        sa.CheckConstraint(
            "left(held_from, length(held_to)) <= left(held_to, length(held_from))",
            name=op.f("offices_held_in_order_check"),
        ),
        sa.CheckConstraint("position >= 1", name=op.f("offices_position_check")),
        sa.ForeignKeyConstraint(["leader_id"], ["leaders.id"], name=op.f("offices_leader_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("offices_party_id_fkey")),
        sa.PrimaryKeyConstraint("leader_id", "position", name=op.f("offices_pkey")),
    )
    op.create_index(op.f("offices_party_id_idx"), "offices", ["party_id"], unique=False)
    op.create_table(
        "party_aliases",
        sa.Column("folded", sa.Text(collation="C"), nullable=False),
        sa.Column("alias", sa.String(length=200), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("alias ~ '\\S'", name=op.f("party_aliases_alias_check")),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("party_aliases_party_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("folded", name=op.f("party_aliases_pkey")),
    )
    op.create_index(op.f("party_aliases_party_id_idx"), "party_aliases", ["party_id"], unique=False)
    op.create_table(
        "publishers",
        sa.Column("slug", sa.String(length=200, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ministry', 'presidency', 'government', 'agency', 'archive', 'other')",
            name=op.f("publishers_kind_check"),
        ),
        sa.CheckConstraint("name ~ '\\S'", name=op.f("publishers_name_check")),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND slug !~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'",
            name=op.f("publishers_slug_check"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("publishers_version_check")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("publishers_party_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("publishers_pkey")),
        sa.UniqueConstraint("slug", name=op.f("publishers_slug_key")),
    )
    op.create_index("publishers_name_order_idx", "publishers", ["folded", "id"], unique=False)
    op.create_index(op.f("publishers_party_id_idx"), "publishers", ["party_id"], unique=False)
    op.create_table(
        "participants",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("call_earliest", sa.Date(), nullable=False),
        sa.Column("call_latest", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("office", sa.String(length=200), nullable=True),
        sa.Column("office_folded", sa.Text(collation="C"), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("office ~ '\\S'", name=op.f("participants_office_check")),
        sa.CheckConstraint(
            "role IN ('principal', 'interpreter', 'aide', 'other')", name=op.f("participants_role_check")
        ),
        sa.CheckConstraint("position >= 1", name=op.f("participants_position_check")),
        sa.CheckConstraint("version >= 1", name=op.f("participants_version_check")),
        sa.ForeignKeyConstraint(
            ["call_id", "call_earliest", "call_latest"],
            ["calls.id", "calls.date_earliest", "calls.date_latest"],
            name=op.f("participants_call_id_fkey"),
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(["leader_id"], ["leaders.id"], name=op.f("participants_leader_id_fkey")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("participants_party_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("participants_pkey")),
        sa.UniqueConstraint(
            "call_id",
            "position",
            deferrable=True,
            initially="IMMEDIATE",
            name=op.f("participants_call_id_position_key"),
        ),
        sa.UniqueConstraint("id", "call_id", name=op.f("participants_id_call_id_key")),
        sa.UniqueConstraint("leader_id", "call_id", name=op.f("participants_leader_id_call_id_key")),
    )
    op.create_index(
        "participants_leader_order_idx",
        "participants",
        ["leader_id", "call_earliest", "call_latest", "call_id"],
        unique=False,
    )
    op.create_index(
        op.f("participants_office_folded_call_id_idx"), "participants", ["office_folded", "call_id"], unique=False
    )
    op.create_index(op.f("participants_party_id_call_id_idx"), "participants", ["party_id", "call_id"], unique=False)
    op.create_table(
        "readouts",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("publisher_basis", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.Column("archived_url", sa.String(length=2000), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("retrieved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rights", sa.String(length=1000), nullable=True),
        sa.Column("licence", sa.String(length=200), nullable=True),
        sa.Column("original_language", sa.String(length=35), nullable=True),
        sa.Column("translation", sa.String(length=20), nullable=False),
        sa.Column("translation_of", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('readout', 'memorandum', 'transcript', 'press_report')", name=op.f("readouts_kind_check")
        ),
        sa.CheckConstraint(
            "published_on BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'", name=op.f("readouts_published_on_check")
        ),
        sa.CheckConstraint(
            "retrieved_at >= TIMESTAMPTZ '0001-01-02 00:00:00Z' AND retrieved_at < TIMESTAMPTZ '9999-12-31 00:00:00Z'",
            name=op.f("readouts_retrieved_at_check"),
        ),
        sa.CheckConstraint("title ~ '\\S'", name=op.f("readouts_title_check")),
        sa.CheckConstraint(
            "translation IN ('none', 'official', 'unofficial', 'machine', 'unknown')",
            name=op.f("readouts_translation_check"),
        ),
        sa.CheckConstraint("translation_of <> id", name=op.f("readouts_translation_of_check")),
        sa.CheckConstraint("version >= 1", name=op.f("readouts_version_check")),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("readouts_publisher_id_fkey")),
        sa.ForeignKeyConstraint(["translation_of"], ["readouts.id"], name=op.f("readouts_translation_of_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("readouts_pkey")),
    )
    op.create_index(op.f("readouts_language_idx"), "readouts", ["language"], unique=False)
    op.create_index(
        "readouts_published_order_idx",
        "readouts",
        [sa.literal_column("COALESCE(published_on, '-infinity'::date)"), "id"],
        unique=False,
    )
    op.create_index(op.f("readouts_publisher_id_idx"), "readouts", ["publisher_id"], unique=False)
    op.create_index(op.f("readouts_translation_of_idx"), "readouts", ["translation_of"], unique=False)
    op.create_table(
        "call_readouts",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("readout_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("call_readouts_call_id_fkey")),
        sa.ForeignKeyConstraint(["readout_id"], ["readouts.id"], name=op.f("call_readouts_readout_id_fkey")),
        sa.PrimaryKeyConstraint("call_id", "readout_id", name=op.f("call_readouts_pkey")),
    )
    op.create_index(op.f("call_readouts_readout_id_idx"), "call_readouts", ["readout_id"], unique=False)
    op.create_table(
        "claims",
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("readout_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("preferred", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("date_edtf", sa.String(length=100), nullable=True),
        sa.Column("date_earliest", sa.Date(), nullable=True),
        sa.Column("date_latest", sa.Date(), nullable=True),
        sa.Column("date_precision", sa.String(length=20), nullable=True),
        sa.Column("date_zone", sa.String(length=64), nullable=True),
        sa.Column("date_text", sa.String(length=300), nullable=True),
        sa.Column("date_part_of_day", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=True),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("initiator_kind", sa.String(length=20), nullable=True),
        sa.Column("initiator_participant_id", sa.Uuid(), nullable=True),
        sa.Column("initiator_party_id", sa.Uuid(), nullable=True),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("call_id"), "="),
            (sa.column("field"), "="),
            where=sa.text("preferred"),
            deferrable=True,
            initially="IMMEDIATE",
            using="btree",
            name="claims_call_id_field_preferred_excl",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("readout_id"), "="),
            (sa.column("field"), "="),
            where=sa.text("preferred"),
            deferrable=True,
            initially="IMMEDIATE",
            using="btree",
            name="claims_readout_id_field_preferred_excl",
        ),
        sa.CheckConstraint(
            "(date_earliest = '-infinity' OR date_earliest BETWEEN DATE '0001-01-01 BC' AND DATE '9999-12-31') AND (date_latest IN ('-infinity', 'infinity') OR date_latest BETWEEN DATE '0001-01-01 BC' AND DATE '9999-12-31')",
            name=op.f("claims_date_bounds_check"),
        ),
        sa.CheckConstraint(
            "(field = 'date') = (date_edtf IS NOT NULL) AND num_nonnulls(date_edtf, date_earliest, date_latest, date_precision) IN (0, 4) AND (field = 'date' OR num_nonnulls(date_zone, date_text, date_part_of_day) = 0) AND (field = 'channel') = (channel IS NOT NULL) AND (field = 'duration') = (duration_seconds IS NOT NULL) AND (field = 'initiator') = (initiator_kind IS NOT NULL) AND (field = 'publisher') = (publisher_id IS NOT NULL)",
            name=op.f("claims_value_of_field_check"),
        ),
        sa.CheckConstraint(
            "(field = 'publisher' AND call_id IS NULL AND readout_id IS NOT NULL) OR (field <> 'publisher' AND call_id IS NOT NULL AND readout_id IS NULL)",
            name=op.f("claims_subject_check"),
        ),
        sa.CheckConstraint(
            "(initiator_participant_id IS NOT NULL) = (initiator_kind IS NOT DISTINCT FROM 'participant') AND (initiator_party_id IS NOT NULL) = (initiator_kind IS NOT DISTINCT FROM 'party')",
            name=op.f("claims_initiator_check"),
        ),
        sa.CheckConstraint("basis IN ('stated', 'derived', 'curated')", name=op.f("claims_basis_check")),
        sa.CheckConstraint(
            "channel IN ('telephone', 'video', 'meeting', 'correspondence', 'unknown')",
            name=op.f("claims_channel_check"),
        ),
        sa.CheckConstraint(
            "date_part_of_day IN ('night', 'morning', 'noon', 'afternoon', 'evening')",
            name=op.f("claims_date_part_of_day_check"),
        ),
        sa.CheckConstraint(
            "date_precision IN ('second', 'day', 'month', 'year', 'decade', 'century', 'millennium', 'unknown')",
            name=op.f("claims_date_precision_check"),
        ),
        sa.CheckConstraint(
            "field IN ('date', 'channel', 'duration', 'initiator', 'publisher')", name=op.f("claims_field_check")
        ),
        sa.CheckConstraint(
            "initiator_kind IN ('participant', 'party', 'mutual')", name=op.f("claims_initiator_kind_check")
        ),
        sa.CheckConstraint("date_earliest <= date_latest", name=op.f("claims_date_in_order_check")),
        sa.CheckConstraint("duration_seconds BETWEEN 0 AND 604800", name=op.f("claims_duration_check")),
        sa.CheckConstraint("position >= 1", name=op.f("claims_position_check")),
        sa.CheckConstraint("version >= 1", name=op.f("claims_version_check")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("claims_call_id_fkey"), initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["initiator_participant_id", "call_id"],
            ["participants.id", "participants.call_id"],
            name=op.f("claims_initiator_participant_id_fkey"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["initiator_party_id"], ["parties.id"], name=op.f("claims_initiator_party_id_fkey")),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("claims_publisher_id_fkey")),
        sa.ForeignKeyConstraint(
            ["readout_id"], ["readouts.id"], name=op.f("claims_readout_id_fkey"), initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("claims_pkey")),
        sa.UniqueConstraint(
            "call_id", "position", deferrable=True, initially="IMMEDIATE", name=op.f("claims_call_id_position_key")
        ),
        sa.UniqueConstraint(
            "readout_id",
            "position",
            deferrable=True,
            initially="IMMEDIATE",
            name=op.f("claims_readout_id_position_key"),
        ),
    )
    op.create_index("claims_initiator_participant_id_idx", "claims", ["initiator_participant_id"], unique=False)
    op.create_index(op.f("claims_initiator_party_id_idx"), "claims", ["initiator_party_id"], unique=False)
    op.create_index(op.f("claims_publisher_id_idx"), "claims", ["publisher_id"], unique=False)
    op.create_table(
        "identifiers",
        sa.Column("scheme", sa.String(length=40, collation="C"), nullable=False),
        sa.Column("folded", sa.Text(collation="C"), nullable=False),
        sa.Column("value", sa.String(length=300), nullable=False),
        sa.Column("leader_id", sa.Uuid(), nullable=True),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("readout_id", sa.Uuid(), nullable=True),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("topic_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("scheme ~ '^[a-z][a-z0-9_-]*$'", name=op.f("identifiers_scheme_check")),
        sa.CheckConstraint("value ~ '\\S'", name=op.f("identifiers_value_check")),
        sa.CheckConstraint(
            "num_nonnulls(leader_id, party_id, call_id, readout_id, publisher_id, topic_id) = 1",
            name=op.f("identifiers_one_owner_check"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("identifiers_call_id_fkey"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["leaders.id"], name=op.f("identifiers_leader_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("identifiers_party_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["publisher_id"], ["publishers.id"], name=op.f("identifiers_publisher_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["readout_id"], ["readouts.id"], name=op.f("identifiers_readout_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("identifiers_topic_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("scheme", "folded", name=op.f("identifiers_pkey")),
    )
    op.create_index(
        "identifiers_call_id_idx", "identifiers", ["call_id"], unique=False, postgresql_where="call_id IS NOT NULL"
    )
    op.create_index(
        "identifiers_leader_id_idx",
        "identifiers",
        ["leader_id"],
        unique=False,
        postgresql_where="leader_id IS NOT NULL",
    )
    op.create_index(
        "identifiers_party_id_idx", "identifiers", ["party_id"], unique=False, postgresql_where="party_id IS NOT NULL"
    )
    op.create_index(
        "identifiers_publisher_id_idx",
        "identifiers",
        ["publisher_id"],
        unique=False,
        postgresql_where="publisher_id IS NOT NULL",
    )
    op.create_index(
        "identifiers_readout_id_idx",
        "identifiers",
        ["readout_id"],
        unique=False,
        postgresql_where="readout_id IS NOT NULL",
    )
    op.create_index(
        "identifiers_topic_id_idx", "identifiers", ["topic_id"], unique=False, postgresql_where="topic_id IS NOT NULL"
    )
    op.create_table(
        "readout_versions",
        sa.Column("readout_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name=op.f("readout_versions_sha256_check")
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("readout_versions_sha256_form_check")),
        sa.CheckConstraint("source_sha256 ~ '^[0-9a-f]{64}$'", name=op.f("readout_versions_source_sha256_form_check")),
        sa.CheckConstraint(
            "text IS NFC NORMALIZED AND strpos(text, E'\\r') = 0", name=op.f("readout_versions_text_form_check")
        ),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 1000000", name=op.f("readout_versions_text_length_check")),
        sa.CheckConstraint("version >= 1", name=op.f("readout_versions_version_check")),
        sa.ForeignKeyConstraint(["readout_id"], ["readouts.id"], name=op.f("readout_versions_readout_id_fkey")),
        sa.PrimaryKeyConstraint("readout_id", "version", name=op.f("readout_versions_pkey")),
    )
    op.create_table(
        "redirects",
        sa.Column("resource", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200, collation="C"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("leader_id", sa.Uuid(), nullable=True),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("publisher_id", sa.Uuid(), nullable=True),
        sa.Column("readout_id", sa.Uuid(), nullable=True),
        sa.Column("topic_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(resource = 'calls' AND call_id IS NOT NULL) OR (resource = 'leaders' AND leader_id IS NOT NULL) OR (resource = 'participants' AND participant_id IS NOT NULL) OR (resource = 'publishers' AND publisher_id IS NOT NULL) OR (resource = 'readouts' AND readout_id IS NOT NULL) OR (resource = 'topics' AND topic_id IS NOT NULL)",
            name=op.f("redirects_target_of_resource_check"),
        ),
        sa.CheckConstraint(
            "resource IN ('calls', 'leaders', 'participants', 'publishers', 'readouts', 'topics')",
            name=op.f("redirects_resource_check"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(call_id, leader_id, participant_id, publisher_id, readout_id, topic_id) = 1",
            name=op.f("redirects_one_target_check"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("redirects_call_id_fkey")),
        sa.ForeignKeyConstraint(["leader_id"], ["leaders.id"], name=op.f("redirects_leader_id_fkey")),
        sa.ForeignKeyConstraint(["participant_id"], ["participants.id"], name=op.f("redirects_participant_id_fkey")),
        sa.ForeignKeyConstraint(["publisher_id"], ["publishers.id"], name=op.f("redirects_publisher_id_fkey")),
        sa.ForeignKeyConstraint(["readout_id"], ["readouts.id"], name=op.f("redirects_readout_id_fkey")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("redirects_topic_id_fkey")),
        sa.PrimaryKeyConstraint("resource", "key", name=op.f("redirects_pkey")),
    )
    op.create_index(
        "redirects_call_id_idx", "redirects", ["call_id"], unique=False, postgresql_where="call_id IS NOT NULL"
    )
    op.create_index(
        "redirects_leader_id_idx", "redirects", ["leader_id"], unique=False, postgresql_where="leader_id IS NOT NULL"
    )
    op.create_index(
        "redirects_participant_id_idx",
        "redirects",
        ["participant_id"],
        unique=False,
        postgresql_where="participant_id IS NOT NULL",
    )
    op.create_index(
        "redirects_publisher_id_idx",
        "redirects",
        ["publisher_id"],
        unique=False,
        postgresql_where="publisher_id IS NOT NULL",
    )
    op.create_index(
        "redirects_readout_id_idx", "redirects", ["readout_id"], unique=False, postgresql_where="readout_id IS NOT NULL"
    )
    op.create_index(
        "redirects_topic_id_idx", "redirects", ["topic_id"], unique=False, postgresql_where="topic_id IS NOT NULL"
    )
    op.create_table(
        "evidence",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("readout_id", sa.Uuid(), nullable=True),
        sa.Column("readout_version", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=2000), nullable=True),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("end", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=1000), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=True),
        sa.CheckConstraint("source ~ '\\S'", name=op.f("evidence_source_check")),
        sa.CheckConstraint(
            'num_nonnulls(readout_id, readout_version, text, start, "end") = CASE WHEN source IS NULL THEN 5 ELSE 0 END AND (url IS NULL OR source IS NOT NULL) AND (start IS NULL OR (0 <= start AND start < "end"))',
            name=op.f("evidence_readout_or_source_check"),
        ),
        sa.CheckConstraint("position >= 1", name=op.f("evidence_position_check")),
        sa.ForeignKeyConstraint(
            ["claim_id"],
            ["claims.id"],
            name=op.f("evidence_claim_id_fkey"),
            ondelete="CASCADE",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["readout_id", "readout_version"],
            ["readout_versions.readout_id", "readout_versions.version"],
            name=op.f("evidence_readout_id_fkey"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("claim_id", "position", name=op.f("evidence_pkey")),
    )
    op.create_index(
        op.f("evidence_readout_id_readout_version_idx"), "evidence", ["readout_id", "readout_version"], unique=False
    )
    op.create_table(
        "mentions",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("readout_id", sa.Uuid(), nullable=False),
        sa.Column("readout_version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("name_text", sa.String(length=500), nullable=False),
        sa.Column("name_start", sa.Integer(), nullable=False),
        sa.Column("name_end", sa.Integer(), nullable=False),
        sa.Column("office_text", sa.String(length=500), nullable=True),
        sa.Column("office_start", sa.Integer(), nullable=True),
        sa.Column("office_end", sa.Integer(), nullable=True),
        sa.CheckConstraint("0 <= name_start AND name_start < name_end", name=op.f("mentions_name_offsets_check")),
        sa.CheckConstraint(
            "num_nonnulls(office_text, office_start, office_end) IN (0, 3) AND (office_start IS NULL OR (0 <= office_start AND office_start < office_end))",
            name=op.f("mentions_office_offsets_check"),
        ),
        sa.CheckConstraint("position >= 1", name=op.f("mentions_position_check")),
        sa.ForeignKeyConstraint(
            ["call_id", "readout_id"],
            ["call_readouts.call_id", "call_readouts.readout_id"],
            name=op.f("mentions_call_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["participant_id", "call_id"],
            ["participants.id", "participants.call_id"],
            name=op.f("mentions_participant_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["readout_id", "readout_version"],
            ["readout_versions.readout_id", "readout_versions.version"],
            name=op.f("mentions_readout_id_fkey"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("call_id", "readout_id", "readout_version", "position", name=op.f("mentions_pkey")),
    )
    op.create_index(op.f("mentions_participant_id_idx"), "mentions", ["participant_id"], unique=False)
    op.create_index(
        op.f("mentions_readout_id_readout_version_idx"), "mentions", ["readout_id", "readout_version"], unique=False
    )
    op.create_table(
        "statements",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("readout_id", sa.Uuid(), nullable=False),
        sa.Column("readout_version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("paragraph", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("speaker_as", sa.String(length=20), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=True),
        sa.Column("attribution_kind", sa.String(length=20), nullable=False),
        sa.Column("attribution_verb", sa.String(length=100), nullable=True),
        sa.Column("attribution_verb_folded", sa.Text(collation="C"), nullable=True),
        sa.Column("attribution_text", sa.String(length=500), nullable=True),
        sa.Column("attribution_start", sa.Integer(), nullable=True),
        sa.Column("attribution_end", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("content_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "act IN ('assess', 'support', 'commit', 'propose', 'praise', 'thank', 'criticise', 'request', 'agree', 'condole', 'congratulate', 'inform')",
            name=op.f("statements_act_check"),
        ),
        sa.CheckConstraint(
            "attribution_kind IN ('explicit', 'inherited')", name=op.f("statements_attribution_kind_check")
        ),
        sa.CheckConstraint("mode IN ('indirect', 'direct', 'summary')", name=op.f("statements_mode_check")),
        sa.CheckConstraint(
            "num_nonnulls(attribution_text, attribution_start, attribution_end) = CASE attribution_kind WHEN 'explicit' THEN 3 ELSE 0 END AND (attribution_kind = 'explicit' OR attribution_verb IS NULL) AND (attribution_start IS NULL OR (0 <= attribution_start AND attribution_start < attribution_end))",
            name=op.f("statements_attribution_check"),
        ),
        sa.CheckConstraint("speaker_as IN ('person', 'side')", name=op.f("statements_speaker_as_check")),
        sa.CheckConstraint('0 <= start AND start < "end"', name=op.f("statements_offsets_check")),
        sa.CheckConstraint("paragraph >= 0", name=op.f("statements_paragraph_check")),
        sa.CheckConstraint("position >= 1", name=op.f("statements_position_check")),
        sa.CheckConstraint("version >= 1", name=op.f("statements_version_check")),
        sa.ForeignKeyConstraint(
            ["call_id", "readout_id"],
            ["call_readouts.call_id", "call_readouts.readout_id"],
            name=op.f("statements_call_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["readout_id", "readout_version"],
            ["readout_versions.readout_id", "readout_versions.version"],
            name=op.f("statements_readout_id_fkey"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("statements_pkey")),
        sa.UniqueConstraint("id", "call_id", name=op.f("statements_id_call_id_key")),
        sa.UniqueConstraint(
            "readout_id",
            "readout_version",
            "position",
            deferrable=True,
            initially="IMMEDIATE",
            name=op.f("statements_readout_id_readout_version_position_key"),
        ),
    )
    op.create_index(op.f("statements_act_idx"), "statements", ["act"], unique=False)
    op.create_index(
        op.f("statements_attribution_verb_folded_idx"), "statements", ["attribution_verb_folded"], unique=False
    )
    op.create_index(
        "statements_reading_order_idx",
        "statements",
        ["call_id", "readout_id", "readout_version", "position"],
        unique=False,
    )
    op.create_table(
        "statement_speakers",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("statement_speakers_position_check")),
        sa.ForeignKeyConstraint(
            ["participant_id", "call_id"],
            ["participants.id", "participants.call_id"],
            name=op.f("statement_speakers_participant_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["statement_id", "call_id"],
            ["statements.id", "statements.call_id"],
            name=op.f("statement_speakers_statement_id_fkey"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("statement_id", "participant_id", name=op.f("statement_speakers_pkey")),
    )
    op.create_index(
        op.f("statement_speakers_participant_id_statement_id_idx"),
        "statement_speakers",
        ["participant_id", "statement_id"],
        unique=False,
    )
    op.create_table(
        "statement_topics",
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["statement_id"], ["statements.id"], name=op.f("statement_topics_statement_id_fkey")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("statement_topics_topic_id_fkey")),
        sa.PrimaryKeyConstraint("statement_id", "topic_id", name=op.f("statement_topics_pkey")),
    )
    op.create_index(
        op.f("statement_topics_topic_id_statement_id_idx"),
        "statement_topics",
        ["topic_id", "statement_id"],
        unique=False,
    )
    # These two point at tables that point back.
    op.create_foreign_key(
        "leaders_preferred_name_fkey",
        "leaders",
        "leader_names",
        ["id", "name", "name_kind"],
        ["leader_id", "name", "kind"],
        deferrable=True,
        initially="DEFERRED",
    )
    op.create_foreign_key(
        "calls_initiator_participant_id_fkey",
        "calls",
        "participants",
        ["initiator_participant_id", "id"],
        ["id", "call_id"],
        deferrable=True,
        initially="DEFERRED",
    )


def downgrade() -> None:
    """Change it back."""
    op.drop_constraint("calls_initiator_participant_id_fkey", "calls")
    op.drop_constraint("leaders_preferred_name_fkey", "leaders")
    op.drop_index(op.f("statement_topics_topic_id_statement_id_idx"), table_name="statement_topics")
    op.drop_table("statement_topics")
    op.drop_index(op.f("statement_speakers_participant_id_statement_id_idx"), table_name="statement_speakers")
    op.drop_table("statement_speakers")
    op.drop_index("statements_reading_order_idx", table_name="statements")
    op.drop_index(op.f("statements_attribution_verb_folded_idx"), table_name="statements")
    op.drop_index(op.f("statements_act_idx"), table_name="statements")
    op.drop_table("statements")
    op.drop_index(op.f("mentions_readout_id_readout_version_idx"), table_name="mentions")
    op.drop_index(op.f("mentions_participant_id_idx"), table_name="mentions")
    op.drop_table("mentions")
    op.drop_index(op.f("evidence_readout_id_readout_version_idx"), table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("redirects_topic_id_idx", table_name="redirects", postgresql_where="topic_id IS NOT NULL")
    op.drop_index("redirects_readout_id_idx", table_name="redirects", postgresql_where="readout_id IS NOT NULL")
    op.drop_index("redirects_publisher_id_idx", table_name="redirects", postgresql_where="publisher_id IS NOT NULL")
    op.drop_index("redirects_participant_id_idx", table_name="redirects", postgresql_where="participant_id IS NOT NULL")
    op.drop_index("redirects_leader_id_idx", table_name="redirects", postgresql_where="leader_id IS NOT NULL")
    op.drop_index("redirects_call_id_idx", table_name="redirects", postgresql_where="call_id IS NOT NULL")
    op.drop_table("redirects")
    op.drop_table("readout_versions")
    op.drop_index("identifiers_topic_id_idx", table_name="identifiers", postgresql_where="topic_id IS NOT NULL")
    op.drop_index("identifiers_readout_id_idx", table_name="identifiers", postgresql_where="readout_id IS NOT NULL")
    op.drop_index("identifiers_publisher_id_idx", table_name="identifiers", postgresql_where="publisher_id IS NOT NULL")
    op.drop_index("identifiers_party_id_idx", table_name="identifiers", postgresql_where="party_id IS NOT NULL")
    op.drop_index("identifiers_leader_id_idx", table_name="identifiers", postgresql_where="leader_id IS NOT NULL")
    op.drop_index("identifiers_call_id_idx", table_name="identifiers", postgresql_where="call_id IS NOT NULL")
    op.drop_table("identifiers")
    op.drop_index(op.f("claims_publisher_id_idx"), table_name="claims")
    op.drop_index(op.f("claims_initiator_party_id_idx"), table_name="claims")
    op.drop_index("claims_initiator_participant_id_idx", table_name="claims")
    op.drop_table("claims")
    op.drop_index(op.f("call_readouts_readout_id_idx"), table_name="call_readouts")
    op.drop_table("call_readouts")
    op.drop_index(op.f("readouts_translation_of_idx"), table_name="readouts")
    op.drop_index(op.f("readouts_publisher_id_idx"), table_name="readouts")
    op.drop_index("readouts_published_order_idx", table_name="readouts")
    op.drop_index(op.f("readouts_language_idx"), table_name="readouts")
    op.drop_table("readouts")
    op.drop_index(op.f("participants_party_id_call_id_idx"), table_name="participants")
    op.drop_index(op.f("participants_office_folded_call_id_idx"), table_name="participants")
    op.drop_index("participants_leader_order_idx", table_name="participants")
    op.drop_table("participants")
    op.drop_index(op.f("publishers_party_id_idx"), table_name="publishers")
    op.drop_index("publishers_name_order_idx", table_name="publishers")
    op.drop_table("publishers")
    op.drop_index(op.f("party_aliases_party_id_idx"), table_name="party_aliases")
    op.drop_table("party_aliases")
    op.drop_index(op.f("offices_party_id_idx"), table_name="offices")
    op.drop_table("offices")
    op.drop_index("leader_names_one_preferred_key", table_name="leader_names", postgresql_where="kind = 'preferred'")
    op.drop_index(op.f("leader_names_folded_leader_id_idx"), table_name="leader_names")
    op.drop_table("leader_names")
    op.drop_index(op.f("calls_initiator_party_id_idx"), table_name="calls")
    op.drop_index("calls_initiator_participant_id_idx", table_name="calls")
    op.drop_index("calls_date_order_idx", table_name="calls")
    op.drop_index("calls_date_latest_idx", table_name="calls")
    op.drop_table("calls")
    op.drop_index("topics_name_order_idx", table_name="topics")
    op.drop_index(op.f("topics_broader_id_idx"), table_name="topics")
    op.drop_table("topics")
    op.drop_index("parties_name_order_idx", table_name="parties")
    op.drop_table("parties")
    op.drop_index("leaders_name_order_idx", table_name="leaders")
    op.drop_table("leaders")
