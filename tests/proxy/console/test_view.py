"""Tests of tidegate.proxy.console.view."""

from tidegate.proxy.console.view import PageRequest


def test_somebody_is_sure_who_has_said_yes() -> None:
    assert PageRequest(form={"sure": "yes"}).sure
    assert not PageRequest(form={"sure": ""}).sure
    assert not PageRequest(query={"sure": "yes"}).sure
