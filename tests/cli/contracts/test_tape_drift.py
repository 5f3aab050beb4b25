"""`tidegate contracts drift VENDOR CASSETTE`."""

import json
from pathlib import Path

import pytest

from tests.cli.contracts.test_drift import run
from tidegate.cli.contracts.tape_drift import is_cassette

HEAD = '{"cassette": 1, "vendor": "stripe"}\n'


def line(amount: object) -> str:
    headers = {"content-type": "application/x-www-form-urlencoded", "authorization": "[redacted]"}
    body = "amount=1099&currency=eur"
    request = {"method": "POST", "path": "/v1/payment_intents", "body": body, "headers": headers}
    answer = {"id": "pi_3Rk8Zq2Lw7VxTn5A1cYbPd0e", "object": "payment_intent", "amount": amount, "currency": "eur",
              "created": 1735689600, "livemode": False, "status": "requires_payment_method", "amount_received": 0,
              "payment_method_types": ["card"], "capture_method": "automatic_async", "metadata": {}}  # fmt: skip
    return json.dumps({"request": request, "answer": {"status": 200, "headers": {}, "body": json.dumps(answer)}}) + "\n"


def test_a_cassette_that_departs_breaks_a_pact(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tape = tmp_path / "tape.jsonl"
    tape.write_text(HEAD + line("1099"))
    assert run("stripe", str(tape)) == 1
    assert "error: response-property-type-changed: PostPaymentIntents response 200 /amount" in capsys.readouterr().out
    tape.write_text(HEAD + line(1099))
    assert run("stripe", str(tape), "--json") == 0
    assert json.loads(capsys.readouterr().out)["counts"]["error"] == 0


@pytest.mark.parametrize(
    ("vendor", "content", "says"),
    [
        ("stripe", "", "this cassette is empty"),
        ("stripe", HEAD, "none of the 0 exchanges could be compared"),
        ("twilio", HEAD, "this was recorded of stripe, and not of twilio"),
        ("nobody", HEAD, "there is no vendor nobody"),
    ],
)
def test_what_cannot_be_compared_is_exit_2(
    vendor: str, content: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tape = tmp_path / "tape.jsonl"
    tape.write_text(content)
    assert run(vendor, str(tape)) == 2
    captured = capsys.readouterr()
    assert says in captured.err + captured.out


def test_a_cassette_is_known_by_its_name_or_its_first_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(HEAD)
    (tmp_path / "b.json").write_text("{}")
    assert [is_cassette(tmp_path / name) for name in ("a", "b.json", "c.jsonl", "nowhere")] == [
        True,
        False,
        True,
        False,
    ]
