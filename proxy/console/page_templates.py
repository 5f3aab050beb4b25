"""Turns plain values into HTML by the templates: everything that is shown is escaped.

A name that a template asks for and that is not there is an error, and no empty place. jinja2 is imported
when the first page is shown: a proxy whose console nobody opens pays nothing for it.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

from tidegate.proxy.console.shown_values import FILTERS
from tidegate.proxy.console.static_files import static_address

if TYPE_CHECKING:
    from jinja2 import Environment

BASE = "/console"
"""Where the console stands on the admin port."""


def rendered(template: str, values: Mapping[str, object]) -> bytes:
    """The page that a template makes of values. `base` and `static` are there in each."""
    return environment().get_template(template).render(values).encode("utf-8", "replace")


@cache
def environment() -> "Environment":
    """jinja2, as every page uses it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("tidegate.proxy.console"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.globals["base"] = BASE
    environment.globals["static"] = lambda name: BASE + static_address(name)
    return environment
