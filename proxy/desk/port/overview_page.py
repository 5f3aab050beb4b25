"""The admin page that shows every vendor at a glance: `GET /overview`, one JSON document (docs/metrics.md)."""

from collections.abc import Callable, Sequence

from tidegate.proxy.desk.page import Page, json_page
from tidegate.proxy.desk.port.admin_view import AdminView
from tidegate.proxy.telemetry.overview.overview import Overview

PATH = "/overview"


class OverviewPage:
    """See the module. `deliveries` tells what there is of each kind, as it was last looked at."""

    def __init__(
        self, proxy: AdminView, overview: Overview, deliveries: Callable[[], Sequence[dict[str, object]]]
    ) -> None:
        self._proxy, self._overview, self._deliveries = proxy, overview, deliveries

    def document(self) -> dict[str, object]:
        """Every vendor, and the proxy itself."""
        proxy = self._proxy
        store = {"store": proxy.store_trouble} if proxy.store_trouble else {}
        return {
            "draining": proxy.draining,
            "in_flight": proxy.in_flight,
            "troubles": {**proxy.troubles, **store},
            "refused": {name: facts.get("why") for name, facts in proxy.refused.items()},
            "deliveries": self._deliveries(),
            **self._overview.document(),
        }

    def answer(self) -> Page:
        """The page."""
        return json_page(200, self.document())
