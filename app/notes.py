"""Why a change is made, as the request that makes it says."""

import unicodedata

from fastapi import Request

from app.problems import InvalidRequest

CHANGE_NOTE = "X-Change-Note"
LONGEST_NOTE = 500


def change_note(request: Request) -> str | None:
    """What the request's X-Change-Note says, in UTF-8; None where there is none.

    Raises InvalidRequest for one that is given twice, is not UTF-8, says nothing, is longer than LONGEST_NOTE
    characters or holds control characters.
    """
    given = [value for name, value in request.scope["headers"] if name == CHANGE_NOTE.lower().encode()]
    if not given:
        return None
    if len(given) > 1:
        raise InvalidRequest.parameter(CHANGE_NOTE, "must be given once")
    try:
        note = str(given[0].decode()).strip()
    except UnicodeDecodeError:
        raise InvalidRequest.parameter(CHANGE_NOTE, "must be UTF-8") from None
    if not note or len(note) > LONGEST_NOTE:
        raise InvalidRequest.parameter(CHANGE_NOTE, f"must be 1 to {LONGEST_NOTE} characters")
    if any(unicodedata.category(character) == "Cc" for character in note):
        raise InvalidRequest.parameter(CHANGE_NOTE, "must not hold control characters")
    return note
