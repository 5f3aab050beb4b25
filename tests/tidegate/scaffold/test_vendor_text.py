"""The vendor file says what the document and the answers say, and lists the rest as undecided."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.tidegate.scaffold.conftest import COFFEE, PARCELS, answers, shapes_of, written
from tidegate.check.checking import check_file
from tidegate.configfile.yaml_places import read_places
from tidegate.scaffold.vendor_text import VendorWriter
from tidegate.vendor.presumed.presumed_facts import presumed


def vendor_file(document: Any, names: list[str], **changes: Any) -> dict[str, Any]:
    loaded, shapes = shapes_of(document)
    calls = [shapes.of(loaded.operations[name]) for name in names]
    writer = VendorWriter(answers(**changes), loaded, presumed(loaded).vendor.facts, "spec.json")
    read: dict[str, Any] = YAML(typ="safe").load(writer.write("openapi.json", calls).text)
    return read


ROUND = ["ListParcels", "SendParcel", "GetParcel", "ChangeParcel", "DropParcel"]


def test_facts_are_the_documents() -> None:
    facts = vendor_file(PARCELS, ROUND)["facts"]
    assert facts["base_url"] == "https://api.parcels.example/v2"
    assert (facts["auth"]["scheme"], facts["auth"]["header"]) == ("header", "X-Parcel-Key")
    assert facts["idempotency"] == {"header": "Idempotency-Key", "methods": ["POST"], "remembers": "24h"}
    assert facts["limits"] == [{"name": "account-m", "rate": "100/m"}]
    assert facts["request_id"] == {"header": "X-Request-Id"}
    assert facts["errors"]["envelope"] == "/error"


def test_what_is_a_guess_is_to_be_decided() -> None:
    lines = " ".join(vendor_file(PARCELS, ROUND)["undecided"])
    for part in ("other hosts too: sandbox.parcels.example", "a day is a guess", "“100 requests per minute”",
                 "X-RateLimit-Remaining", "1, like parcel.sent", "facts.region", "ChangeParcel", "owner"):  # fmt: skip
        assert part in lines, part


def test_what_was_answered_is_not() -> None:
    told = vendor_file(
        PARCELS, ["ListParcels"], owner="depot", region="eu", limits=("7/s", "9/h"), auth="query:key", webhooks="none",
        secret="file:/run/key", base_url="https://eu.parcels.example", scopes="reads", operations=("ListParcels",),
    )  # fmt: skip
    assert "undecided" in told  # what the key's memory and the headers are, no answer says
    assert not any(word in " ".join(told["undecided"]) for word in ("owner", "region", "limits", "webhooks", "secret"))
    assert told["facts"]["auth"] == {
        "scheme": "query", "parameter": "key", "secret": "file:/run/key", "rotate_every": "90d", "scopes": "reads",
    }  # fmt: skip
    assert [one["rate"] for one in told["facts"]["limits"]] == ["7/s", "9/h"]


def test_work_that_may_wait_is_deferred_where_a_resend_is_safe_and_reads_may_be_stale() -> None:
    operations = vendor_file(PARCELS, ROUND)["operations"]
    assert operations["*"] == {"idempotency": "never-resend"}
    assert operations["SendParcel"] == {
        "idempotency": "vendor-key", "unavailable": "defer", "defer": {"deadline": "1h"},
    }  # fmt: skip
    assert operations["ChangeParcel"] == {"idempotency": "never-resend"}
    assert operations["DropParcel"]["idempotency"] == "natural"
    assert operations["GetParcel"] == {"cache": {"stale_if_error": "1h"}, "unavailable": "cache"}


def test_a_deferred_write_is_over_before_the_vendor_forgets_its_key() -> None:
    operations = vendor_file(PARCELS, ["SendParcel"], downtime_s=7 * 86_400.0)["operations"]
    assert operations["SendParcel"]["defer"] == {"deadline": "23h"}


def test_personal_data_is_named_kept_out_of_the_cache_and_may_leave_by_the_answer() -> None:
    told = vendor_file(PARCELS, ["SendParcel", "GetParcel"], sensitivity="personal")
    assert told["facts"]["personal_data"] == ["/email", "/to/address"]
    assert told["policy"]["data"] == {"may_leave": ["/email", "/to/address"], "otherwise": "refuse"}
    assert "GetParcel" not in told["operations"]


def test_a_name_that_yaml_takes_for_another_value_is_quoted() -> None:
    loaded = shapes_of(COFFEE)[0]
    text = VendorWriter(answers("null"), loaded, presumed(loaded).vendor.facts, "spec.json").write("a.json", []).text
    assert (read_places(text).data["vendor"], read_places(text).data["policy"]["alerts"]["runbook"]) == ("null", "null")


@pytest.mark.parametrize("document", [PARCELS, COFFEE], ids=["parcels", "coffee"])
@pytest.mark.parametrize("criticality", ["high", "medium", "low"])
@pytest.mark.parametrize("sensitivity", ["public", "personal"])
@pytest.mark.parametrize("webhooks", ["", "stripe", "github"])
def test_whatever_is_answered_passes_check(
    document: Any, criticality: str, sensitivity: str, webhooks: str, tmp_path: Path
) -> None:
    loaded, shapes = shapes_of(document)
    calls = [shapes.of(one) for one in loaded.operations.values() if one.id != "UploadLabel"]
    for downtime_s in (0.0, 3600.0):
        given = answers("a", criticality=criticality, sensitivity=sensitivity, webhooks=webhooks, downtime_s=downtime_s)
        writer = VendorWriter(given, loaded, presumed(loaded).vendor.facts, "spec.json")
        (tmp_path / "a").mkdir(exist_ok=True)
        written(tmp_path / "a", document, "openapi.json")
        (tmp_path / "a" / "vendor.yaml").write_text(writer.write("openapi.json", calls).text)
        findings = check_file(tmp_path / "a" / "vendor.yaml", "a", validate_document=False)
        assert {one.code for one in findings} <= {"TG118", "TG010"}, "\n".join(map(str, findings))
