"""Tests of tidegate.proxy.telemetry.series.process_figures."""

from collections import Counter

from tidegate.proxy.telemetry.series.process_figures import PortConnections, process_families


class Port:
    """Two connections that are open, one that was closed."""

    def __init__(self) -> None:
        self.closed = Counter({"idle": 1})

    def __len__(self) -> int:
        return 2


class Lacking:
    """A process that lacks something."""

    wants = 3
    trouble = "no descriptors"


def test_connections_and_wants_are_shown() -> None:
    ports: dict[str, PortConnections] = {"gateway": Port()}
    families = process_families(Lacking(), ports)
    found = {sample.name: (*sample.labels.items(), sample.value) for family in families for sample in family.samples}
    assert found == {
        "tidegate_out_of_means": (1.0,),
        "tidegate_wants_total": (3,),
        "tidegate_app_connections": (("port", "gateway"), 2),
        "tidegate_app_connections_closed_total": (("port", "gateway"), ("why", "idle"), 1),
    }


def test_where_nobody_watches_the_means_nothing_is_said_of_them() -> None:
    assert next(family.name for family in process_families(None, {})) == "tidegate_app_connections"
