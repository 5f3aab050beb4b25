"""What is wrong with a tidegate.yaml, whatever the file is called, and with the vendors that it names.

How each finding is printed is tidegate.cli.vendor.check's matter.
"""

from pathlib import Path

from tidegate.configfile.finding import Finding, in_order, written_path
from tidegate.configfile.yaml_places import Loc, Placed, read_places
from tidegate.problems import UsageError
from tidegate.proxy.config import Config, ConfigError, load_config
from tidegate.proxy.configured_vendors import flaws_of_access, flaws_of_routes, unsealed_of, vendor_files
from tidegate.vendor.search_path import CONFIG_FILE
from tidegate.vendor.vendor import Vendor

UNSEALED = "personal data of {} is stored as it is; name a key, like sealing: {{keys: ['env:TIDEGATE_SEALING_KEY']}}"


def is_configuration(file: Path) -> bool:
    """True for a tidegate.yaml: by its name, or by keys that no vendor file has."""
    if file.name == CONFIG_FILE.name:
        return True
    keys = _placed(file).data
    keys = keys.keys() if isinstance(keys, dict) else ()
    return any(key in Config.model_fields for key in keys) and not any(key in Vendor.model_fields for key in keys)


def config_findings(file: Path) -> list[Finding]:
    """Everything that is wrong with one, in the order of its lines."""
    try:
        config = load_config(file)
        vendor_files(config)
    except ConfigError as error:
        return list(error.findings)
    except UsageError as error:
        return _found(file, [str(error).removeprefix(f"{file}: ")])
    try:
        flaws, unsealed = [*flaws_of_access(config), *flaws_of_routes(config)], unsealed_of(config)
    except UsageError:  # is among the findings of that vendor's file
        return []
    findings = _found(file, flaws)
    if unsealed:
        findings.append(Finding("TG115", "warning", str(file), 1, 1, "sealing", UNSEALED.format(", ".join(unsealed))))
    return findings


def _found(file: Path, flaws: list[str]) -> list[Finding]:
    """Sentences that begin with the path of a key, each at the place of that key."""
    placed = _placed(file)
    by_path = {written_path(loc): loc for loc in placed.places}
    return in_order(_finding(file, flaw, by_path, placed) for flaw in flaws)


def _finding(file: Path, flaw: str, by_path: dict[str, Loc], placed: Placed) -> Finding:
    path, _, message = flaw.partition(": ")
    known = path
    while known and known not in by_path:  # the nearest block around what is not written
        known = known.rpartition(".")[0]
    if not known:
        return Finding("TG109", "error", str(file), 1, 1, "", flaw)
    place = placed.position(by_path[known])
    return Finding("TG109", "error", str(file), place.line, place.column, path, message)


def _placed(file: Path) -> Placed:
    try:
        return read_places(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return Placed()
