"""A vendor file is read with every mistake at once, each at its place; what is right of it can still be judged."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from tests.tidegate.files import VENDOR, put
from tidegate.configfile.block import NotYet
from tidegate.configfile.field_tables import models_of
from tidegate.configfile.yaml_places import Position
from tidegate.policy.data import Data
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import STAND_INS, VendorFileError, load_vendor, read_vendor, simulated_only


def findings(path: Path) -> list[str]:
    return [str(finding).removeprefix(f"{path}:") for finding in read_vendor(path).findings]


def test_a_file_without_mistakes_is_loaded_with_its_places(tmp_path: Path) -> None:
    loaded = load_vendor(put(tmp_path))
    assert loaded.vendor.facts.limits[0].burst == 20
    assert loaded.document_path == tmp_path / "openapi.json"
    assert loaded.position(("facts", "limits", 0, "rate")) == Position(15, 23)
    assert loaded.position(("policy", "retry")) == loaded.position(("policy",)) == Position(16, 1)


def test_every_kind_of_mistake_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        ("owner: shop-team", "owners: shop-team"),
        ("secret: env:SHOP_KEY", "secret: sk_live_4242"),
        ("rate: 100/s", "rate: 100"),
        ("attempt: 12s", "attempt: 12"),
        ("purpose: Sells things.\n", ""),
    )
    assert findings(path) == [
        "1:1: purpose: purpose is missing; write it: What it is used for, in a sentence [TG105]",
        "2:1: owners: there is no field owners here; did you mean owner? [TG103]",
        (
            "8:5: facts.auth.secret: this is a literal secret; write a reference to it, like env:STRIPE_KEY or "
            "file:/run/secrets/key [TG106]"
        ),
        "14:23: facts.limits[0].rate: 100 is not a rate; write a count and a period, like 100/s or 5000/h [TG104]",
        (
            "16:13: policy.timeout.attempt: 12 is not a duration; write a number with its unit, like 250ms, 2s, 5m, "
            "24h or 90d [TG104]"
        ),
    ]


@pytest.mark.parametrize(
    ("entry", "place", "said"),
    [
        ("coalesce: true", "coalesce", "this is none of the known words; write 'app', 'credential' or 'off'"),
        ("unavailable: {static: {body: 1}}", "unavailable.static.body", "text is expected here"),
    ],
)
def test_a_value_of_another_kind_is_told_once_and_by_its_own_place(
    tmp_path: Path, entry: str, place: str, said: str
) -> None:
    (told,) = findings(put(tmp_path, ("Post*: {idempotency: vendor-key}", f"Get*: {{{entry}}}")))
    assert f": operations.Get*.{place}: {said}" in told


def test_mistakes_are_raised_together(tmp_path: Path) -> None:
    path = put(tmp_path, ("attempt: 12s", "attempt: 12"), ("rate: 100/s", "rate: 100"))
    with pytest.raises(VendorFileError) as refused:
        load_vendor(path)
    assert [finding.code for finding in refused.value.findings] == ["TG104", "TG104"]


def test_a_duplicate_key_and_a_mistake_of_form_are_told_together(tmp_path: Path) -> None:
    path = put(tmp_path, ("policy:\n", "vendor: again\npolicy:\n"), ("100/s", "100"))
    assert [line.split(" ")[0] for line in findings(path)] == ["15:23:", "16:1:"]


def test_a_syntax_error_is_told_with_its_place(tmp_path: Path) -> None:
    path = put(tmp_path, ("policy:\n", " policy:\n"))
    (line,) = findings(path)
    assert line.startswith("16:")
    assert "this is not YAML" in line


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "42", "hello", "null"])
def test_what_is_no_block_is_no_vendor_file(tmp_path: Path, text: str) -> None:
    reading = read_vendor(put(tmp_path, text=text))
    assert reading.loaded is None
    assert [finding.code for finding in reading.findings] == ["TG101"]


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    assert "No such file" in str(read_vendor(tmp_path / "vendor.yaml").findings[0])
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00\x80")
    assert read_vendor(tmp_path / "bytes.yaml").findings[0].code == "TG101"
    assert read_vendor(tmp_path).findings[0].code == "TG101"


def test_an_item_of_the_wrong_kind_does_not_move_the_places_of_the_next(tmp_path: Path) -> None:
    limit = "    - {name: account, rate: 100/s, burst: 20}\n"
    path = put(tmp_path, (limit, "    - 5\n    - {name: b, rate: 1/s, algorithm: fast}\n"))
    lines = findings(path)
    assert lines[0].startswith("15:7: facts.limits[0]: a block")
    assert lines[1].startswith("16:28: facts.limits[1].algorithm: ")


def test_what_is_left_can_still_be_judged(tmp_path: Path) -> None:
    reading = read_vendor(put(tmp_path, ("secret: env:SHOP_KEY", "secret: sk_live_4242"), ("100/s", "100")))
    assert reading.loaded is not None
    assert reading.loaded.vendor.policy.quota_alert == (0.8, 0.95)
    assert ("facts", "auth", "secret") in reading.loaded.broken


@pytest.mark.parametrize("block", ["facts", "policy", "operations", "vendor", "document"])
def test_a_block_of_the_wrong_kind_is_one_mistake(tmp_path: Path, block: str) -> None:
    lines = VENDOR.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(block))
    end = next((n for n in range(at + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
    text = "\n".join([*lines[:at], f"{block}: 5", *lines[end:]]) + "\n"
    reading = read_vendor(put(tmp_path, text=text))
    assert [finding.path for finding in reading.findings] == [block]
    assert reading.loaded is not None


def test_every_field_that_must_be_there_has_a_stand_in() -> None:
    needed = {name for model in models_of(Vendor) for name, field in model.model_fields.items() if field.is_required()}
    assert needed <= {name.rpartition(".")[2] for name in STAND_INS}


def test_a_field_that_is_not_acted_on_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Data.model_fields["otherwise"], "metadata", [NotYet("doing this")])
    (finding,) = read_vendor(put(tmp_path, ("policy:\n", "policy:\n  data: {otherwise: refuse}\n"))).findings
    assert (finding.code, finding.path) == ("TG107", "policy.data.otherwise")
    assert "this version has no support for doing this" in finding.message


def test_what_the_simulator_alone_acts_on_is_no_mistake_and_told_in_a_notice(tmp_path: Path) -> None:
    graphql = "facts:\n  graphql: {operation: graphql, types: 'type Query { a: Int }'}\n"
    (notice,) = simulated_only(load_vendor(put(tmp_path, ("facts:\n", graphql))))
    assert (notice.severity, notice.path) == ("notice", "facts.graphql")
    assert "the simulator acts on it; the proxy reads no query" in notice.message
    assert list(simulated_only(load_vendor(put(tmp_path)))) == []


def test_an_empty_field_promises_nothing(tmp_path: Path) -> None:
    assert findings(put(tmp_path, ("facts:\n", "facts:\n  webhooks:\n"))) == []


def test_a_list_of_one_wrong_item_is_one_mistake(tmp_path: Path) -> None:
    says = "  throttled: [{status: 403, says: {contains: [5]}}]\n"
    [found] = findings(put(tmp_path, ("facts:\n", "facts:\n" + says)))
    assert "facts.throttled[0].says.contains[0]: text is expected here" in found


def test_a_secret_is_in_no_message_whatever_is_wrong_around_it(tmp_path: Path) -> None:
    for change in (
        ("secret: env:SHOP_KEY", "secrt: sk_live_4242"),
        ("secret: env:SHOP_KEY", "secret: [sk_live_4242]"),
        ("secret: env:SHOP_KEY", "secret: {a: sk_live_4242}"),
        ("scheme: bearer", "scheme: sk_live_4242"),
        ("header: Idempotency-Key", "header: sk_live 4242"),
    ):
        lines = "\n".join(findings(put(tmp_path, change)))
        assert lines
        assert "sk_live" not in lines


def test_the_models_are_all_blocks() -> None:
    assert all(issubclass(model, BaseModel) for model in models_of(Vendor))
