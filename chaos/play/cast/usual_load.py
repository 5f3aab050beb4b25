"""The load of a scenario that does not say what is asked for: whatever each vendor carries out when all is calm."""

from tidegate.chaos.apps.cast import Cast, CastVendor
from tidegate.chaos.timeline.cast_draw import weight_of
from tidegate.scenario.load import Load
from tidegate.scenario.scenario import Scenario


def with_usual_load(scenario: Scenario, cast: Cast) -> Scenario:
    """The scenario with a `mix` in every load. One that names no vendor is asked of each."""
    return scenario.model_copy(update={"load": tuple(made for load in scenario.load for made in _of_each(load, cast))})


def _of_each(load: Load, cast: Cast) -> list[Load]:
    if load.mix or load.vendor not in ("", *cast.vendors):
        return [load]
    wanted = [load.vendor] if load.vendor else [*cast.vendors]
    return [load.model_copy(update={"vendor": name, "mix": _usual(cast.vendors[name])}) for name in wanted]


def _usual(vendor: CastVendor) -> dict[str, int]:
    """The requests that are given for it; else every operation that it carries out, the writes more often."""
    given = [source.name for source in vendor.known if source.given is not None]
    return dict.fromkeys(given, 1) or {source.name: weight_of(source) for source in vendor.sources}
