"""The comparison of the accounts of a call over HTTP."""

from fastapi.responses import Response

from app.comparison import queries
from app.comparison.schemas import ComparisonFilters, ComparisonOut
from app.conditional import Answering
from app.routing import CallKey, call_router

within_call = call_router("comparison")


@within_call.get("", response_model=ComparisonOut)
async def get_call_comparison(answer: Answering[ComparisonFilters], call: CallKey) -> Response:
    """Compare the accounts of a call: what each has each speaker say, which points they share, and what is contested.

    Statements are aligned by their words within a language, and by speaker, topic and act across languages. A call with
    more than 500 statements or 100 readouts is not compared.
    """
    return answer.item(await queries.get_call_comparison(answer.reader, call, answer.filters))
