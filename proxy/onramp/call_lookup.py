"""`GET /_tidegate/calls/{id}`: what became of a call, told to the app that made it and to nobody else."""

from tidegate.problems import PROBLEMS
from tidegate.proxy.call.reply import Reply, refused, refused_for_store
from tidegate.proxy.onramp.admission import NO_KEY, Identify
from tidegate.proxy.onramp.reply_writer import AppExchange
from tidegate.proxy.store.records import Records
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.telemetry.recent_calls import RecentCalls, lookup

CALLS_PATH = "/_tidegate/calls/"


async def look_up_call(
    exchange: AppExchange, call_id: str, identify: Identify, recent: RecentCalls, records: Records
) -> dict[str, object] | Reply:
    """The record of a call as a JSON-able document, or the refusal. The app is noted in `exchange`."""
    app = identify(exchange.headers)
    if app is None:
        return refused(PROBLEMS["app-unauthorized"], NO_KEY)
    exchange.app = app
    if exchange.method not in ("GET", "HEAD"):
        return refused(PROBLEMS["bad-request"], "A call's record can only be read: use GET.")
    try:
        document = await lookup(call_id, app, recent, records)
    except StoreError:
        return refused_for_store()
    if document is None:
        return refused(PROBLEMS["not-found"], "No record of this call, or it is another app's.")
    return document
