"""Which of the transport's paths is taken."""

import pytest

from tidegate.proxy.wire.pool import Pool
from tidegate.proxy.wire.session import SessionTransport
from tidegate.proxy.wire.transport_choice import transport_for


@pytest.mark.parametrize(
    ("setting", "version", "path"),
    [
        ("auto", "3.14.5", Pool),
        ("auto", "3.15.0", SessionTransport),
        ("auto", "4.0.0", SessionTransport),
        ("session", "3.14.5", SessionTransport),
        ("pool", "3.15.0", Pool),
    ],
)
def test_the_pool_is_taken_only_with_the_version_it_was_made_for(setting: str, version: str, path: type) -> None:
    assert transport_for(setting, version) is path


def test_the_installed_aiohttp_is_the_one_the_pool_was_made_for() -> None:
    assert transport_for("auto") is Pool
