"""How a text that was read becomes a draft, whoever brings it."""

from typing import Any

from app.drafts.queries import add_draft
from app.drafts.resolving import resolve
from app.drafts.reviewing import whole
from app.drafts.schemas import ReadoutToRead
from app.writings import Author

Json = dict[str, Any]


async def keep(connection: Any, author: Author, given: ReadoutToRead, read: Json, sha256: str) -> bool:
    """Keep a draft of what was read, resolved against the records; False where the text has one already.

    `connection` is the driver's own, within a transaction; `sha256` is of the stored text.
    """
    document = whole(await resolve(connection, given, read, sha256))
    return await add_draft(connection, author, sha256, read["text"], document) is not None
