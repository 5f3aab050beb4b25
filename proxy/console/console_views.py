"""Every page of the console, in the menu's order. A new one is a line here."""

from tidegate.proxy.console.console_sources import ConsoleSources
from tidegate.proxy.console.deliveries.act_view import act_view
from tidegate.proxy.console.deliveries.delivery_view import delivery_view
from tidegate.proxy.console.deliveries.list_views import list_views
from tidegate.proxy.console.deliveries.replay_view import replay_view
from tidegate.proxy.console.traffic.call_view import call_view
from tidegate.proxy.console.traffic.calls_view import calls_view
from tidegate.proxy.console.view import View
from tidegate.proxy.console.views.audit import audit_view
from tidegate.proxy.console.views.breaker import breaker_view
from tidegate.proxy.console.views.configuration import configuration_view
from tidegate.proxy.console.views.operation import operation_view
from tidegate.proxy.console.views.overview import overview_view
from tidegate.proxy.console.views.vendor import vendor_view


def console_views(sources: ConsoleSources) -> tuple[View, ...]:
    """The pages. One whose source is not there is not there either."""
    return (
        overview_view(sources.overview, sources.deliveries.depths if sources.deliveries is not None else None),
        vendor_view(sources),
        operation_view(sources),
        breaker_view(sources),
        *_desk_views(sources),
        configuration_view(sources),
        *((audit_view(sources.audit),) if sources.audit is not None else ()),
    )


def _desk_views(sources: ConsoleSources) -> tuple[View, ...]:
    """The pages of calls and deliveries."""
    calls, deliveries, records = sources.calls, sources.deliveries, sources.records
    if calls is None or deliveries is None or records is None:
        return ()
    return (
        calls_view(calls),
        *list_views(deliveries, calls),
        call_view(calls, deliveries, records),
        delivery_view(deliveries),
        act_view(deliveries),
        replay_view(deliveries),
    )
