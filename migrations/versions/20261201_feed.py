"""The change feed: changes get their numbers once they are committed, from one head, which belongs to one database.

A number that is given when a change is written is given before the change can be seen: a follower that has come to 7
would never see 6, whose transaction took longer.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261201_feed"
down_revision: str | Sequence[str] | None = "20261130_keys"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Any number that nothing else in the database locks.
_NUMBERING = 7_351_859


def upgrade() -> None:
    """Create the head of the feed, and what moves it."""
    op.create_table(
        "feed",
        sa.Column("single", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("epoch", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("head", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("head_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.CheckConstraint("single", name=op.f("feed_single_check")),
        sa.CheckConstraint("head >= 0", name=op.f("feed_head_check")),
        sa.PrimaryKeyConstraint("single", name=op.f("feed_pkey")),
    )
    _know_ones_home()
    op.execute("INSERT INTO feed (home) VALUES (feed_home())")
    _number()
    _point()


def _know_ones_home() -> None:
    # The cluster, its timeline, the database and the table: one of them is another after any restore or promotion that
    # the database can notice. The timeline is that of the log that is being written, since the control file hears of a
    # new one with the first checkpoint after a promotion only.
    op.execute(
        """CREATE FUNCTION feed_home() RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC
            SELECT concat_ws('/',
                (SELECT system_identifier FROM pg_control_system()),
                left(pg_walfile_name(pg_current_wal_lsn()), 8),
                (SELECT oid FROM pg_database WHERE datname = current_database()),
                'feed'::regclass::oid);
        END"""
    )


def _number() -> None:
    # Every statement of the function sees what was committed before it began, and so, under the lock, all that was
    # numbered before. What changes one record is committed in the order of the ids, since each was taken under the
    # record's lock: where the later of two is seen, so is the earlier.
    op.execute(
        f"""CREATE FUNCTION number_writings(most integer) RETURNS integer LANGUAGE plpgsql AS $body$
        DECLARE
            standing feed;
            moment timestamptz;
            done integer;
            moved bigint;
        BEGIN
            IF NOT pg_try_advisory_xact_lock({_NUMBERING}) THEN
                RETURN NULL;
            END IF;
            UPDATE feed SET epoch = gen_random_uuid(), home = feed_home() WHERE home <> feed_home();
            SELECT * INTO STRICT standing FROM feed;
            moment := greatest(clock_timestamp(), standing.head_at + interval '1 microsecond');
            WITH waiting AS (
                SELECT id, size FROM writings WHERE first IS NULL AND size > 0 ORDER BY id LIMIT most
            ),
            placed AS (SELECT id, sum(size) OVER (ORDER BY id) - size AS before FROM waiting),
            numbered AS (
                UPDATE writings SET first = standing.head + 1 + placed.before, numbered_at = moment
                FROM placed WHERE writings.id = placed.id RETURNING writings.size
            )
            SELECT count(*), sum(size) INTO done, moved FROM numbered;
            IF done > 0 THEN
                UPDATE feed SET head = standing.head + moved, head_at = moment;
                PERFORM pg_notify('telcon_feed', '');
            ELSIF moment > standing.head_at + interval '1 minute' THEN
                -- So that the past reaches up to a minute ago, also where nothing happens.
                UPDATE feed SET head_at = moment;
            END IF;
            RETURN done;
        END
        $body$"""
    )


def _point() -> None:
    # 48 bytes, which make 64 characters: the epoch, the number, and the record and the time that belong to it, so that
    # a cursor fits no other history, even where nobody noticed that there are two.
    op.execute(
        """CREATE FUNCTION feed_cursor(epoch uuid, number bigint, record_id uuid, numbered_at timestamptz) RETURNS text
        LANGUAGE sql STABLE BEGIN ATOMIC
            SELECT translate(encode(
                uuid_send(epoch) || int8send(number) || uuid_send(record_id) || timestamptz_send(numbered_at), 'base64'
            ), '+/', '-_');
        END"""
    )
    op.execute(
        """CREATE FUNCTION feed_cursor_at(number bigint) RETURNS text LANGUAGE sql STABLE BEGIN ATOMIC
            SELECT feed_cursor(epoch, number, '00000000-0000-0000-0000-000000000000', '2000-01-01T00:00:00Z')
            FROM feed WHERE number = 0
            UNION ALL
            SELECT feed_cursor(feed.epoch, number, changes.record_id, writings.numbered_at)
            FROM feed, writings JOIN changes ON changes.writing_id = writings.id
            WHERE writings.first = (SELECT max(first) FROM writings WHERE first <= number)
              AND changes.ordinal = number - writings.first + 1;
        END"""
    )


def downgrade() -> None:
    """Drop the head, and take the numbers back."""
    op.execute("DROP FUNCTION feed_cursor_at(bigint)")
    op.execute("DROP FUNCTION feed_cursor(uuid, bigint, uuid, timestamptz)")
    op.execute("DROP FUNCTION number_writings(integer)")
    op.execute("DROP FUNCTION feed_home()")
    op.drop_table("feed")
    # Their order may be another one after the next upgrade.
    op.execute("ALTER TABLE writings DISABLE TRIGGER writings_never_change")
    op.execute("UPDATE writings SET first = NULL, numbered_at = NULL WHERE first IS NOT NULL")
    op.execute("ALTER TABLE writings ENABLE TRIGGER writings_never_change")
