"""Asks the seed through the client that openapi-python-client makes of the document."""

import sys
from collections import Counter

from telcon_client import Client
from telcon_client.api.calls import get_call, list_call_statements
from telcon_client.api.leaders import list_leaders
from telcon_client.models import CallOut, LeaderPage, ProblemOut, StatementPage

CALL = "2020-03-19-xi-jinping-vladimir-putin"

with Client(base_url=sys.argv[1]) as client:
    call = get_call.sync(CALL, client=client)
    assert isinstance(call, CallOut)
    leaders = list_leaders.sync(client=client, count="exact")
    assert isinstance(leaders, LeaderPage)
    statements = list_call_statements.sync(CALL, client=client)
    assert isinstance(statements, StatementPage)
    missing = get_call.sync("no-such-call", client=client)
    assert isinstance(missing, ProblemOut)

spoken = Counter(statement.speakers[0].leader.name for statement in statements.data if statement.speakers[0].leader)
print(call.date.edtf, call.title)
print(leaders.page.total, ", ".join(leader.name for leader in leaders.data))
print(", ".join(f"{name} {count}" for name, count in spoken.items()))
print(missing.status, missing.detail)
