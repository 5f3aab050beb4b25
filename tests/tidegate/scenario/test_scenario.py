"""Scenarios are read with every mistake at its place, and the documentation's own example is one."""

import re
from pathlib import Path

import pytest

from tidegate.chaos.trouble.crash import Crash
from tidegate.chaos.trouble.skew import Skew
from tidegate.configfile.units import Rate
from tidegate.problems import UsageError
from tidegate.scenario.fault import Fault
from tidegate.scenario.fault_kinds import known_kinds
from tidegate.scenario.scenario import Scenario, load_scenario, parse_faults
from tidegate.simulator.trouble.connection.hang import Hang
from tidegate.simulator.trouble.refusals.outage import Outage
from tidegate.simulator.trouble.timing.latency import Latency
from tidegate.simulator.trouble.vendor_fault import VendorFault

DOCS = Path(__file__).parents[3] / "docs" / "scenarios.md"


def read(tmp_path: Path, text: str) -> Scenario:
    path = tmp_path / "story.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path)


def mistakes(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(UsageError) as refused:
        read(tmp_path, text)
    return [line.removeprefix(f"{tmp_path / 'story.yaml'}:") for line in str(refused.value).splitlines()]


def test_a_scenario_has_faults_and_load_in_seconds(tmp_path: Path) -> None:
    scenario = read(
        tmp_path,
        """
        name: five minutes away
        seconds: 600
        seed: 3
        faults:
          - {kind: outage, from: 2m, for: 5m, mode: reset}
          - {kind: latency, delay: 250ms, operations: ["Post*"], probability: 10%}
        load:
          - {rate: 5/s, burst: 20, mix: {pay: 3, look: 1}}
        """,
    )
    outage, latency = scenario.faults
    assert isinstance(outage, Outage)
    assert isinstance(latency, Latency)
    assert (scenario.seconds, scenario.seed) == (600.0, 3)
    assert (outage.begin, outage.end_s, outage.mode) == (120.0, 420.0, "reset")
    assert (latency.delay, latency.probability, latency.operations, latency.end_s) == (0.25, 0.1, ("Post*",), None)
    assert (scenario.load[0].rate, scenario.load[0].burst, scenario.load[0].mix) == (
        Rate(5, 1),
        20,
        {"pay": 3, "look": 1},
    )


def test_json_is_a_scenario_too(tmp_path: Path) -> None:
    assert read(tmp_path, '{"name": "x", "faults": [{"kind": "hang", "until": "5s"}]}').faults == (Hang(until="5s"),)  # type: ignore[arg-type]  # as written


MISTAKEN = """name: x
seconds: 0
faults:
  - {kind: latency, from: 10, dely: 2s}
  - kind: outage
    from: 2m
    until: 1m
  - kind: outage
    until: 1m
    for: 1m
  - kind: frob
  - probability: 10%
  - kind: reset_after
    operations: Post*
  - 7
  - kind: outage
    operations: [Post*]
load:
  - {rate: 5}
"""


def test_every_mistake_is_reported_at_its_line_with_its_cure(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path,
        MISTAKEN,
    )
    assert [line.split(" ")[0] + " " + line.split(" ")[1] for line in found] == [
        "2:1: seconds:",
        "4:5: faults[0].delay:",
        "4:21: faults[0].from:",
        "4:31: faults[0].dely:",
        "5:5: faults[1]:",
        "8:5: faults[2]:",
        "11:5: faults[3]:",
        "12:5: faults[4]:",
        "14:5: faults[5].operations:",
        "15:5: faults[6]:",
        "17:5: faults[7].operations:",
        "19:6: load[0].rate:",
    ]
    text = "\n".join(found)
    for cure in ("250ms", "missing", "unknown key", "keep one of them", "known are latency", "must be a list", "100/s"):
        assert cure in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: [", "1:5: this is not YAML"),
        ("name: x\nname: y\n", "2:1: name: the key name is here twice"),
        ("- 1", "1:1: this must be a group"),
        ("", "1:1: this must be a group"),
        ("seconds: 5", "1:1: name: this key is missing"),
        ("name: x\nfaults: 3\n", "2:1: faults: this must be a list"),
    ],
)
def test_a_broken_file_is_told_its_place(tmp_path: Path, text: str, says: str) -> None:
    assert says in mistakes(tmp_path, text)[0]


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.yaml: this scenario cannot be read: No such file"):
        load_scenario(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"name: \xff")
    with pytest.raises(UsageError, match="not UTF-8"):
        load_scenario(tmp_path / "latin.yaml")
    with pytest.raises(UsageError, match="cannot be read"):
        load_scenario(tmp_path)


def test_faults_are_read_one_or_many() -> None:
    assert parse_faults({"kind": "hang"}, VendorFault) == [Hang()]
    assert parse_faults([{"kind": "hang"}, {"kind": "outage"}], VendorFault) == [Hang(), Outage()]
    with pytest.raises(ValueError, match=r"\[1\]\.status: .*599.*; \[2\]: unknown kind"):
        parse_faults([{"kind": "hang"}, {"kind": "error", "status": 600}, {"kind": "frob"}], VendorFault)


def test_the_examples_of_the_documentation_are_scenarios(tmp_path: Path) -> None:
    examples = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(examples) >= 2
    for example in examples:
        assert read(tmp_path, example).faults


def test_the_documentation_explains_every_key() -> None:
    text = DOCS.read_text(encoding="utf-8")
    keys = {field.alias or name for kind in known_kinds(Fault).values() for name, field in kind.model_fields.items()}
    assert sorted(key for key in keys if f"`{key}`" not in text and f"`{key}:" not in text) == []


def test_what_happens_around_the_vendor_is_part_of_a_scenario_and_cannot_be_armed_at_the_vendor(tmp_path: Path) -> None:
    text = "name: x\nfaults: [{kind: crash, from: 3s, skip: 2, down: 50ms}, {kind: skew, behind: 1m}]"
    crash, skew = read(tmp_path, text).faults
    assert isinstance(crash, Crash)
    assert isinstance(skew, Skew)
    assert (crash.begin, crash.skip, crash.first_n, crash.down, skew.behind) == (3.0, 2, 1, 0.05, 60.0)
    with pytest.raises(ValueError, match=r"unknown kind; known are .*webhook$"):
        parse_faults({"kind": "crash"}, VendorFault)


@pytest.mark.parametrize(
    "text",
    [
        "seconds: .nan", "seconds: .inf", "seconds: 1.0e+308", "seconds: -1", "seconds: 604801",
        "load: [{burst: 1000001}]", "load: [{burst: 1, mix: {payment: 99999999999999999999}}]",
        "load: [{rate: 1/s, from: .inf}]",
    ],
)  # fmt: skip
def test_a_number_that_nobody_could_play_is_a_mistake_with_its_place(tmp_path: Path, text: str) -> None:
    file = tmp_path / "it.yaml"
    file.write_text(f"name: x\n{text}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"it\.yaml:2:\d+: "):
        load_scenario(file)


def test_a_scenario_names_vendors_requests_and_checks(tmp_path: Path) -> None:
    (tmp_path / "ferries.yaml").write_text("x")
    scenario = read(
        tmp_path,
        """
        name: a summer day
        vendor: [stripe, ./ferries.yaml, ./absent.yaml]
        load:
          - {shape: ramp, rate: 1/s, to: 5/s, vendor: stripe, mix: {large: 1}}
        requests:
          large: {operation: PostPaymentIntents, body: {amount: 1}}
        checks:
          - {p99: 800ms, done: 95%}
        """,
    )
    assert scenario.vendor == ("stripe", str(tmp_path / "ferries.yaml"), "./absent.yaml")
    assert scenario.requests["large"].body == {"amount": 1}
    assert scenario.checks[0].p99 == 0.8
    assert read(tmp_path, "name: x\nvendor: stripe\n").vendor == ("stripe",)


def test_a_log_of_arrivals_is_read_from_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "calls.jsonl").write_text('{"ts": 5}\n{"ts": 5.5}\n')
    scenario = read(tmp_path, "name: x\nload: [{shape: replay, log: calls.jsonl}]\n")
    assert scenario.load[0].times == (0.0, 0.5)
    with pytest.raises(UsageError, match=r"none\.jsonl: this log cannot be read"):
        read(tmp_path, "name: x\nload: [{shape: replay, log: none.jsonl}]\n")


def test_a_mistake_in_a_load_a_request_or_a_check_has_its_place(tmp_path: Path) -> None:
    found = mistakes(
        tmp_path,
        "name: x\nload: [{shape: ramp}]\nrequests: {a: {body: 1}}\nchecks: [{done: 5}]\n",
    )
    assert [line.split(" ")[0] + line.split(" ")[1] for line in found] == [
        "2:8:load[0]:", "3:12:requests.a.operation:", "4:11:checks[0].done:",
    ]  # fmt: skip
