"""The making of ready documents, by the same composition that shows a record where none is ready."""

from functools import cache

from sqlalchemy import Select, Update, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.calls.queries import CALLS
from app.tables import Call, CallDocument

RENAMING = 7_351_856
"""The lock that transactions share which rename what calls show; the migration that adds their triggers has it too."""


@cache
def _wanting() -> Select[CallDocument]:
    """The calls whose documents are to be made, but for those that are just being changed."""
    form = CallDocument.form
    unmade = or_(form.is_(None), form < CALLS.form, form > CALLS.form)
    calls = select(CallDocument.call_id).join(Call, Call.id == CallDocument.call_id)
    return calls.where(unmade).with_for_update(of=Call, key_share=True, skip_locked=True)


@cache
def _making() -> Update:
    return update(CallDocument).values(form=CALLS.form, document=CALLS.plain_text(CallDocument.call_id))


async def make_documents(writing: AsyncConnection, most: int) -> int:
    """Make as many documents of calls as are wanting, but not more than `most`; gives how many were made.

    The calls stay locked from before they are looked at until the transaction ends, so that whoever changes one of them
    forgets the new document, too. Nothing is made while something is renamed that calls show.
    """
    if not (await writing.execute(select(func.pg_try_advisory_xact_lock(RENAMING)))).scalar_one():
        return 0
    ids = (await writing.execute(_wanting().limit(most))).scalars().all()
    if ids:
        await writing.execute(_making().where(CallDocument.call_id == func.any(ids)))
    return len(ids)
