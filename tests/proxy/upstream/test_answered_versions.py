"""The version that a vendor answers with."""

from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.proxy.upstream.answered_versions import VALUE_CHARS_MAX, VERSIONS_MAX, AnsweredVersions


def headers(**lines: str) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict({name.replace("_", "-"): value for name, value in lines.items()}))


def note(versions: AnsweredVersions, operation: str, wall: float, **lines: str) -> object:
    found = versions.read(headers(**lines))
    return None if found is None else versions.record(operation, *found, wall)


def test_another_version_than_the_last_is_told_once() -> None:
    versions = AnsweredVersions("Stripe-Version")
    assert note(versions, "Get", 1.0, Stripe_Version="2022-11-15") is None
    assert note(versions, "Get", 2.0, Stripe_Version="2022-11-15") is None
    change = note(versions, "Get", 3.0, Stripe_Version="2026-01-01")
    assert isinstance(change, tuple)
    assert [(one.value, one.first, one.last) for one in change] == [("2022-11-15", 1.0, 2.0), ("2026-01-01", 3.0, 3.0)]
    assert note(versions, "Get", 4.0, Stripe_Version="2022-11-15") is None, "it goes back and forth"


def test_operations_have_versions_of_their_own_and_vendors_headers_are_known() -> None:
    versions = AnsweredVersions()
    assert note(versions, "A", 1.0, x_shopify_api_version="2026-07") is None
    assert note(versions, "B", 1.0, x_shopify_api_version="2026-04") is None
    assert note(versions, "A", 1.0, other="1") is None
    assert len(versions.seen) == 2


def test_they_are_bound() -> None:
    versions = AnsweredVersions("V")
    for at in range(VERSIONS_MAX + 10):
        note(versions, "A", float(at), V="x" * 1_000 + str(at))
        note(versions, f"B{at}", float(at), V=str(at))
    assert len(versions.seen) == VERSIONS_MAX
    assert all(len(one.value) <= VALUE_CHARS_MAX for one in versions.seen.values())
