"""The change feed over HTTP."""

from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.responses import Response

from app.asking import Asking
from app.changes import queries
from app.changes.schemas import ChangeFilters, ChangePage, Cursor, FollowFilters
from app.chunks import EventStream
from app.conditional import JSON, Representation, acceptable, check_match, next_link, tagged
from app.filters import Filters
from app.problems import CursorGone, UpgradeRequired
from app.routing import problem_response, resource_router, stream_router

_GONE: dict[int | str, Any] = {CursorGone.status: problem_response(CursorGone)}
router = resource_router("changes")
streams = stream_router("changes")


async def _asking(request: Request) -> Asking[Filters]:
    acceptable(request, JSON)
    return Asking(request)


async def _following(request: Request) -> Asking[Filters]:
    acceptable(request, EventStream.media_type)
    return Asking(request)


@router.get("", response_model=ChangePage, responses=_GONE)
async def list_changes(answer: Annotated[Asking[ChangeFilters], Depends(_asking)]) -> Response:
    """List what changed, in one lasting order.

    Each change is one new version of one record, and the versions of one record come in their order. Go on with
    `page.next` as `after`, again and again: it is there also at the end of the feed, where it leads to what comes. Who
    stores it together with what was applied sees every change exactly once.
    """
    filters = answer.filters
    stretch = await queries.list_changes(answer.reader, filters.after, filters.limit)
    data = ",".join(told.change for told in stretch.changes)
    body = f'{{"data":[{data}],"page":{{"limit":{filters.limit},"next":"{stretch.next}"}}}}'
    # What is not there yet may be there at once, so that every use is asked for.
    sent = {"Cache-Control": answer.request.app.state.confirmed.always_asked}
    if stretch.changes:
        sent["Link"] = next_link(answer.request, "after", stretch.next)
    return tagged(answer.request, Representation(body.encode(), JSON), sent)


@streams.get("/stream", status_code=200, response_class=EventStream, responses=_GONE)
async def stream_changes(
    answer: Annotated[Asking[FollowFilters], Depends(_following)],
    last_event_id: Annotated[
        Cursor | None,
        Header(
            alias="Last-Event-ID",
            description="Where to go on, as browsers say it that were cut off; it goes before `after`.",
        ),
    ] = None,
) -> Response:
    """Follow what changes, as Server-Sent Events.

    Each event is a `change`, its data is what the list of changes tells of it, and its `id` is the cursor. A browser's
    `EventSource` goes on by itself where it was cut off. A comment comes every 15 seconds where nothing else does.
    """
    request = answer.request
    if request.scope["http_version"] == "1.0":
        message = "Events are sent in chunks, which HTTP/1.0 does not know; ask by HTTP/1.1, or page."
        raise UpgradeRequired(message)
    check_match(request)
    events = request.app.state.followers.follow(last_event_id or answer.filters.after)
    return EventStream(events)
