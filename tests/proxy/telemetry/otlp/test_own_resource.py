"""Tests of tidegate.proxy.telemetry.otlp.own_resource."""

import uuid

import pytest

from tidegate.proxy.telemetry.otlp.own_resource import own_resource


def test_a_proxy_says_its_name_its_version_and_which_of_several_it_is() -> None:
    attributes = own_resource().attributes
    assert attributes["service.name"] == "tidegate"
    assert attributes["service.version"]
    assert uuid.UUID(str(attributes["service.instance.id"])).version == 4


def test_what_the_standard_variables_say_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "egress")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=pod-7,service.version=9,team=pay")
    attributes = own_resource().attributes
    assert (attributes["service.name"], attributes["service.instance.id"]) == ("egress", "pod-7")
    assert (attributes["service.version"], attributes["team"]) == ("9", "pay")
