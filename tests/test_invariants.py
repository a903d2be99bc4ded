"""Every rule that the tables hold, and attempts to break each of them by SQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from app.db import dsn
from app.records import Records, add_records
from app.seed import load_seed
from app.tables import Base
from tests.conftest import create_database, opened

# A computed column cannot be written.
COLUMNS = {
    table.name: [column.name for column in table.columns if column.computed is None]
    for table in Base.metadata.sorted_tables
}
RECORDS = ("calls", "claims", "leaders", "participants", "parties", "publishers", "readouts", "statements", "topics")
SLUGGED = {"calls": "call_id", "leaders": "leader_id", "publishers": "publisher_id", "topics": "topic_id"}


def _id(kind: int, number: int) -> str:
    return f"'01970000-0000-7000-8000-{kind:04d}{number:08d}'"


NOTHING, NEW = _id(0, 0), _id(99, 1)
CN, RU = _id(1, 1), _id(1, 2)
XI_JINPING, PUTIN, THIRD = _id(2, 1), _id(2, 2), _id(2, 3)
DALIAN, HEALTH, PUBLIC_HEALTH, EPIDEMICS = _id(3, 1), _id(4, 1), _id(4, 2), _id(4, 3)
READOUT, SILENT = _id(5, 1), _id(5, 2)
CALL, OTHER_CALL = _id(6, 1), _id(6, 2)
XI_IN_CALL, PUTIN_IN_CALL, XI_IN_OTHER, THIRD_IN_OTHER = (_id(7, number) for number in (1, 2, 3, 4))
FIRST, SECOND, LAST = _id(8, 1), _id(8, 2), _id(8, 14)
DATE, STATED_DATE, CHANNEL, INITIATOR, PUBLISHED_BY = (_id(9, number) for number in (1, 2, 3, 4, 5))
OTHER_CHANNEL, OTHER_INITIATOR = _id(9, 7), _id(9, 8)

# Beside the seed: a call with another leader, and a readout of it without its text.
OTHERS = {
    "leaders": [
        {
            "id": THIRD.strip("'"),
            "slug": "third-leader",
            "names": [{"name": "Third Leader", "language": "en", "kind": "preferred"}],
        }
    ],
    "readouts": [
        {
            "id": SILENT.strip("'"),
            "title": "Silent",
            "language": "en",
            "versions": [{"version": 1, "sha256": "0" * 64}],
        }
    ],
    "calls": [
        {
            "id": OTHER_CALL.strip("'"),
            "slug": "other-call",
            "title": "Another call",
            "participants": [
                {"ref": "xi", "id": XI_IN_OTHER.strip("'"), "leader": "xi-jinping", "party": "CN"},
                {"ref": "third", "id": THIRD_IN_OTHER.strip("'"), "leader": "third-leader"},
            ],
            "readouts": [SILENT.strip("'")],
            "claims": [
                {"field": "date", "value": {"edtf": "2020-04"}, "basis": "curated", "preferred": True},
                {
                    "id": OTHER_CHANNEL.strip("'"),
                    "field": "channel",
                    "value": "video",
                    "basis": "curated",
                    "preferred": True,
                },
                {
                    "id": OTHER_INITIATOR.strip("'"),
                    "field": "initiator",
                    "value": {"kind": "participant", "participant": "third"},
                    "basis": "curated",
                    "preferred": True,
                },
            ],
        }
    ],
}


def another(table: str, like: str = "true", **changed: str) -> str:
    """An INSERT of a row like one that is there, but for some columns, whose values are given as SQL."""
    listed = ", ".join(f'"{column}"' for column in COLUMNS[table])
    values = ", ".join(changed.get(column, f'"{column}"') for column in COLUMNS[table])
    return f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} WHERE {like} LIMIT 1"


def said(**changed: str) -> str:
    """An INSERT of another statement, like the second one, and before it of its speaker."""
    call, speaker = changed.get("call_id", CALL), XI_IN_CALL if "call_id" not in changed else XI_IN_OTHER
    row = another("statements", f"id = {SECOND}", id=NEW, **{"position": "99", **changed})
    return f"INSERT INTO statement_speakers VALUES ({NEW}, {speaker}, {call}, 1); {row}"


def version(text: str, sha256: str = "encode(sha256(convert_to(t, 'UTF8')), 'hex')", number: int = 2) -> str:
    """An INSERT of another version of the readout's text; `text` is SQL."""
    return (
        "INSERT INTO readout_versions (readout_id, version, text, sha256)"
        f" SELECT {READOUT}, {number}, t, {sha256} FROM (VALUES ({text})) given (t)"
    )


def claim(field: str, **values: str) -> str:
    """An INSERT of a claim about the call; values are SQL."""
    given = {"call_id": CALL, "position": "99", "field": f"'{field}'", "basis": "'stated'", "preferred": "false"}
    given |= values
    return f"INSERT INTO claims ({', '.join(given)}) VALUES ({', '.join(given.values())})"


def redirect(resource: str, **target: str) -> str:
    """An INSERT of a redirect."""
    columns = "".join(f", {column}" for column in target)
    values = "".join(f", {value}" for value in target.values())
    return f"INSERT INTO redirects (resource, key{columns}) VALUES ('{resource}', 'gone'{values})"


def first_of(table: str) -> str:
    """The id of some record of a table."""
    return f"(SELECT id FROM {table} ORDER BY id LIMIT 1)"


Attempt = tuple[str, str, str]
"""What is tried, the rule that refuses it, and the SQL."""


def in_every_table() -> Iterator[Attempt]:
    """What several tables refuse alike."""
    for table in RECORDS:
        yield f"version 0 of {table}", f"{table}_version_check", f"UPDATE {table} SET version = 0"
    for table, columns in COLUMNS.items():
        yield f"one key twice in {table}", f"{table}_pkey", another(table)
        if "position" in columns:
            yield f"place 0 in {table}", f"{table}_position_check", another(table, position="0")
    for table in SLUGGED:
        for slug in ("Upper", "", " ", "two words", "-first", "last-", "dou--ble", "ünïcode", "line\n", "under_score"):
            yield f"slug {slug!r} of {table}", f"{table}_slug_check", f"UPDATE {table} SET slug = '{slug}'"
        yield f"one slug for two {table}", f"{table}_slug_key", another(table, id="uuidv7()")
        rename = f"UPDATE {table} SET slug = 'fresh' WHERE id = {first_of(table)}"
        old = f"(SELECT key FROM redirects WHERE resource = '{table}' AND key <> 'old')"
        rule = f"{table}_keep_their_slugs"
        yield f"slug of one that was renamed, of {table}", rule, f"{rename}; {another(table, id=NEW, slug=old)}"
        yield f"own slug again, of {table}", rule, f"{rename}; UPDATE {table} SET slug = {old} WHERE slug = 'fresh'"
    for resource, target in (*SLUGGED.items(), ("participants", "participant_id"), ("readouts", "readout_id")):
        yield f"a redirect to unknown {resource}", f"redirects_{target}_fkey", redirect(resource, **{target: NOTHING})
    for owner in ("leader_id", "party_id", "call_id", "readout_id", "publisher_id", "topic_id"):
        unknown = f"INSERT INTO identifiers (scheme, folded, value, {owner}) VALUES ('x', 'x', 'x', {NOTHING})"
        yield f"an identifier of an unknown {owner}", f"identifiers_{owner}_fkey", unknown
    for table, column in (
        *((table, "title") for table in ("calls", "readouts", "offices")),
        *((table, "name") for table in ("parties", "publishers", "topics", "leader_names")),
        ("participants", "office"),
        ("party_aliases", "alias"),
        ("identifiers", "value"),
        ("evidence", "source"),
    ):
        for blank in ("", " \t\n"):
            row = f"UPDATE {table} SET {column} = '{blank}' WHERE {column} IS NOT NULL"
            yield f"{column} {blank!r} of {table}", f"{table}_{column}_check", row


def unfolded(table: str) -> list[str]:
    """The lines of a table, each with those that go on with it, which stand further in."""
    return "\n".join(line for line in table.splitlines() if line).replace("\n        ", " ").splitlines()


RULES = f"""
calls_date_in_order_check
    a call that ends before it starts: UPDATE calls SET date_latest = '2020-03-18'
calls_channel_check
    an unknown channel: UPDATE calls SET channel = 'telegraph'
calls_date_basis_check
    an unknown basis of a date: UPDATE calls SET date_basis = 'guessed'
calls_date_part_of_day_check
    an unknown part of the day: UPDATE calls SET date_part_of_day = 'teatime'
calls_date_precision_check
    an unknown precision: UPDATE calls SET date_precision = 'week'
calls_initiator_basis_check
    an unknown basis of an initiator: UPDATE calls SET initiator_basis = 'guessed'
calls_initiator_kind_check
    an unknown kind of initiator: UPDATE calls SET initiator_kind = 'committee'
calls_show_preferred_claims
    a call that shows another date: UPDATE calls SET date_edtf = '2020-03-20' WHERE id = {CALL}
    a call that shows an earlier bound: UPDATE calls SET date_earliest = '2020-03-18' WHERE id = {CALL}
    a call that shows a later bound: UPDATE calls SET date_latest = '2020-03-20' WHERE id = {CALL}
    a call that shows another precision: UPDATE calls SET date_precision = 'month' WHERE id = {CALL}
    a call that shows no zone: UPDATE calls SET date_zone = NULL WHERE id = {CALL}
    a call that shows other words: UPDATE calls SET date_text = 'one day' WHERE id = {CALL}
    a call that shows another part of the day: UPDATE calls SET date_part_of_day = 'morning' WHERE id = {CALL}
    a call that shows another basis of its date: UPDATE calls SET date_basis = 'stated' WHERE id = {CALL}
    a call that shows another channel: UPDATE calls SET channel = 'video' WHERE id = {CALL}
    a call that shows a duration: UPDATE calls SET duration_seconds = 60 WHERE id = {CALL}
    a call that shows another kind of initiator: UPDATE calls SET initiator_kind = 'mutual' WHERE id = {CALL}
    a call that shows another initiator: UPDATE calls SET initiator_participant_id = {XI_IN_CALL} WHERE id = {CALL}
    a call that shows a party too: UPDATE calls SET initiator_party_id = {RU} WHERE id = {CALL}
    a call that shows another basis of its initiator: UPDATE calls SET initiator_basis = 'stated' WHERE id = {CALL}
    a call without claims: {another("calls", id="uuidv7()", slug="'unclaimed'")}
calls_initiator_party_id_fkey
    an unknown party that initiated: UPDATE calls SET initiator_party_id = {NOTHING}
calls_initiator_participant_id_fkey
    a call that shows an initiator of another call: SET CONSTRAINTS calls_initiator_participant_id_fkey IMMEDIATE;
        UPDATE claims SET initiator_participant_id = {THIRD_IN_OTHER} WHERE id = {INITIATOR}

call_readouts_call_id_fkey
    a report of an unknown call: {another("call_readouts", call_id=NOTHING)}
call_readouts_readout_id_fkey
    a report in an unknown readout: {another("call_readouts", readout_id=NOTHING)}

claims_basis_check
    an unknown basis: UPDATE claims SET basis = 'guessed'
claims_channel_check
    an unknown channel in a claim: UPDATE claims SET channel = 'telegraph' WHERE id = {CHANNEL}
claims_date_part_of_day_check
    an unknown part of the day in a claim: UPDATE claims SET date_part_of_day = 'teatime' WHERE id = {DATE}
claims_date_precision_check
    an unknown precision in a claim: UPDATE claims SET date_precision = 'week' WHERE id = {DATE}
claims_field_check
    an unknown field: UPDATE claims SET field = 'weather' WHERE id = {CHANNEL}
claims_initiator_kind_check
    an unknown kind of initiator in a claim: {claim("initiator", initiator_kind="'committee'")}
claims_date_in_order_check
    bounds in the wrong order: UPDATE claims SET date_latest = '2020-03-18' WHERE id = {DATE}
claims_date_bounds_check
    a bound before the year 0: UPDATE claims SET date_earliest = '0002-12-31 BC' WHERE id = {DATE}
    a bound after the year 9999: UPDATE claims SET date_latest = '10000-01-01' WHERE id = {DATE}
    a date that never begins: UPDATE claims SET date_earliest = 'infinity', date_latest = 'infinity' WHERE id = {DATE}
claims_duration_check
    a duration below 0: {claim("duration", duration_seconds="-1")}
    a duration over a week: {claim("duration", duration_seconds="604801")}
claims_initiator_check
    a participant who initiated and is not named: {claim("initiator", initiator_kind="'participant'")}
    a party that initiated and is not named: {claim("initiator", initiator_kind="'party'")}
    a mutual initiative of one participant: UPDATE claims SET initiator_kind = 'mutual' WHERE id = {INITIATOR}
    a participant and a party that initiated: UPDATE claims SET initiator_party_id = {RU} WHERE id = {INITIATOR}
    an initiator of a channel: {claim("channel", channel="'video'", initiator_party_id=RU)}
claims_subject_check
    a claim about nothing: {claim("channel", channel="'video'", call_id="NULL")}
    a claim about a call and a readout: {claim("channel", channel="'video'", readout_id=READOUT)}
    the publisher of a call: {claim("publisher", publisher_id=DALIAN)}
    the channel of a readout: {claim("channel", channel="'video'", call_id="NULL", readout_id=READOUT)}
claims_value_of_field_check
    a channel that is not given: {claim("channel")}
    a duration that is not given: {claim("duration")}
    an initiator who is not given: {claim("initiator")}
    a publisher who is not given: {claim("publisher", call_id="NULL", readout_id=READOUT)}
    a date that is not given: {claim("date", date_text="'one day'")}
    a date without bounds: UPDATE claims SET date_earliest = NULL WHERE id = {DATE}
    a channel for a duration: {claim("duration", channel="'video'")}
    two values: {claim("duration", duration_seconds="60", channel="'video'")}
    the zone of a channel: UPDATE claims SET date_zone = 'Asia/Shanghai' WHERE id = {CHANNEL}
claims_call_id_field_preferred_excl
    two preferred dates: UPDATE claims SET preferred = true WHERE id = {STATED_DATE}
claims_readout_id_field_preferred_excl
    two preferred publishers: {another("claims", f"id = {PUBLISHED_BY}", id="uuidv7()", position="99")}
claims_call_id_position_key
    two claims of a call at one place: {another("claims", f"id = {STATED_DATE}", id="uuidv7()")}
claims_readout_id_position_key
    two claims of a readout at one place: {another("claims", f"id = {PUBLISHED_BY}", id=NEW, preferred="false")}
claims_call_id_fkey
    a claim about an unknown call: {claim("channel", channel="'video'", preferred="true", call_id=NOTHING)}
claims_readout_id_fkey
    a claim about an unknown readout: {claim("publisher", publisher_id=DALIAN, call_id="NULL", readout_id=NOTHING)}
claims_initiator_participant_id_fkey
    an initiator of another call: UPDATE claims SET initiator_participant_id = {THIRD_IN_OTHER} WHERE id = {INITIATOR}
    an initiator who leaves the call: DELETE FROM participants WHERE id = {THIRD_IN_OTHER}
claims_initiator_party_id_fkey
    a claim of an unknown party: {claim("initiator", initiator_kind="'party'", initiator_party_id=NOTHING)}
claims_publisher_id_fkey
    a claim of an unknown publisher: UPDATE claims SET publisher_id = {NOTHING} WHERE id = {PUBLISHED_BY}

writings_author_check
    a writing of nobody: {another("writings", id="99", author="' '")}
writings_note_check
    a reason that is none: {another("writings", id="99", note="' '")}
writings_size_check
    a writing of less than nothing: {another("writings", id="99", size="-1")}
writings_first_check
    a number before the first: {another("writings", id="99", first="0", numbered_at="now()")}
writings_numbered_check
    a number without its time: {another("writings", id="99", first="7")}
    a number of nothing: {another("writings", id="99", first="7", numbered_at="now()", size="0")}
writings_first_key
    one number for two writings:
        {another("writings", id="98", first="7", numbered_at="now()")};
        {another("writings", id="99", first="7", numbered_at="now()")}
history_never_changes
    another author of what was written: UPDATE writings SET author = 'Nobody'
    a number that changes:
        UPDATE writings SET first = 1, numbered_at = now() WHERE id = 1; UPDATE writings SET first = 2 WHERE id = 1
    a writing that goes: DELETE FROM writings
    another version in the history: UPDATE changes SET version = version + 100
    a change that goes: DELETE FROM changes
    another document in the history: UPDATE snapshots SET document = '{{}}'
    a document that goes: TRUNCATE snapshots
changes_ordinal_check
    a change before the first: {another("changes", "resource = 'topics'", ordinal="0", version="9")}
changes_version_check
    a change to no version: {another("changes", "resource = 'topics'", ordinal="999", version="0")}
changes_resource_check
    a change of something else: {another("changes", "resource = 'topics'", ordinal="999", resource="'keys'")}
changes_kind_check
    another kind of change: {another("changes", "resource = 'topics'", ordinal="999", version="9", kind="'lost'")}
changes_within_check
    a statement within nothing: {another("changes", "resource = 'topics'", ordinal="999", resource="'statements'")}
    a topic within a call: {another("changes", "resource = 'topics'", ordinal="999", version="9", within_id=CALL)}
changes_into_check
    a topic that lives on and is there:
        {another("changes", "resource = 'topics'", ordinal="999", version="9", into_id=CALL)}
changes_writing_id_fkey
    a change by no writing: {another("changes", "resource = 'topics'", writing_id="99", version="9")}
changes_record_id_version_resource_key
    one version twice: {another("changes", "resource = 'topics'", ordinal="999")}
snapshots_document_check
    a document that is none: {another("snapshots", record_id=NEW, document="'[]'")}
snapshots_record_id_fkey
    a document of no version: {another("snapshots", version="9")}
tombstones_record_id_fkey
    a removal that was none: {another("tombstones", key="'another'", version="9")}

drafts_version_check
    a draft in no version: {another("drafts", id=NEW, sha256="encode(sha256('b'), 'hex')", text="'b'", version="0")}
drafts_sha256_check
    a draft under the hash of another text: {another("drafts", id=NEW, text="'b'")}
drafts_number_check
    a draft of no call: {another("drafts", id=NEW, number="0")}
drafts_sha256_number_key
    two drafts of one call of a text: {another("drafts", id=NEW)}
drafts_status_check
    a draft that is lost: UPDATE drafts SET status = 'lost', version = 2
drafts_document_check
    a draft of nothing: UPDATE drafts SET document = '[]', version = 2
drafts_became_check
    a draft that became nothing: UPDATE drafts SET status = 'accepted', version = 2
    an open draft that became a call: UPDATE drafts SET call_id = {CALL}, readout_id = {READOUT}, version = 2
    a draft that became a readout of nothing:
        UPDATE drafts SET status = 'accepted', readout_id = {READOUT}, version = 2
drafts_id_fkey
    a version of a draft that nobody made: UPDATE drafts SET version = 2
draft_revisions_are_of_drafts
    a revision of no draft: {another("draft_revisions", draft_id=NEW)}
    a revision of a version that is not there:
        {another("draft_revisions", version="2", kind="'accepted'", document="'{}'")}
draft_revisions_pkey
    one version of a draft made twice: {another("draft_revisions")}
draft_revisions_version_check
    a revision before the first: {another("draft_revisions", version="0", kind="'rejected'", document="'{}'")}
draft_revisions_kind_check
    something else that was done: {another("draft_revisions", version="2", kind="'lost'", document="'{}'")}
draft_revisions_author_check
    a revision by nobody: {another("draft_revisions", author="' '", draft_id=NEW)}
draft_revisions_note_check
    a revision for no reason: {another("draft_revisions", note="' '", draft_id=NEW)}
draft_revisions_document_check
    a draft that was nothing before:
        {another("draft_revisions", version="2", kind="'accepted'", document="'[]'")}
draft_revisions_begins_check
    a draft that is made again: {another("draft_revisions", version="2", document="'{}'")}
    a draft that was something before: {another("draft_revisions", document="'{}'", draft_id=NEW)}
    a proposal that is made alone: {another("draft_revisions", proposal="'call'", draft_id=NEW)}
history_never_changes
    a draft of another text: UPDATE drafts SET sha256 = 'x', version = 2
    a draft of another call of the text: UPDATE drafts SET number = 2, version = 2
    a draft that skips a version: UPDATE drafts SET version = 3
    a draft that goes: DELETE FROM drafts
    a revision of a draft that is another: UPDATE draft_revisions SET author = 'Nobody'
    a revision of a draft that goes: TRUNCATE draft_revisions CASCADE

keys_label_check
    a key of nobody: UPDATE keys SET label = ' '
keys_hash_check
    half a hash of a key: UPDATE keys SET hash = substr(hash, 17)
keys_hash_key
    one key given out twice: {another("keys", id=NEW)}
keys_scopes_check
    a key for nothing: UPDATE keys SET scopes = '{{}}'
    a key for something else: UPDATE keys SET scopes = '{{admin,everything}}'
    a key for something unknown: UPDATE keys SET scopes = '{{admin,NULL}}'
keys_expires_check
    a key that ends before it begins: UPDATE keys SET expires_at = created_at

evidence_readout_or_source_check
    evidence of nothing: UPDATE evidence SET source = NULL
    evidence by quotation and source: UPDATE evidence SET source = 'Press' WHERE readout_id IS NOT NULL
    evidence by half a quotation: UPDATE evidence SET "end" = NULL WHERE readout_id IS NOT NULL
    the address of a quotation: UPDATE evidence SET url = 'https://example.org' WHERE readout_id IS NOT NULL
    evidence by no words: UPDATE evidence SET "end" = start WHERE readout_id IS NOT NULL
    evidence before the text: UPDATE evidence SET start = -1 WHERE readout_id IS NOT NULL
evidence_quote_their_readout
    evidence of other words: {another("evidence", "readout_id IS NOT NULL", position="99", text="'Somebody'")}
    evidence in no text: {another("evidence", "readout_id IS NOT NULL", position="99", readout_id=SILENT)}
    evidence changed in its text: UPDATE evidence SET text = 'Somebody' WHERE readout_id IS NOT NULL
    evidence changed in its start: UPDATE evidence SET start = start + 1 WHERE readout_id IS NOT NULL
    evidence changed in its end: UPDATE evidence SET "end" = 100000 WHERE readout_id IS NOT NULL
    evidence moved to no text: UPDATE evidence SET readout_id = {SILENT} WHERE readout_id IS NOT NULL
evidence_claim_id_fkey
    evidence of an unknown claim: {another("evidence", claim_id=NOTHING)}
evidence_readout_id_fkey
    evidence in an unknown version: UPDATE evidence SET readout_version = 9 WHERE readout_id IS NOT NULL

aliases_are_no_codes
    the code of another party as an alias: {another("party_aliases", folded="'ru'", party_id=CN)}
    an alias turned into a code: UPDATE party_aliases SET folded = 'ru' WHERE folded = 'prc'
    a party with the code of an alias: {another("parties", id=NEW, code="'PRC'")}
    a party that takes an alias as its code: UPDATE parties SET code = 'PRC' WHERE id = {RU}

identifiers_scheme_check
    a scheme in upper case: UPDATE identifiers SET scheme = 'Wiki'
identifiers_one_owner_check
    an identifier of nothing: UPDATE identifiers SET leader_id = NULL
    an identifier of two records: UPDATE identifiers SET party_id = {CN} WHERE leader_id = {XI_JINPING}
identifiers_pkey
    one identifier for two leaders: {another("identifiers", "leader_id IS NOT NULL", leader_id=PUTIN)}
    one identifier for a call and a topic:
        {another("identifiers", "call_id IS NOT NULL", call_id="NULL", topic_id=HEALTH)}

leader_names_kind_check
    an unknown kind of name: UPDATE leader_names SET kind = 'nickname'
leader_names_one_preferred_key
    two preferred names: UPDATE leader_names SET kind = 'preferred' WHERE leader_id = {XI_JINPING}
leader_names_leader_id_name_kind_key
    a name twice: {another("leader_names", position="99")}
leader_names_leader_id_fkey
    a name of an unknown leader: {another("leader_names", leader_id=NOTHING)}
kept_answers_key_check
    a key of nothing: UPDATE kept_answers SET key = ''
    a key that is not printable: UPDATE kept_answers SET key = E'a\x7f'
    a key that is not ASCII: UPDATE kept_answers SET key = 'ü'
kept_answers_fingerprint_check
    half a fingerprint: UPDATE kept_answers SET fingerprint = 'x'
kept_answers_status_check
    a fault of ours that is kept: UPDATE kept_answers SET status = 500
kept_answers_headers_check
    headers that are none: UPDATE kept_answers SET headers = '[]'
kept_answers_whole_check
    half an answer: UPDATE kept_answers SET body = NULL

leaders_preferred_name_fkey
    a leader shown under an unknown name: UPDATE leaders SET name = 'Somebody' WHERE id = {XI_JINPING}
    a leader shown under a name that is not preferred: UPDATE leaders SET name = 'Xi' WHERE id = {XI_JINPING}
    a preferred name that is so no longer: UPDATE leader_names SET kind = 'alias' WHERE kind = 'preferred'
    a preferred name that is spelt anew: UPDATE leader_names SET name = 'Si' WHERE kind = 'preferred'
    all names taken away: DELETE FROM leader_names WHERE leader_id = {XI_JINPING}
    a leader without names: INSERT INTO leaders (slug, name, folded) VALUES ('nobody', 'Nobody', 'nobody')

mentions_name_offsets_check
    a name of no length: UPDATE mentions SET name_end = name_start
    a name before the text: UPDATE mentions SET name_start = -1
mentions_office_offsets_check
    half an office: UPDATE mentions SET office_end = NULL
    an office of no length: UPDATE mentions SET office_end = office_start
    an office before the text: UPDATE mentions SET office_start = -1
mentions_quote_their_readout
    a mention of another name: {another("mentions", position="99", name_text="'Somebody'")}
    a mention of another office: {another("mentions", position="99", office_text="'Somebody'")}
    a mention in no text: {another("mentions", readout_id=SILENT, call_id=OTHER_CALL, participant_id=XI_IN_OTHER)}
    a mention changed in its name: UPDATE mentions SET name_text = 'Somebody'
    a mention changed in the start of its name: UPDATE mentions SET name_start = name_start + 1
    a mention changed in the end of its name: UPDATE mentions SET name_end = 100000
    a mention changed in its office: UPDATE mentions SET office_text = 'Somebody'
    a mention changed in the start of its office: UPDATE mentions SET office_start = office_start + 1
    a mention changed in the end of its office: UPDATE mentions SET office_end = 100000
    a mention moved to no text: UPDATE mentions
        SET readout_id = {SILENT}, call_id = {OTHER_CALL}, participant_id = {XI_IN_OTHER}
mentions_participant_id_fkey
    a mention of nobody in the call: {another("mentions", position="99", participant_id=THIRD_IN_OTHER)}
mentions_call_id_fkey
    a mention of a call that the readout does not report:
        {another("mentions", position="99", participant_id=THIRD_IN_OTHER, call_id=OTHER_CALL)}
mentions_readout_id_fkey
    a mention in an unknown version: UPDATE mentions SET readout_version = 9

offices_held_from_check
    an office from no date: UPDATE offices SET held_from = 'soon'
    an office from half a month: UPDATE offices SET held_from = '2013-1'
offices_held_to_check
    an office to no date: UPDATE offices SET held_to = 'today'
    an office until 9999: UPDATE offices SET held_to = '9999'
    an office until the end of 9999: UPDATE offices SET held_to = '9999-12-31'
offices_held_in_order_check
    an office left the day before: UPDATE offices SET held_from = '2013-03-14', held_to = '2013-03-13'
    an office left the year before: UPDATE offices SET held_from = '2013-03-14', held_to = '2012'
offices_leader_id_fkey
    an office of an unknown leader: {another("offices", leader_id=NOTHING)}
offices_party_id_fkey
    an office of an unknown party: UPDATE offices SET party_id = {NOTHING}

participants_role_check
    an unknown role: UPDATE participants SET role = 'guest'
participants_leader_id_call_id_key
    a leader twice in a call: {another("participants", f"id = {XI_IN_CALL}", id=NEW, position="99")}
participants_call_id_position_key
    two participants at one place: {another("participants", f"id = {XI_IN_CALL}", id=NEW, leader_id="NULL")}
participants_call_id_fkey
    a participant with other bounds than the call's: UPDATE participants SET call_earliest = '1999-01-01'
    a participant of an unknown call: {another("participants", id=NEW, call_id=NOTHING)}
participants_leader_id_fkey
    an unknown leader who took part: UPDATE participants SET leader_id = {NOTHING} WHERE id = {XI_IN_CALL}
participants_party_id_fkey
    an unknown party that took part: UPDATE participants SET party_id = {NOTHING}

parties_code_check
    a code in lower case: UPDATE parties SET code = 'cn' WHERE code = 'CN'
    a code with a space: UPDATE parties SET code = 'C N' WHERE code = 'CN'
    a code that starts with a digit: UPDATE parties SET code = '1C' WHERE code = 'CN'
parties_code_key
    one code for two parties: UPDATE parties SET code = 'CN' WHERE code = 'RU'
parties_kind_check
    an unknown kind of party: UPDATE parties SET kind = 'planet'
party_aliases_pkey
    an alias of two parties: {another("party_aliases", f"party_id = {CN}", party_id=RU)}
feed_single_check
    a second feed: UPDATE feed SET single = false
feed_head_check
    a feed that ends before it begins: UPDATE feed SET head = -1

party_aliases_party_id_fkey
    an alias of an unknown party: UPDATE party_aliases SET party_id = {NOTHING}

publishers_kind_check
    an unknown kind of publisher: UPDATE publishers SET kind = 'blog'
publishers_party_id_fkey
    a publisher of an unknown party: UPDATE publishers SET party_id = {NOTHING}

readout_versions_text_form_check
    a text that is not in form C: {version("'Cafe' || chr(769)")}
    a text with a carriage return: {version("'One.' || chr(13) || chr(10) || 'Two.'")}
readout_versions_text_length_check
    a text of nothing: {version("''")}
    a text over a million long: {version("repeat('a', 1000001)")}
readout_versions_sha256_check
    a text under another hash: {version("'One.'", f"'{'0' * 64}'")}
readout_versions_sha256_form_check
    a hash that is none: {version("NULL", f"'{'F' * 64}'")}
readout_versions_source_sha256_form_check
    a hash of the source that is none: {another("readout_versions", version="2", source_sha256="'none'")}
readout_versions_version_check
    a version 0 of a text: {version("'One.'", number=0)}
readout_versions_readout_id_fkey
    a text of an unknown readout: {another("readout_versions", readout_id=NOTHING)}
readout_versions_never_change
    a version changed in its text: UPDATE readout_versions SET text = 'One.' WHERE readout_id = {READOUT}
    a version changed in its hash: UPDATE readout_versions SET sha256 = repeat('0', 64) WHERE text IS NOT NULL
    a version changed in the hash of its source: UPDATE readout_versions SET source_sha256 = NULL
    a version changed in its number: UPDATE readout_versions SET version = 2
    a version changed in its readout: UPDATE readout_versions SET readout_id = {NOTHING}
    a version changed in its time: UPDATE readout_versions SET created_at = 'epoch'
    a text given where there was none: UPDATE readout_versions SET text = 'One.' WHERE readout_id = {SILENT}

readouts_kind_check
    an unknown kind of readout: UPDATE readouts SET kind = 'rumour'
readouts_translation_check
    an unknown kind of translation: UPDATE readouts SET translation = 'free'
readouts_translation_of_check
    a readout translated from itself: UPDATE readouts SET translation_of = id
readouts_translation_of_fkey
    a readout translated from an unknown one: UPDATE readouts SET translation_of = {NOTHING}
readouts_published_on_check
    published in the year before 1: UPDATE readouts SET published_on = '0001-12-31 BC'
    published in the year 10000: UPDATE readouts SET published_on = '10000-01-01'
    never published: UPDATE readouts SET published_on = 'infinity'
call_words_call_id_fkey
    words of an unknown call: INSERT INTO call_words VALUES ({NOTHING}, '')
readout_words_readout_id_fkey
    words of an unknown readout: INSERT INTO readout_words VALUES ({NOTHING}, '')
facet_values_facet_value_key
    a value twice: INSERT INTO facet_values (facet, value) SELECT facet, value FROM facet_values LIMIT 1
word_shares_kind_check
    a word of another kind: UPDATE word_shares SET kind = 'leader'
word_shares_share_check
    a word that is nowhere: UPDATE word_shares SET share = 0
    a word in more than all: UPDATE word_shares SET share = 1.1
dyads_in_order_check
    the greater of two first: UPDATE dyads SET first_id = second_id, second_id = first_id WHERE first_id <> second_id
dyads_call_id_fkey
    a dyad of an unknown call: UPDATE dyads SET call_id = {NOTHING}
    a dyad on another day than its call: UPDATE dyads SET call_earliest = '2020-03-18' WHERE call_id = {CALL}
call_documents_made_check
    a document without statements: UPDATE call_documents SET document = '{{}}', statements = NULL
    statements without a document: UPDATE call_documents SET document = NULL, statements = '[]'
call_documents_call_id_fkey
    a document of an unknown call: INSERT INTO call_documents (call_id) VALUES ({NOTHING})

readouts_retrieved_at_check
    retrieved after the last day that all clients read: UPDATE readouts SET retrieved_at = '9999-12-31 23:59:59-14'
    retrieved before the first: UPDATE readouts SET retrieved_at = '0001-01-01 00:00:00+14'
readouts_publisher_id_fkey
    a readout of an unknown publisher: UPDATE readouts SET publisher_id = {NOTHING}
readouts_show_preferred_claims
    a readout that shows no publisher: UPDATE readouts SET publisher_id = NULL WHERE id = {READOUT}
    a readout that shows another basis: UPDATE readouts SET publisher_basis = 'stated' WHERE id = {READOUT}
    a readout with a publisher and no claim: {another("readouts", f"id = {READOUT}", id=NEW)}

redirects_resource_check
    a redirect of another resource: {redirect("parties", leader_id=XI_JINPING)}
redirects_one_target_check
    a redirect to nothing: {redirect("leaders")}
    a redirect to two records: {redirect("leaders", leader_id=XI_JINPING, call_id=CALL)}
redirects_target_of_resource_check
    a redirect to a record of another resource: {redirect("calls", leader_id=XI_JINPING)}

statement_speakers_participant_id_fkey
    a speaker who is not in the call:
        {another("statement_speakers", f"statement_id = {FIRST}", participant_id=THIRD_IN_OTHER)}
statement_speakers_statement_id_fkey
    a speaker of an unknown statement: {another("statement_speakers", statement_id=NOTHING)}
    a speaker for another call: {another("statement_speakers", participant_id=THIRD_IN_OTHER, call_id=OTHER_CALL)}
speakers_stay_with_their_statement
    a speaker moved to another statement: UPDATE statement_speakers SET statement_id = {LAST}
        WHERE statement_id = {FIRST}
statement_topics_statement_id_fkey
    a topic of an unknown statement: {another("statement_topics", statement_id=NOTHING)}
statement_topics_topic_id_fkey
    an unknown topic of a statement: {another("statement_topics", topic_id=NOTHING)}

statements_act_check
    an unknown act: UPDATE statements SET act = 'sing'
statements_mode_check
    an unknown mode: UPDATE statements SET mode = 'ironic'
statements_speaker_as_check
    an unknown way to speak: UPDATE statements SET speaker_as = 'ghost'
statements_attribution_kind_check
    an unknown kind of attribution: UPDATE statements SET attribution_kind = 'guessed' WHERE id = {SECOND}
statements_attribution_check
    an explicit attribution by no words: {said(attribution_kind="'explicit'")}
    a verb that is inherited: {said(attribution_verb="'said'")}
    words that attribute what is inherited: UPDATE statements SET attribution_kind = 'inherited' WHERE id = {FIRST}
    an attribution of no length: UPDATE statements SET attribution_end = attribution_start WHERE id = {FIRST}
    an attribution before the text: UPDATE statements SET attribution_start = -1 WHERE id = {FIRST}
statements_paragraph_check
    a paragraph before the title: UPDATE statements SET paragraph = -1
statements_offsets_check
    a statement of no words: UPDATE statements SET "end" = start
    a statement before the text: UPDATE statements SET start = -1
statements_readout_id_readout_version_position_key
    two statements at one place: {said(position="1")}
statements_call_id_fkey
    a statement about a call that its readout does not report: {said(call_id=OTHER_CALL)}
    a statement given to another call: UPDATE statements SET call_id = {OTHER_CALL}
statements_readout_id_fkey
    a statement in an unknown version: {said(readout_version="9")}
statements_readout_language_fkey
    a statement in another language than its readout: {said(language="'fr'")}
    a statement changed in its language: UPDATE statements SET language = 'fr'
statements_quote_their_readout
    a statement with another word: {said(text="replace(text, 'After', 'Before')")}
    a statement in another case: {said(text="upper(text)")}
    a statement with a letter too few: {said(text="left(text, -1)")}
    a statement with a letter too many: {said(text="text || ' '")}
    a statement one letter too early: {said(start="start - 1", end='"end" - 1')}
    a statement to beyond the text: {said(end="2659")}
    a statement from beyond the text: {said(start="5000", end="5158")}
    a statement in no text: {said(call_id=OTHER_CALL, readout_id=SILENT)}
    a statement changed in its text: UPDATE statements SET text = 'China' WHERE id = {FIRST}
    a statement changed in its start: UPDATE statements SET start = start + 1 WHERE id = {FIRST}
    a statement changed in its end: UPDATE statements SET "end" = "end" + 1 WHERE id = {LAST}
    a statement longer than the text: UPDATE statements SET text = text || ' ', "end" = "end" + 1 WHERE id = {LAST}
    a statement changed in its attribution: UPDATE statements SET attribution_text = 'He said that' WHERE id = {FIRST}
    a statement attributed from elsewhere: UPDATE statements SET attribution_start = 0 WHERE id = {FIRST}
    a statement attributed to beyond the text: UPDATE statements SET attribution_end = 100000 WHERE id = {FIRST}
    a statement moved to no text: UPDATE statements SET readout_id = {SILENT}, call_id = {OTHER_CALL} WHERE id = {FIRST}
statements_have_speakers
    a statement that nobody makes: {another("statements", id=NEW, position="99")}
    the last speaker taken away: DELETE FROM statement_speakers WHERE statement_id = {FIRST}
    all speakers taken away: DELETE FROM statement_speakers

topics_broader_check
    a topic broader than itself: UPDATE topics SET broader_id = id
topics_broader_id_fkey
    a topic below an unknown one: UPDATE topics SET broader_id = {NOTHING}
topics_form_no_circle
    two topics in a circle: UPDATE topics SET broader_id = {EPIDEMICS} WHERE id = {HEALTH}
    three topics in a circle: UPDATE topics SET broader_id = {EPIDEMICS} WHERE id = {PUBLIC_HEALTH};
        UPDATE topics SET broader_id = {PUBLIC_HEALTH} WHERE id = {HEALTH}
    new topics in a circle: INSERT INTO topics (id, slug, name, folded, broader_id)
        VALUES ({NEW}, 'one', 'One', 'one', {NOTHING}), ({NOTHING}, 'two', 'Two', 'two', {NEW})
"""
"""Under the name of each rule the attempts that it refuses, each by what it is and its SQL."""


def attempts() -> Iterator[Attempt]:
    """What is tried, by the rule that refuses it."""
    rule = ""
    for line in unfolded(RULES):
        if not line.startswith(" "):
            rule = line
        else:
            name, _, sql = line.strip().partition(": ")
            yield name, rule, sql
    yield from in_every_table()


ATTEMPTS = list(attempts())

SHOWN_DATE = (
    "SELECT concat_ws(' ', date_edtf, date_earliest, date_latest, date_precision, date_zone, date_part_of_day,"
    f" date_basis) FROM calls WHERE id = {CALL}"
)
SHOWN_INITIATOR = (
    "SELECT concat_ws(' ', 'initiator', initiator_kind, initiator_participant_id, initiator_party_id, initiator_basis)"
    f" FROM calls WHERE id = {CALL}"
)
SHOWN_PUBLISHER = (
    f"SELECT concat_ws(' ', 'publisher', publisher_id, publisher_basis) FROM readouts WHERE id = {READOUT}"
)
REDIRECTS_OF_XI = f"SELECT string_agg(key, ' ' ORDER BY key) FROM redirects WHERE leader_id = {XI_JINPING}"

WORDS_OF_CALLS = (
    "SELECT string_agg(concat_ws(' ', words @@ 'ENfresh'::tsquery, words @@ 'ENsilent'::tsquery,"
    " words @@ 'ENepidem'::tsquery), ' ' ORDER BY call_id) FROM call_words"
)
# Which calls have their documents, when those of both were made before.
NOTED = "SELECT count(DISTINCT call_id)::text FROM uncounted_calls WHERE writer = pg_current_xact_id()::text::bigint"
FORGET = "DELETE FROM uncounted_calls"
OTHER_TOPIC = "(SELECT id FROM topics WHERE id NOT IN (SELECT topic_id FROM statement_topics) ORDER BY id LIMIT 1)"
MADE = "UPDATE call_documents SET document = '', statements = ''"
STILL_MADE = "SELECT string_agg((document IS NOT NULL)::text, ' ' ORDER BY call_id) FROM call_documents"
DYADS_OF_OTHER = f"""
    SELECT string_agg(coalesce(one.name, a.code) || '-' || coalesce(other.name, b.code), ', '
        ORDER BY first_id, second_id)
        FROM dyads LEFT JOIN leaders one ON one.id = first_id LEFT JOIN leaders other ON other.id = second_id
        LEFT JOIN parties a ON a.id = first_id LEFT JOIN parties b ON b.id = second_id WHERE call_id = {OTHER_CALL}
""".strip()
NO_INITIATOR = {f"initiator_{column}": "NULL" for column in ("kind", "participant_id", "party_id", "basis")}
CARRIED = f"""
a claim that changes is shown at once
    UPDATE claims SET channel = 'video' WHERE id = {CHANNEL}
    SELECT channel FROM calls WHERE id = {CALL}
    video
a basis that changes is shown at once
    UPDATE claims SET basis = 'curated' WHERE id = {DATE}
    {SHOWN_DATE}
    2020-03-19 2020-03-19 2020-03-19 day Asia/Shanghai evening curated
one statement prefers another claim
    UPDATE claims SET preferred = (id = {STATED_DATE}) WHERE call_id = {CALL} AND field = 'date'
    {SHOWN_DATE}
    XXXX-XX-19 -infinity -infinity unknown Asia/Shanghai evening stated
a claim that is not preferred is not shown
    UPDATE claims SET date_edtf = '2018-03-19' WHERE id = {STATED_DATE}
    {SHOWN_DATE}
    2020-03-19 2020-03-19 2020-03-19 day Asia/Shanghai evening derived
a new claim is shown at once
    {claim("duration", duration_seconds="2700", preferred="true")}
    SELECT duration_seconds::text FROM calls WHERE id = {CALL}
    2700
what is no longer claimed is no longer shown
    DELETE FROM claims WHERE id = {INITIATOR}
    {SHOWN_INITIATOR}
    initiator
an initiator becomes a party
    UPDATE claims SET initiator_kind = 'party', initiator_participant_id = NULL, initiator_party_id = {RU}
        WHERE id = {INITIATOR}
    {SHOWN_INITIATOR}
    initiator party {RU} derived
a claim that moves to another call is shown there, and here no longer
    {claim("duration", id=NEW, duration_seconds="60", preferred="true")};
        UPDATE claims SET call_id = {OTHER_CALL} WHERE id = {NEW}
    SELECT string_agg(coalesce(duration_seconds::text, '-'), ' ' ORDER BY id) FROM calls
    - 60
a readout shows its new publisher
    INSERT INTO publishers (id, slug, name, folded, kind) VALUES ({NEW}, 'another', 'Another', 'another', 'other');
        UPDATE claims SET publisher_id = {NEW}, basis = 'curated' WHERE id = {PUBLISHED_BY}
    {SHOWN_PUBLISHER}
    publisher {NEW} curated
a readout without a claim shows no publisher
    DELETE FROM claims WHERE id = {PUBLISHED_BY}
    {SHOWN_PUBLISHER}
    publisher
a readout shows its first publisher
    {claim("publisher", publisher_id=DALIAN, call_id="NULL", readout_id=SILENT, preferred="true")}
    SELECT publisher_id::text FROM readouts WHERE id = {SILENT}
    {DALIAN}
a new slug of a call leaves a redirect
    UPDATE calls SET slug = 'fresh' WHERE id = {CALL}
    SELECT key FROM redirects WHERE resource = 'calls' AND call_id = {CALL}
    2020-03-19-xi-jinping-vladimir-putin
a new slug of a publisher leaves a redirect
    UPDATE publishers SET slug = 'fresh' WHERE id = {DALIAN}
    SELECT key FROM redirects WHERE resource = 'publishers' AND publisher_id = {DALIAN}
    dalian-municipal-government
a new slug of a topic leaves a redirect
    UPDATE topics SET slug = 'fresh' WHERE id = {HEALTH}
    SELECT key FROM redirects WHERE resource = 'topics' AND topic_id = {HEALTH}
    health
two new slugs of a leader leave two redirects
    UPDATE leaders SET slug = 'xi' WHERE id = {XI_JINPING}; UPDATE leaders SET slug = 'xi-2' WHERE id = {XI_JINPING}
    {REDIRECTS_OF_XI}
    old xi xi-jinping
a slug left as it is leaves none
    UPDATE leaders SET slug = slug
    {REDIRECTS_OF_XI}
    old
a version written again as it is changes nothing
    UPDATE readout_versions SET text = text, sha256 = sha256
    SELECT count(*)::text FROM readout_versions
    2
words up to the last one are quoted
    UPDATE statements SET text = right(text, 12), start = "end" - 12 WHERE id = {LAST}
    SELECT concat_ws(' ', start, "end", text) FROM statements WHERE id = {LAST}
    2646 2658 partnership.
a joint statement keeps one speaker
    INSERT INTO statement_speakers VALUES ({FIRST}, {PUTIN_IN_CALL}, {CALL}, 2);
        DELETE FROM statement_speakers WHERE statement_id = {FIRST} AND position = 1
    SELECT participant_id::text FROM statement_speakers WHERE statement_id = {FIRST}
    {PUTIN_IN_CALL}
statements go with their speakers
    DELETE FROM statement_topics; DELETE FROM statements; DELETE FROM statement_speakers
    SELECT count(*)::text FROM statement_speakers
    0
another name is preferred within one transaction
    UPDATE leader_names SET kind = 'former' WHERE leader_id = {XI_JINPING} AND kind = 'preferred';
        UPDATE leader_names SET kind = 'preferred' WHERE leader_id = {XI_JINPING} AND kind = 'surname';
        UPDATE leaders SET name = 'Xi' WHERE id = {XI_JINPING}
    SELECT name FROM leaders WHERE id = {XI_JINPING}
    Xi
participants follow the date of their call
    UPDATE claims SET date_latest = '2020-03-22' WHERE id = {DATE}
    SELECT DISTINCT call_latest::text FROM participants WHERE call_id = {CALL}
    2020-03-22
statements follow the language of their readout
    UPDATE readouts SET language = 'und' WHERE id = {READOUT}
    SELECT concat_ws(' ', language, words @@ 'epidemic'::tsquery) FROM statements WHERE id = {FIRST}
    und t
a new call is found by its title
    {another("claims", f"id = {DATE}", id=NEW, call_id=NEW)};
        {another("claims", f"id = {CHANNEL}", id=NOTHING, call_id=NEW)};
        {another("calls", f"id = {CALL}", id=NEW, slug="'fresh'", **NO_INITIATOR)}
    SELECT array_to_string(tsvector_to_array(words), ' ') FROM call_words WHERE call_id = {NEW}
    jinping president putin russian telephony with xi
a call is found by its new title
    UPDATE calls SET title = 'Fresh' WHERE id = {OTHER_CALL}
    {WORDS_OF_CALLS}
    f f t t t f
a call is found by a new account
    INSERT INTO call_readouts VALUES ({OTHER_CALL}, {READOUT})
    {WORDS_OF_CALLS}
    f f t f t t
a call is found by an account no longer
    DELETE FROM call_readouts WHERE call_id = {OTHER_CALL}
    {WORDS_OF_CALLS}
    f f t f f f
an account is given to another call
    UPDATE call_readouts SET call_id = {CALL} WHERE readout_id = {SILENT}
    {WORDS_OF_CALLS}
    f t t f f f
a new readout is found by its title
    {another("readouts", f"id = {SILENT}", id=NEW, title="'Fresh'")}
    SELECT (words @@ 'ENfresh:A'::tsquery)::text FROM readout_words WHERE readout_id = {NEW}
    true
a readout and its calls are found by its new title
    UPDATE readouts SET title = 'Fresh' WHERE id = {SILENT}
    {WORDS_OF_CALLS}
    f f t t f f
a readout and its calls are found by its newest text
    {version("'Fresh'")}
    {WORDS_OF_CALLS}
    t f f f t f
a text is found again when the newer one is gone
    {version("'Fresh'")}; DELETE FROM readout_versions WHERE readout_id = {READOUT} AND version = 2
    {WORDS_OF_CALLS}
    f f t f t f
a new call has a document to be made
    {another("claims", f"id = {DATE}", id=NEW, call_id=NEW)};
        {another("claims", f"id = {CHANNEL}", id=NOTHING, call_id=NEW)};
        {another("calls", f"id = {CALL}", id=NEW, slug="'fresh'", **NO_INITIATOR)}
    SELECT (document IS NULL)::text FROM call_documents WHERE call_id = {NEW}
    true
a call that changes is shown anew
    {MADE}; UPDATE calls SET title = 'Fresh' WHERE id = {CALL}
    {STILL_MADE}
    false true
a call that somebody joins is shown anew
    {MADE}; {another("participants", f"id = {THIRD_IN_OTHER}", id=NEW, leader_id=PUTIN, position="3")}
    {STILL_MADE}
    true false
a call whose participant changes is shown anew
    {MADE}; UPDATE participants SET office = 'Guest' WHERE id = {XI_IN_CALL}
    {STILL_MADE}
    false true
a call that somebody leaves is shown anew
    {MADE}; DELETE FROM participants WHERE id = {XI_IN_OTHER}
    {STILL_MADE}
    true false
a call with a new account is shown anew
    {MADE}; INSERT INTO call_readouts VALUES ({OTHER_CALL}, {READOUT})
    {STILL_MADE}
    true false
a call whose account is given to another is shown anew, as is the other
    {MADE}; UPDATE call_readouts SET call_id = {CALL} WHERE readout_id = {SILENT}
    {STILL_MADE}
    false false
a call that loses an account is shown anew
    {MADE}; DELETE FROM call_readouts WHERE readout_id = {SILENT}
    {STILL_MADE}
    true false
a call with a new statement is shown anew
    {MADE}; {said()}
    {STILL_MADE}
    false true
a call whose statement changes is shown anew
    {MADE}; UPDATE statements SET act = 'thank' WHERE id = {FIRST}
    {STILL_MADE}
    false true
a call with a joint statement is shown anew
    {MADE}; INSERT INTO statement_speakers VALUES ({FIRST}, {PUTIN_IN_CALL}, {CALL}, 2)
    {STILL_MADE}
    false true
a call whose speaker changes is shown anew
    {MADE}; UPDATE statement_speakers SET participant_id = {PUTIN_IN_CALL} WHERE statement_id = {FIRST}
    {STILL_MADE}
    false true
a call whose statement loses a speaker is shown anew
    INSERT INTO statement_speakers VALUES ({FIRST}, {PUTIN_IN_CALL}, {CALL}, 2); {MADE};
        DELETE FROM statement_speakers WHERE statement_id = {FIRST} AND position = 2
    {STILL_MADE}
    false true
a call with a new subject is shown anew
    {MADE}; INSERT INTO statement_topics VALUES ({LAST}, (SELECT id FROM topics WHERE slug = 'space'))
    {STILL_MADE}
    false true
a call whose subject changes is shown anew
    DELETE FROM statement_topics WHERE topic_id <> {PUBLIC_HEALTH} OR statement_id <> {FIRST};
        INSERT INTO statement_topics VALUES ({FIRST}, {PUBLIC_HEALTH}) ON CONFLICT DO NOTHING; {MADE};
        UPDATE statement_topics SET topic_id = {HEALTH}
    {STILL_MADE}
    false true
a call that loses a subject is shown anew
    {MADE}; DELETE FROM statement_topics
    {STILL_MADE}
    false true
a call with a new identifier is shown anew
    {MADE}; INSERT INTO identifiers (scheme, folded, value, call_id) VALUES ('x', 'x', 'x', {OTHER_CALL})
    {STILL_MADE}
    true false
a call whose identifier changes is shown anew
    {MADE}; UPDATE identifiers SET value = 'X' WHERE call_id = {CALL}
    {STILL_MADE}
    false true
a call that loses an identifier is shown anew
    {MADE}; DELETE FROM identifiers WHERE call_id = {CALL}
    {STILL_MADE}
    false true
a call is shown anew with another publisher
    {MADE}; DELETE FROM claims WHERE id = {PUBLISHED_BY}
    {STILL_MADE}
    false true
calls are shown anew with another name of a leader
    {MADE}; UPDATE leaders SET slug = 'xi' WHERE id = {THIRD}
    {STILL_MADE}
    true false
calls are not shown anew with a leader who is called as before
    {MADE}; UPDATE leaders SET slug = slug, version = 2
    {STILL_MADE}
    true true
calls are shown anew with another name of a party
    {MADE}; UPDATE parties SET name = 'Rossiya' WHERE id = {RU}
    {STILL_MADE}
    false true
calls are shown anew with another name of the party that initiated them
    UPDATE claims SET initiator_kind = 'party', initiator_participant_id = NULL, initiator_party_id = {RU}
        WHERE id = {OTHER_INITIATOR}; UPDATE participants SET party_id = NULL WHERE party_id = {RU}; {MADE};
        UPDATE parties SET name = 'Rossiya' WHERE id = {RU}
    {STILL_MADE}
    true false
calls are shown anew with another name of a publisher
    {MADE}; UPDATE publishers SET name = 'Dalian' WHERE id = {DALIAN}
    {STILL_MADE}
    false true
calls are shown anew with another name of a topic
    {MADE}; UPDATE topics SET name = 'Wellbeing' WHERE id IN (SELECT topic_id FROM statement_topics)
    {STILL_MADE}
    false true
who renames what calls show is waited for
    UPDATE leaders SET slug = 'xi' WHERE id = {THIRD}
    SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory' AND objid = 7351856
    ShareLock
principals are brought together
    UPDATE participants SET party_id = NULL WHERE call_id = {OTHER_CALL}
    {DYADS_OF_OTHER}
    Xi Jinping-Xi Jinping, Xi Jinping-Third Leader, Third Leader-Third Leader
a principal who joins is brought together with all others
    UPDATE participants SET party_id = NULL, role = 'aide' WHERE id = {XI_IN_OTHER};
        {another("participants", f"id = {THIRD_IN_OTHER}", id=NEW, leader_id=PUTIN, position="3")}
    {DYADS_OF_OTHER}
    Vladimir Putin-Vladimir Putin, Vladimir Putin-Third Leader, Third Leader-Third Leader
an aide is brought together with nobody
    UPDATE participants SET role = 'aide' WHERE id = {XI_IN_OTHER}
    {DYADS_OF_OTHER}
    Third Leader-Third Leader
who leaves is brought together with nobody
    DELETE FROM participants WHERE id = {XI_IN_OTHER}
    {DYADS_OF_OTHER}
    Third Leader-Third Leader
a new call is counted
    {another("claims", f"id = {DATE}", id=NEW, call_id=NEW)};
        {another("claims", f"id = {CHANNEL}", id=NOTHING, call_id=NEW)};
        {another("calls", f"id = {CALL}", id=NEW, slug="'fresh'", **NO_INITIATOR)}
    {NOTED}
    1
a call is counted anew on another channel
    UPDATE claims SET channel = 'video' WHERE id = {CHANNEL}
    {NOTED}
    1
a call that is gone is counted no longer
    {another("claims", f"id = {DATE}", id=NEW, call_id=NEW)};
        {another("claims", f"id = {CHANNEL}", id=NOTHING, call_id=NEW)};
        {another("calls", f"id = {CALL}", id=NEW, slug="'fresh'", **NO_INITIATOR)};
        {FORGET}; DELETE FROM calls WHERE id = {NEW}; DELETE FROM claims WHERE call_id = {NEW}
    {NOTED}
    1
who joins a call is counted
    {another("participants", f"id = {THIRD_IN_OTHER}", id=NEW, leader_id=PUTIN, position="3")}
    {NOTED}
    1
who takes part for nobody is counted so
    UPDATE participants SET party_id = NULL WHERE id = {XI_IN_OTHER}
    {NOTED}
    1
who leaves a call is counted no longer
    DELETE FROM participants WHERE id = {XI_IN_OTHER}
    {NOTED}
    1
a call is counted with a new account
    INSERT INTO call_readouts VALUES ({OTHER_CALL}, {READOUT})
    {NOTED}
    1
an account is counted with another call
    UPDATE call_readouts SET call_id = {CALL} WHERE readout_id = {SILENT}
    {NOTED}
    2
a call is counted without an account
    DELETE FROM call_readouts WHERE call_id = {OTHER_CALL}
    {NOTED}
    1
a new statement is counted
    {another("statement_speakers", f"statement_id = {FIRST}", statement_id=NEW)}; {FORGET};
        {another("statements", f"id = {FIRST}", id=NEW, position="99")}
    {NOTED}
    1
a statement is counted by another act
    UPDATE statements SET act = NULL WHERE id = {FIRST}
    {NOTED}
    1
a statement that is gone is counted no longer
    DELETE FROM statement_topics WHERE statement_id = {FIRST}; {FORGET}; DELETE FROM statements WHERE id = {FIRST};
        SELECT set_config('test.noted', ({NOTED}), true); DELETE FROM statement_speakers WHERE statement_id = {FIRST}
    SELECT current_setting('test.noted')
    1
another speaker is counted
    {another("statement_speakers", f"statement_id = {FIRST}", participant_id=PUTIN_IN_CALL)}
    {NOTED}
    1
a statement is counted as that of another speaker
    UPDATE statement_speakers SET participant_id = {PUTIN_IN_CALL} WHERE statement_id = {FIRST}
    {NOTED}
    1
a speaker is counted no longer
    {another("statement_speakers", f"statement_id = {FIRST}", participant_id=PUTIN_IN_CALL)}; {FORGET};
        DELETE FROM statement_speakers WHERE (statement_id, participant_id) = ({FIRST}, {PUTIN_IN_CALL})
    {NOTED}
    1
another topic is counted
    INSERT INTO statement_topics SELECT {FIRST}, {OTHER_TOPIC}
    {NOTED}
    1
a statement is counted under another topic
    UPDATE statement_topics SET topic_id = {OTHER_TOPIC}
        WHERE (statement_id, topic_id) = (SELECT statement_id, topic_id FROM statement_topics LIMIT 1)
    {NOTED}
    1
topics are counted no longer
    DELETE FROM statement_topics WHERE statement_id = {FIRST}
    {NOTED}
    1
calls are counted without a publisher
    UPDATE claims SET preferred = false WHERE readout_id = {READOUT}
    {NOTED}
    1
calls are counted under another broader topic
    UPDATE topics SET broader_id = NULL WHERE id = {EPIDEMICS}
    {NOTED}
    1
dyads follow the date of their call
    UPDATE claims SET date_latest = '2020-03-22' WHERE id = {DATE}
    SELECT DISTINCT call_latest::text FROM dyads WHERE call_id = {CALL}
    2020-03-22
a topic moves below another
    UPDATE topics SET broader_id = {PUBLIC_HEALTH} WHERE id = {EPIDEMICS}
    SELECT broader_id::text FROM topics WHERE id = {EPIDEMICS}
    {PUBLIC_HEALTH}
an office from a day of the year in which it ends
    UPDATE offices SET held_from = '2013-03-14', held_to = '2013'
    SELECT DISTINCT held_from || ' ' || held_to FROM offices
    2013-03-14 2013
"""
"""What the rules let through: what it is, its SQL, a question after it, and the answer."""
_CARRIED = unfolded(CARRIED)
CHANGES = [
    (name, sql.strip(), question.strip(), answer.strip().replace("'", ""))
    for name, sql, question, answer in zip(*(iter(_CARRIED),) * 4, strict=True)
]

UNBREAKABLE = {
    "calls_id_date_earliest_date_latest_key": "wider than the primary key, and there only to be referred to",
    "participants_id_call_id_key": "wider than the primary key, and there only to be referred to",
    "readouts_id_language_key": "wider than the primary key, and there only to be referred to",
    "statements_id_call_id_key": "wider than the primary key, and there only to be referred to",
}
REFERRED_TO = [
    ("leaders", XI_JINPING),
    ("parties", CN),
    ("publishers", DALIAN),
    ("topics", HEALTH),
    ("topics", EPIDEMICS),
    ("readouts", READOUT),
    ("readouts", SILENT),
    ("calls", CALL),
    ("calls", OTHER_CALL),
    ("participants", XI_IN_CALL),
    ("participants", THIRD_IN_OTHER),
    ("statements", FIRST),
]
REQUIRED = [
    (table.name, column.name)
    for table in Base.metadata.sorted_tables
    for column in table.columns
    if not column.nullable and column.computed is None
]

ATTEMPTS += [
    (
        "a quoted text replaced by one statement",
        "evidence_readout_id_fkey",
        (
            "WITH gone AS (DELETE FROM readout_versions RETURNING readout_id)"
            " INSERT INTO readout_versions (readout_id, version, text, sha256)"
            " SELECT readout_id, 1, 'One.', encode(sha256('One.'), 'hex') FROM gone"
        ),
    ),
    (
        "a statement that leaves its speakers to another one",
        "statements_have_speakers",
        (
            f"DELETE FROM statement_topics; UPDATE statements SET id = {NEW} WHERE id = {FIRST};"
            f" {another('statements', f'id = {NEW}', id=FIRST, position='99')}"
        ),
    ),
    *(
        (
            f"a slug of {table} like an id",
            f"{table}_slug_check",
            f"UPDATE {table} SET slug = {CALL} WHERE id = {first_of(table)}",
        )
        for table in SLUGGED
    ),
]


@pytest.fixture(scope="module")
async def url(server: str, migrated: str) -> str:
    """A database of these tests' own, with the seed and a few records beside it."""
    url = await create_database(server, migrated)
    async with opened(url) as database, database.writing() as writing:
        await load_seed(writing)
        await add_records(writing, Records.model_validate(OTHERS, strict=False))
        raw = (await writing.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.execute(f"INSERT INTO redirects (resource, key, leader_id) VALUES ('leaders', 'old', {XI_JINPING})")
        await raw.execute(
            "INSERT INTO keys (label, hash, scopes, expires_at)"
            " VALUES ('Somebody', sha256('key'), '{admin}', now() + '1 day')"
        )
        await raw.execute(
            f"INSERT INTO snapshots (record_id, version, resource, document, rows)"
            f" VALUES ({XI_JINPING}, 1, 'leaders', '{{}}', '{{}}')"
        )
        await raw.execute(f"INSERT INTO tombstones VALUES ('leaders', 'gone', {XI_JINPING}, 1)")
        await raw.execute("INSERT INTO word_shares VALUES ('call', 'ENxi', 0.5)")
        await raw.execute("SELECT count_calls(1)")
        await raw.execute(
            "WITH made AS (INSERT INTO drafts (sha256, text, language, document)"
            " VALUES (encode(sha256('a'), 'hex'), 'a', 'en', '{}') RETURNING id)"
            " INSERT INTO draft_revisions (draft_id, version, kind, author) SELECT id, 1, 'created', 'Nobody' FROM made"
        )
        await raw.execute("INSERT INTO kept_answers VALUES (uuidv7(), 'k', sha256(''), 201, '{}', '')")
    return dsn(url)


@pytest.fixture(scope="module")
async def connection(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to it, for what is undone."""
    connection = await asyncpg.connect(url)
    yield connection
    await connection.close()


@asynccontextmanager
async def undone(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """A transaction, or a part of one, of which nothing stays."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


async def try_out(connection: asyncpg.Connection, sql: str, question: str = "SELECT 1") -> object:
    """What a question answers after some SQL and the checks of a commit, or the error that refuses it; then undone."""
    async with undone(connection):
        try:
            await connection.execute(sql)
            await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            return await connection.fetchval(question)
        except asyncpg.PostgresError as error:
            return error


def refused_by(outcome: object) -> str | None:
    """The rule that refused an attempt; None where it was let through."""
    if not isinstance(outcome, asyncpg.PostgresError):
        return None
    assert outcome.sqlstate.startswith("23"), outcome
    return str(outcome.constraint_name)


@pytest.mark.parametrize(("rule", "sql"), [pytest.param(rule, sql, id=name) for name, rule, sql in ATTEMPTS])
async def test_an_attempt_is_refused(connection: asyncpg.Connection, rule: str, sql: str) -> None:
    """By that rule and no other."""
    outcome = await try_out(connection, sql)
    assert refused_by(outcome) == rule, outcome


@pytest.mark.parametrize(("table", "column"), REQUIRED)
async def test_a_required_value_is_not_left_out(connection: asyncpg.Connection, table: str, column: str) -> None:
    outcome = await try_out(connection, another(table, **{column: "NULL"}))
    assert isinstance(outcome, asyncpg.NotNullViolationError), outcome
    assert (outcome.table_name, outcome.column_name) == (table, column)


@pytest.mark.parametrize(("table", "record"), REFERRED_TO)
async def test_what_is_referred_to_is_not_removed(connection: asyncpg.Connection, table: str, record: str) -> None:
    """Nor is a text that is quoted, or the report of what was said."""
    for sql in (
        f"DELETE FROM {table} WHERE id = {record}",
        "DELETE FROM readout_versions",
        "DELETE FROM call_readouts",
    ):
        rule = refused_by(await try_out(connection, sql))
        assert rule is not None
        assert rule.endswith("_fkey")


@pytest.mark.parametrize("field", ["date", "channel"])
@pytest.mark.parametrize("way", ["DELETE FROM claims", "UPDATE claims SET preferred = false"])
async def test_a_call_keeps_a_date_and_a_channel(connection: asyncpg.Connection, field: str, way: str) -> None:
    outcome = await try_out(connection, f"{way} WHERE call_id = {CALL} AND field = '{field}' AND preferred")
    assert isinstance(outcome, asyncpg.NotNullViolationError), outcome
    assert outcome.table_name == "calls"
    assert outcome.column_name.startswith(field)


@pytest.mark.parametrize(("sql", "question", "answer"), [pytest.param(*rest, id=name) for name, *rest in CHANGES])
async def test_a_change_is_carried_on(connection: asyncpg.Connection, sql: str, question: str, answer: str) -> None:
    """What the rules let through, and what follows of it."""
    assert await try_out(connection, sql, question) == answer


async def test_a_preferred_name_is_checked_at_the_commit(url: str) -> None:
    """Not before, so that both rows can be changed one after the other."""
    connection = await asyncpg.connect(url)
    await connection.execute(f"BEGIN; UPDATE leaders SET name = 'Xi' WHERE id = {XI_JINPING}")
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="leaders_preferred_name_fkey"):
        await connection.execute("COMMIT")
    assert await connection.fetchval(f"SELECT name FROM leaders WHERE id = {XI_JINPING}") == "Xi Jinping"
    await connection.close()


async def at_once(url: str, first: str, second: str) -> object:
    """What becomes of a transaction that does its work, or waits to do it, before another one commits."""
    one, two = await asyncpg.connect(url), await asyncpg.connect(url)
    try:
        await one.execute(f"BEGIN; {first}")
        await two.execute("BEGIN")
        work = asyncio.create_task(two.execute(second))
        waits = f"SELECT pg_blocking_pids({two.get_server_pid()}) <> '{{}}'"
        while not work.done() and not await one.fetchval(waits):
            await asyncio.wait([work], timeout=0.01)
        await one.execute("COMMIT")
        await work
        return await two.execute("COMMIT")
    except asyncpg.PostgresError as error:
        return error
    finally:
        await one.close()
        await two.close()


@pytest.fixture
async def own_url(server: str, migrated: str) -> str:
    """A database with the seed, for changes that are committed."""
    url = await create_database(server, migrated)
    async with opened(url) as database, database.writing() as writing:
        await load_seed(writing)
    return dsn(url)


async def test_two_claims_preferred_at_once(own_url: str) -> None:
    preferred = "INSERT INTO claims (call_id, position, field, basis, preferred, duration_seconds)"
    first, second = (f"{preferred} VALUES ({CALL}, {place}, 'duration', 'stated', true, 60)" for place in (8, 9))
    outcome = await at_once(own_url, first, second)
    assert refused_by(outcome) == "claims_call_id_field_preferred_excl"


async def test_a_slug_taken_at_once(own_url: str) -> None:
    outcome = await at_once(
        own_url,
        f"UPDATE leaders SET slug = 'xi' WHERE id = {XI_JINPING}",
        f"UPDATE leaders SET slug = 'xi-jinping' WHERE id = {PUTIN}",
    )
    assert refused_by(outcome) == "leaders_keep_their_slugs"


async def test_a_call_and_its_claim_changed_at_once(own_url: str) -> None:
    changes = [f"UPDATE calls SET title = 'Other' WHERE id = {CALL}", "UPDATE claims SET channel = 'video'"]
    changes[1] += f" WHERE id = {CHANNEL}"
    for first, second in (changes, changes[::-1]):
        assert refused_by(await at_once(own_url, first, second)) is None
    connection = await asyncpg.connect(own_url)
    assert tuple(await connection.fetchrow("SELECT title, channel FROM calls")) == ("Other", "video")
    await connection.close()


async def test_two_claims_of_a_call_changed_at_once(own_url: str) -> None:
    outcome = await at_once(
        own_url,
        f"UPDATE claims SET channel = 'video' WHERE id = {CHANNEL}",
        f"UPDATE claims SET basis = 'stated' WHERE id = {INITIATOR}",
    )
    assert refused_by(outcome) is None


async def test_two_accounts_of_a_call_added_at_once(own_url: str) -> None:
    """Each transaction sees the other's account when it keeps the call's words."""
    connection = await asyncpg.connect(own_url)
    await connection.execute(
        "INSERT INTO readouts (id, kind, language, title, translation)"
        f" VALUES ({NEW}, 'readout', 'en', 'Fresh', 'none'), ({NOTHING}, 'readout', 'en', 'Silent', 'none')"
    )
    added = [f"INSERT INTO call_readouts VALUES ({CALL}, {readout})" for readout in (NEW, NOTHING)]
    assert refused_by(await at_once(own_url, *added)) is None
    assert await connection.fetchval(WORDS_OF_CALLS) == "t t t"
    await connection.close()


@pytest.mark.parametrize("change", [f"UPDATE readouts SET title = 'Fresh' WHERE id = {NEW}", "a version"])
async def test_a_readout_changed_while_it_is_added(own_url: str, change: str) -> None:
    """Whichever comes first, the call is found by what the readout says in the end."""
    connection = await asyncpg.connect(own_url)
    await connection.execute(
        f"INSERT INTO readouts (id, kind, language, title, translation) VALUES ({NEW}, 'readout', 'en', 'Old', 'none')"
    )
    changes = [
        version("'Fresh'").replace(READOUT, NEW) if change == "a version" else change,
        f"INSERT INTO call_readouts VALUES ({CALL}, {NEW})",
    ]
    for first, second in (changes, changes[::-1]):
        assert refused_by(await at_once(own_url, first, second)) is None
        assert (await connection.fetchval(WORDS_OF_CALLS)).startswith("t ")
        await connection.execute(
            f"DELETE FROM call_readouts WHERE readout_id = {NEW};"
            f" DELETE FROM readout_versions WHERE readout_id = {NEW};"
            f" UPDATE readouts SET title = 'Old' WHERE id = {NEW}"
        )
    await connection.close()


async def test_a_text_and_a_title_changed_at_once(own_url: str) -> None:
    changes = [version("'Fresh'"), f"UPDATE readouts SET title = 'Silent' WHERE id = {READOUT}"]
    assert refused_by(await at_once(own_url, *changes)) is None
    connection = await asyncpg.connect(own_url)
    assert await connection.fetchval(WORDS_OF_CALLS) == "t t f"
    await connection.close()


async def test_both_speakers_taken_away_at_once(own_url: str) -> None:
    connection = await asyncpg.connect(own_url)
    await connection.execute(f"INSERT INTO statement_speakers VALUES ({FIRST}, {PUTIN_IN_CALL}, {CALL}, 2)")
    await connection.close()
    away = f"DELETE FROM statement_speakers WHERE statement_id = {FIRST} AND position ="
    outcome = await at_once(own_url, f"{away} 1", f"{away} 2")
    assert refused_by(outcome) == "statements_have_speakers"


async def test_a_circle_of_topics_made_at_once(own_url: str) -> None:
    security = "(SELECT id FROM topics WHERE slug = 'security')"
    outcome = await at_once(
        own_url,
        f"UPDATE topics SET broader_id = {security} WHERE id = {HEALTH}",
        f"UPDATE topics SET broader_id = {HEALTH} WHERE id = {security}",
    )
    assert refused_by(outcome) == "topics_form_no_circle"


async def test_every_table_is_ours(connection: asyncpg.Connection) -> None:
    tables = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm', 'f')"
    )
    assert {row[0] for row in tables} == COLUMNS.keys() | {"alembic_version"}


async def test_every_constraint_is_tried(connection: asyncpg.Connection) -> None:
    """Unique indexes count as constraints; a constraint that nothing here tries to break fails this test."""
    named = await connection.fetch(
        """
        SELECT conname FROM pg_constraint
        WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace AND contype <> 'n'
        UNION
        SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indisunique AND relnamespace = 'public'::regnamespace
        """
    )
    tried = {rule for _, rule, _ in ATTEMPTS}
    there = {row[0] for row in named} - {"alembic_version_pkc"}
    assert there - tried - UNBREAKABLE.keys() == set()
    assert UNBREAKABLE.keys() <= there - tried

    required = await connection.fetch(
        """
        SELECT relname, attname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE connamespace = 'public'::regnamespace AND contype = 'n' AND attgenerated = ''
        """
    )
    assert {tuple(row) for row in required} - {("alembic_version", "version_num")} == set(REQUIRED)


def end_of(outcome: object) -> object:
    """An outcome without what differs each time, such as new ids in messages."""
    return (type(outcome), refused_by(outcome)) if isinstance(outcome, asyncpg.PostgresError) else outcome


async def test_every_trigger_is_tried(connection: asyncpg.Connection) -> None:
    """Without any one of them, some attempt or change above ends otherwise."""
    constraints = await connection.fetch("SELECT conname FROM pg_constraint")
    held_by_triggers = {rule for _, rule, _ in ATTEMPTS} - {row[0] for row in constraints}
    tries = [(sql, "SELECT 1") for _, rule, sql in ATTEMPTS if rule in held_by_triggers]
    tries += [(sql, question) for _, sql, question, _ in CHANGES]
    ends = [end_of(await try_out(connection, *attempt)) for attempt in tries]
    triggers = await connection.fetch(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    assert len(triggers) > 20
    for table, trigger in triggers:
        async with undone(connection):
            await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            # Those that name its table first, since one that ends otherwise is enough.
            for attempt, end in sorted(zip(tries, ends, strict=True), key=lambda tried: table not in tried[0][0]):
                if end_of(await try_out(connection, *attempt)) != end:
                    break
            else:
                pytest.fail(f"nothing here needs the trigger {trigger} on {table}")
