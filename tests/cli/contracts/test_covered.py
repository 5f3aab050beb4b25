"""`tidegate contracts covered`."""

import json
from pathlib import Path

import pytest

from tidegate.cli import main
from tidegate.contracts.expectation import Expectation, make_pact, write


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as leave:
        main(["contracts", "covered", *arguments])
    return leave.value.code if isinstance(leave.value.code, int) else 0


def test_the_pacts_that_ship_are_within_their_documents(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("--junit", str(tmp_path / "x.xml")) == 0
    out = capsys.readouterr().out
    assert "stripe: 18 of 18 interactions within " in out
    assert 'failures="0"' in (tmp_path / "x.xml").read_text()


def test_one_that_is_not_is_exit_1_with_place_and_cure(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write(make_pact("c", "stripe", [Expectation("a", "GetRefunds", "GET", "/v1/refunds", 200, {"dta": []})]), tmp_path)
    assert run("stripe", "--pacts", str(tmp_path), "--json") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["held"] is False
    (one,) = document["reports"][0]["uncovered"]
    assert (one["place"], one["cure"]) == ("response 200 /dta", "did you mean data?")
    assert run("--pacts", str(tmp_path), "--github") == 1
    assert "::error title=stripe%3A c%3A a::response 200 /dta" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["strip"], "there is no pact with strip; did you mean stripe?"),
        (["--spec", "x.json"], "--spec is the document of one vendor"),
        (["--pacts", "/nowhere"], "/nowhere: there is no pact"),
        (["stripe", "--spec", "/nowhere.json"], "/nowhere.json"),
    ],
)
def test_wrong_usage_is_exit_2(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    assert says in capsys.readouterr().err


def test_a_provider_without_a_document_is_no_verdict(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write(make_pact("c", "nobody", [Expectation("a", "A", "GET", "/a", 200, {})]), tmp_path)
    assert run("--pacts", str(tmp_path)) == 2
    assert "there is no vendor file of nobody" in capsys.readouterr().out
    assert run("--pacts", str(tmp_path), "--json") == 2
    assert json.loads(capsys.readouterr().out)["held"] is False


def test_where_only_messages_that_no_document_describes_are_named_nothing_was_looked_into(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("woocommerce") == 2
    assert "inconclusive: no interaction was looked into" in capsys.readouterr().out


def test_one_vendor_that_is_named_and_has_nothing_is_no_verdict_beside_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("shopify", "stripe") == 2
    assert "shopify: inconclusive: no interaction was looked into" in capsys.readouterr().out
