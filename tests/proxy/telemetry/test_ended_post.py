"""Tests of tidegate.proxy.telemetry.ended_post."""

import dataclasses

from tidegate.proxy.telemetry.ended_post import EndedPost


def test_it_has_no_place_for_what_was_posted() -> None:
    names = {field.name for field in dataclasses.fields(EndedPost)}
    assert names.isdisjoint({"body", "headers", "key", "secret"})
