"""How a text that was read becomes a draft, whoever brings it."""

from typing import Any

from app.drafts.queries import add_draft
from app.drafts.resolving import resolve
from app.drafts.reviewing import whole
from app.drafts.schemas import ReadoutToRead
from app.writings import Author

Json = dict[str, Any]


async def keep(connection: Any, author: Author, given: ReadoutToRead, read: Json, sha256: str) -> int:
    """Keep a draft of each call that was read, resolved against the records; gives how many, 0 where there are some.

    `connection` is the driver's own, within a transaction; `sha256` is of the stored text.
    """
    calls = [read, *read["further"]]
    # They are of one readout, whichever is accepted first.
    titled = given.model_copy(update={"title": given.title or read["call"]["title"]})
    for number, call in enumerate(calls, 1):
        document = whole(await resolve(connection, titled, call, sha256))
        if not await add_draft(connection, author, sha256, read["text"], document, number=number):
            return 0
    return len(calls)
