"""Tests of tidegate.proxy.settings.forward_config."""

from pathlib import Path

import pytest

from tidegate.problems import UsageError
from tidegate.proxy.config import Config, load_config

WHOLE = """
forward:
  listen: 127.0.0.1:0
  mode: warn
  ca: {folder: ca, passphrase: "file:pass", leaf_life: 1h}
  rules:
    - {hosts: [api.example, "*.wild.example", 10.0.0.1, "fd00::/8"], action: tunnel, ports: [443, 8443], apps: [shop]}
    - {hosts: [inside.example], action: open, private_addresses: warn}
"""


def read(folder: Path, text: str) -> Config:
    (folder / "tidegate.yaml").write_text(text)
    return load_config(folder / "tidegate.yaml")


def test_the_whole_block_is_read_and_its_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    forward = read(tmp_path, WHOLE).forward
    assert forward is not None
    assert forward.ca is not None
    assert (forward.mode, forward.ca.folder, forward.ca.leaf_life) == ("warn", tmp_path / "ca", 3600.0)
    assert str(forward.ca.passphrase) == f"file:{tmp_path / 'pass'}"
    assert [rule.action for rule in forward.rules] == ["tunnel", "open"]
    assert [rule.private_addresses for rule in forward.rules] == ["refuse", "warn"]
    assert (forward.rules[0].ports, forward.rules[1].ports) == ((443, 8443), (443,))


def test_an_address_is_compared_in_the_one_form_that_a_request_has(tmp_path: Path) -> None:
    written = "['2001:db8:0:0::1', '0:0:0:0:0:0:0:1', 192.0.2.1, 1.example]"
    forward = read(tmp_path, f"forward: {{rules: [{{hosts: {written}, action: deny}}]}}").forward
    assert forward is not None
    assert forward.rules[0].hosts == ("2001:db8::1", "::1", "192.0.2.1", "1.example")


def test_an_empty_block_is_a_forward_proxy_without_rules_and_none_is_none(tmp_path: Path) -> None:
    forward = read(tmp_path, "forward: {}").forward
    assert forward is not None
    assert (forward.listen, forward.rules, forward.ca, forward.mode) == (None, (), None, "enforce")
    assert read(tmp_path, "drain: 1s").forward is None


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("{hosts: [], action: tunnel}", "hosts"),
        ("{hosts: [a.example]}", "action is missing"),
        ("{hosts: [A.example], action: tunnel}", "hosts"),
        ("{hosts: ['*'], action: tunnel}", "hosts"),
        ("{hosts: ['a.*.example'], action: tunnel}", "hosts"),
        ("{hosts: ['*example'], action: tunnel}", "hosts"),
        ("{hosts: ['https://a.example'], action: tunnel}", "hosts"),
        ("{hosts: ['a.example:443'], action: tunnel}", "hosts"),
        ("{hosts: ['10.0.0.1/8'], action: tunnel}", "no network"),
        ("{hosts: [10.0.0.300], action: tunnel}", "no IP address"),
        ("{hosts: ['2001:db8::1::2'], action: tunnel}", "no IP address"),
        ("{hosts: ['127.1'], action: tunnel}", "no IP address"),
        ("{hosts: [a.example], action: tunnel, ports: [0]}", "ports"),
        ("{hosts: [a.example], action: pass}", "none of the known words"),
    ],
)
def test_a_mistake_in_a_rule_is_told_with_its_place(rule: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        read(tmp_path, f"forward: {{rules: [{rule}]}}")
    assert wrong in str(refused.value)
    assert "forward.rules" in str(refused.value)


def test_the_passphrase_is_a_reference(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="literal secret"):
        read(tmp_path, "forward: {ca: {passphrase: hunter2}}")
