"""Tests of tidegate.proxy.secrets.secret_status."""

import json

import pytest

from tidegate.configfile.secret_references import parse_secret
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.proxy.secrets.secret_source import SourcedSecret
from tidegate.proxy.secrets.secret_status import SecretStatus, statuses, troubles
from tidegate.proxy.secrets.secret_wearer import SecretUse
from tidegate.proxy.secrets.watched_bundle import WatchedBundle
from tidegate.redaction.secret import Secret

REF = parse_secret("vault:secret/x#key")
NOW, WALL, DAY = 1_000.0, 2_000_000.0, 86_400.0


def status(
    *, created: float | None = None, expires: float | None = None, every: float | None = None, bundle: bool = False
) -> tuple[SecretStatus, WatchedBundle]:
    book = SecretBook({}, lambda: NOW - 60.0, 100.0)
    book.enter(REF, SourcedSecret(Secret("one"), "version 1", created, expires))
    watched = WatchedBundle((REF,), NOW)
    (found,) = statuses({REF: SecretUse("things", every)}, book.lives, [watched] if bundle else [], NOW, WALL)
    return found, watched


def test_the_age_counts_from_when_the_source_got_it() -> None:
    found, _ = status(created=WALL - 80 * DAY, every=90 * DAY)
    assert (found.age_s, found.due_s, found.expires_s) == (80 * DAY, 10 * DAY, None)


def test_where_the_source_does_not_say_it_counts_from_when_we_got_it() -> None:
    assert status()[0].age_s == pytest.approx(60.0)
    assert status(created=WALL + 5.0)[0].age_s == 0.0, "its clock is ahead of ours"


def test_what_is_overdue_is_less_than_nothing_and_what_ends_is_counted_down() -> None:
    found, _ = status(created=WALL - 100 * DAY, expires=WALL + DAY, every=90 * DAY)
    assert (found.due_s, found.expires_s) == (-10 * DAY, DAY)


def test_a_document_has_its_versions_newest_first_and_no_value() -> None:
    found, _ = status(created=WALL - 60)
    found.life.offer(Secret("two"), NOW)
    found.life.put_in_force(NOW)
    document = found.document(NOW, WALL)
    assert document["versions"] == [
        {"number": 2, "state": "current", "since": WALL, "until": None, "source_version": "",
         "refused_by_vendor": False},
        {"number": 1, "state": "previous", "since": WALL, "until": WALL + 100, "source_version": "version 1",
         "refused_by_vendor": False},
    ]  # fmt: skip
    assert not {"one", "two"} & {*json.dumps(document).split('"')}


def test_troubles_are_told_gravest_first_one_for_each_secret() -> None:
    found, bundle = status(bundle=True)
    assert [*troubles([found])] == []
    bundle.away, bundle.stale = "sealed", True
    found = _again(found, bundle)
    assert dict(troubles([found])) == {str(REF): "sealed"}
    found.life.offer(Secret("two"), NOW)
    found.life.put_in_force(NOW)
    found.life.refuse(2, NOW)
    assert found.fallen_back
    assert "the vendor refuses the newest" in dict(troubles([found]))[str(REF)]
    bundle.refusal = "empty"
    assert dict(troubles([_again(found, bundle)])) == {str(REF): "a new secret is refused: empty"}


def _again(found: SecretStatus, bundle: WatchedBundle) -> SecretStatus:
    from dataclasses import replace

    return replace(found, refusal=bundle.refusal, away=bundle.away, stale=bundle.stale)
