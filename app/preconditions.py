"""What a request says of the record that it is about to change: its version, or that there is none."""

import re
from dataclasses import dataclass

from fastapi import Request

from app.conditional import TAG, field_of
from app.problems import InvalidRequest, PreconditionFailed, PreconditionRequired

# Members of a list are parted by commas, of which some may be idle (RFC 9110, 5.6.1).
_LIST = re.compile(rf"[ \t,]*{TAG}([ \t]*,[ \t,]*{TAG})*[ \t,]*")
_UNWANTED = "If-None-Match"
_VERSION = re.compile(r'"v([1-9][0-9]{0,9})\..*"')


@dataclass(frozen=True, slots=True)
class Precondition:
    """What If-Match and If-None-Match ask for (RFC 9110, 13.1)."""

    versions: frozenset[int] | None
    """The versions that If-Match names; None where it is not there."""
    any_version: bool
    """Whether any will do, as with `If-Match: *`."""
    create_only: bool
    """Whether the record must not be there yet, as with `If-None-Match: *`."""

    @classmethod
    def of(cls, request: Request) -> "Precondition":
        """Read both; raises InvalidRequest for tags in If-None-Match, which would mean nothing here."""
        unwanted, wanted = field_of(request, "if-none-match"), field_of(request, "if-match")
        if unwanted not in {None, "*"}:
            raise InvalidRequest.parameter(_UNWANTED, "must be * on a request that writes")
        return cls(None if wanted is None else _versions(wanted), wanted == "*", unwanted == "*")

    def check(self, version: int | None) -> None:
        """Hold it against the version that a record has, once that is locked; None is for no record.

        Raises PreconditionFailed where it is not met, and PreconditionRequired where a record is there and none of both
        was said of it.
        """
        if version is None:
            if self.versions is not None:
                message = "There is no record that If-Match could name."
                raise PreconditionFailed(message)
            return
        self.check_creating()
        if self.versions is None:
            message = "The record is there already: send its ETag as If-Match to change it."
            raise PreconditionRequired(message)
        if not self.any_version and version not in self.versions:
            message = "The record has changed: If-Match does not name the version that it has now."
            raise PreconditionFailed(message)

    def check_creating(self) -> None:
        """Raise PreconditionFailed where a record is there, and is not to be."""
        if self.create_only:
            message = "There is a record already, which If-None-Match rules out."
            raise PreconditionFailed(message)


def _versions(wanted: str) -> frozenset[int]:
    """The versions of the tags that If-Match lists; none where it is no list of tags. A weak tag never matches."""
    if not _LIST.fullmatch(wanted):
        return frozenset()
    tags = (tag for weak, tag in re.findall(TAG, wanted) if not weak)
    return frozenset(int(found[1]) for tag in tags if (found := _VERSION.fullmatch(tag)))
