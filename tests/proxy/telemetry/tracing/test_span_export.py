"""Spans of an app go to the collector only where its data may, and only where there is a collector."""

from typing import Any

import pytest

from tests.proxy.examples import call, reply
from tidegate.policy.data import ResidencyRule
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.policies.residency.residency_rules import ResidencyRules, ResidencyWatch
from tidegate.proxy.telemetry.tracing.span_export import ResidentSpans, resident_rows


class Sink:
    """Keeps what it gets."""

    def __init__(self) -> None:
        self.added: list[str] = []
        self.closed = False

    def add(self, finished: FinishedCall) -> None:
        self.added.append(finished.app)

    def add_post(self, post: Any) -> None:
        self.added.append(post.app)

    def close(self) -> None:
        self.closed = True


class Post:
    """A post to an app."""

    app = "shop"


RULE = ResidencyRule.model_validate({"id": "eu-us", "home": ("eu",), "to": ("us",), "data": "other"})


@pytest.mark.parametrize(
    ("rules", "region", "passes"),
    [
        (ResidencyRules(), "", True),
        (ResidencyRules([RULE], {"shop": "eu"}), "us", True),
        (ResidencyRules([], {"shop": "us"}), "us", True),
        (ResidencyRules([], {"shop": "eu"}), "us", False),
        (ResidencyRules([RULE], {"shop": "eu"}), "", False),
        (ResidencyRules([RULE]), "us", False),
    ],
)
def test_a_span_goes_where_its_apps_data_may(rules: ResidencyRules, region: str, passes: bool) -> None:
    sink, watch = Sink(), ResidencyWatch(rules)
    spans = ResidentSpans(sink, watch, region)
    spans.add(FinishedCall(call(app="shop"), reply(), 1.0, 2.0))
    spans.add_post(Post())  # type: ignore[arg-type]  # nothing else of it is looked at
    spans.close()
    assert (sink.added, sink.closed) == (["shop"] * 2 * passes, True)
    assert sum(watch.counts.values()) == (0 if rules.written is None else 2)


@pytest.mark.parametrize(
    ("rules", "region", "shown"),
    [
        (ResidencyRules(), "", ["", "shop", "desk", "other"]),
        (ResidencyRules([], {"shop": "eu"}, home="us"), "us", ["", "desk"]),
        (ResidencyRules([RULE], {"shop": "eu"}, home="us"), "us", ["", "shop", "desk", "other"]),
        (ResidencyRules([RULE], {"shop": "eu"}), "us", ["", "shop"]),
    ],
)
def test_rows_of_metrics_go_where_the_data_of_the_app_they_name_may(
    rules: ResidencyRules, region: str, shown: list[str]
) -> None:
    watch = ResidencyWatch(rules)
    assert [app for app in ("", "shop", "desk", "other") if resident_rows(app, watch, region)] == shown
    assert not watch.counts  # rows go again and again: what is counted are spans
