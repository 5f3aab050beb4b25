"""A kind that declares nothing lives freely."""

from tests.simulator.conftest import Played
from tidegate.simulator.objects.lifecycle import ANY, ObjectChange


def test_the_plain_life_has_no_moves_and_no_events() -> None:
    assert (ANY.moves, ANY.created, ANY.updated, ANY.deleted) == ({}, "", "", "")


def test_a_plain_change_changes_nothing() -> None:
    assert ObjectChange() == ObjectChange(fields={}, events=(), refused=None, then="", later="", later_s=0.0)


async def test_declared_lives_cover_every_kind_that_the_vendor_changes(vendor: Played) -> None:
    from tidegate.simulator.objects.payments import LIFECYCLES

    kinds = set(vendor.simulator.resource_operations.kinds) - {"event"}
    assert kinds == set(LIFECYCLES)
