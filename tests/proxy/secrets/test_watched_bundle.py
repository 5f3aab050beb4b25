"""Tests of tidegate.proxy.secrets.watched_bundle."""

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.secrets.watched_bundle import WatchedBundle
from tidegate.redaction.secret import Secret

REF = SecretRef("file", "/key")


def test_an_absence_is_told_when_it_begins_and_when_it_ends() -> None:
    bundle = WatchedBundle((REF,), 0.0)
    assert bundle.absent("sealed")
    assert not bundle.absent("still sealed")
    assert bundle.away == "still sealed"
    assert bundle.answered(9.0)
    assert not bundle.answered(10.0)
    assert (bundle.read, bundle.away) == (10.0, "")


def test_a_long_absence_is_told_once() -> None:
    bundle = WatchedBundle((REF,), 0.0)
    assert not bundle.grows_stale(1e9, 60.0), "it is not away"
    bundle.absent("sealed")
    assert [bundle.grows_stale(now, 60.0) for now in (59.0, 60.0, 61.0)] == [False, True, False]
    assert bundle.stale
    bundle.answered(70.0)
    assert not bundle.stale


def test_a_flaw_counts_once_it_was_seen_twice() -> None:
    bundle = WatchedBundle((REF,), 0.0)
    assert not bundle.refuse("no such file", at_once=False)
    assert bundle.refusal == ""
    assert bundle.refuse("no such file", at_once=False)
    assert not bundle.refuse("no such file", at_once=False), "it was told"
    assert bundle.accept()
    assert not bundle.accept()


def test_a_flaw_that_was_seen_on_purpose_counts_at_once() -> None:
    bundle = WatchedBundle((REF,), 0.0)
    bundle.refused = {REF: Secret("bad")}
    assert bundle.refuse("empty", at_once=True)
    assert bundle.refusal == "empty"
    bundle.accept()
    assert (bundle.refusal, bundle.refused) == ("", {})


def test_a_flaw_that_passes_is_forgotten() -> None:
    bundle = WatchedBundle((REF,), 0.0)
    bundle.refuse("no such file", at_once=False)
    bundle.accept()
    assert not bundle.refuse("no such file", at_once=False)
