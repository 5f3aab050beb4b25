"""Tests of tidegate.cli.vendor.config_findings."""

from pathlib import Path

import pytest

from tests.tidegate.files import put
from tidegate.cli.vendor.config_findings import config_findings, is_configuration


@pytest.mark.parametrize(
    ("name", "text", "is_one"),
    [
        ("tidegate.yaml", "", True),
        ("tidegate.prod.yaml", "listen: 127.0.0.1:0\n", True),
        ("staging.yml", "\ufeffuse: {stripe: }\ndrian: 5s\n", True),
        ("vendor.yaml", "purpose: x\ntokens: []\n", False),
        ("text.yaml", "hello", False),
        ("broken.yaml", "use: [", False),
    ],
)
def test_a_configuration_is_known_by_its_name_or_its_keys(name: str, text: str, is_one: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert is_configuration(tmp_path / name) is is_one


def test_a_vendor_file_and_what_is_no_text_are_none(tmp_path: Path) -> None:
    assert not is_configuration(put(tmp_path))
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    assert not is_configuration(tmp_path / "bytes")


def test_what_is_compared_across_blocks_is_told_at_the_line_of_its_key(tmp_path: Path) -> None:
    file = tmp_path / "prod.yaml"
    file.write_text(
        "inbox:\n  sources:\n    github:\n      vendor: github\n      apps: [shop]\n"
        "apps:\n  clerk:\n    allow:\n      strype: ['*']\n"
    )
    said = {str(finding).removeprefix(f"{file}:").partition("; ")[0] for finding in config_findings(file)}
    assert said >= {
        "5:7: inbox.sources.github.apps: there is no app shop under apps [TG109]",
        "7:3: apps.clerk: it has rules, and nothing tells which calls are its",
        "8:5: apps.clerk.allow: there is no vendor strype",
    }


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("drain: 1s\nuse:\n  strype:\n", "3:3: use.strype: there is no vendor file of this name; did you mean stripe?"),
        ("drain: 1s\nvendors: [nowhere]\n", "2:1: vendors: "),
        ("drain: 1s\nuse: {stripe: }\n", "1:1: warning: sealing: personal data of stripe is stored as it is"),
    ],
)
def test_a_finding_about_vendors_has_the_line_of_its_key(text: str, begun: str, tmp_path: Path) -> None:
    (tmp_path / "tidegate.yaml").write_text(text)
    [found] = config_findings(tmp_path / "tidegate.yaml")
    assert str(found).startswith(f"{tmp_path}/tidegate.yaml:{begun}")
