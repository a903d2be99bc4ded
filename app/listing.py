"""How a list is answered: a page of it in JSON, or all of it as a stream."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from fastapi.responses import Response

from app.asked import Reference
from app.chunks import Chunked
from app.conditional import JSON, VARY, Answer, Unchanged, acceptable, check_match, codings_of, field_of
from app.counting import Counting, fetch_faceted
from app.filters import Form, PageFilters, moment_of
from app.past_pages import fetch_past_page
from app.problems import InvalidRequest, UpgradeRequired
from app.resource import Resource
from app.resources import fetch_page
from app.search import RELEVANCE
from app.sheets import Sheet
from app.streams import open_stream

P = TypeVar("P", bound=PageFilters)

NDJSON, CSV = "application/x-ndjson", "text/csv"
_FORMS: Mapping[str, Form] = {JSON: "json", NDJSON: "ndjson", CSV: "csv"}
_CONTENT_TYPES = {"ndjson": NDJSON, "csv": f"{CSV}; charset=utf-8; header=present"}
_OF_PAGES = ("limit", "cursor", "count", "facet")


class ListAnswer(Answer[P]):
    """How a GET of a list answers."""

    def __init__(self, request: Request) -> None:
        """Raise NotAcceptable where the client takes neither form, and `format` does not say which.

        A stream is given to those only who name it, so that nobody gets all records who would take anything.
        """
        super().__init__(request)
        self.form = self.filters.format or _FORMS[acceptable(request, JSON, by_name=(NDJSON, CSV))]

    async def list(
        self,
        resource: Resource,
        path: tuple[str, Reference] | None = None,
        *,
        counting: Counting | None = None,
    ) -> Response:
        """The records that match; `path` is as in `fetch_page`, and so is what is raised.

        `counting` says how the facets are counted that a page is asked for.
        """
        if self.form == "json":
            if moment_of(self.filters) is not None:
                return self.page(await fetch_past_page(self.reader, resource, self.filters, path))
            if counting is not None and "facet" in self.filters.model_fields_set:
                return self.page(await fetch_faceted(self.reader, counting, self.filters, path))
            return self.page(await fetch_page(self.reader, resource, self.filters, path))
        _check_streamed(self.filters)
        if self.request.scope["http_version"] == "1.0":
            message = "All matching records are sent in chunks, which HTTP/1.0 does not know; ask by HTTP/1.1, or page."
            raise UpgradeRequired(message)
        coding, *_ = codings_of(self.request)
        name = self.request.scope["path"].rpartition("/")[2]
        headers = {
            "Content-Type": _CONTENT_TYPES[self.form],
            "Content-Disposition": f'attachment; filename="{name}.{self.form}"',
            "Cache-Control": "no-store",
            "Vary": VARY,
        }
        return Chunked(self._parts(resource, path), coding, headers)

    @asynccontextmanager
    async def _parts(
        self, resource: Resource, path: tuple[str, Reference] | None
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        streams, filters = self.request.app.state.streams, self.filters
        async with open_stream(streams, self.reader, resource, filters, path) as records:
            # Only of what there is (RFC 9110, 13.2.1); it has no tag, but is something.
            check_match(self.request)
            if field_of(self.request, "if-none-match") == "*":
                raise Unchanged({"Cache-Control": "no-store", "Vary": VARY})
            if self.form == "csv":
                parts = _in_rows(Sheet(resource.out, resource.members(filters.shape())), records)
            else:
                parts = _in_lines(records)
            async with aclosing(parts):
                yield parts


def _check_streamed(filters: PageFilters) -> None:
    """Raise InvalidRequest for what only a page has."""
    faults = dict.fromkeys(_OF_PAGES, "is of pages; a stream has all matching records")
    errors = [{"parameter": name, "detail": faults[name]} for name in _OF_PAGES if name in filters.model_fields_set]
    if getattr(filters, "sort", None) == RELEVANCE:
        errors.append({"parameter": "sort", "detail": "relevance ranks some of the matches only; a stream has all"})
    if moment_of(filters) is not None:
        errors.append({"parameter": "as_of", "detail": "is of pages; a stream has what is recorded now"})
    if errors:
        raise InvalidRequest(errors)


async def _in_lines(records: AsyncIterator[list[str]]) -> AsyncGenerator[bytes]:
    """A line of JSON for each record."""
    async for some in records:
        yield "\n".join([*some, ""]).encode()


async def _in_rows(sheet: Sheet, records: AsyncIterator[list[str]]) -> AsyncGenerator[bytes]:
    """A line for each record below the one with the columns' names."""
    head = sheet.header()
    async for some in records:
        yield head + sheet.rows(some)
        head = b""
    if head:
        yield head


async def _listing(request: Request) -> ListAnswer[PageFilters]:
    answer: ListAnswer[PageFilters] = ListAnswer(request)
    if answer.form == "json":
        answer.spare()
    return answer


Listing = Annotated[ListAnswer[P], Depends(_listing)]
