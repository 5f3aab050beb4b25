"""Pact files in a folder: which are a provider's, and what each holds. Asks no provider anything.

Versions 1 to 4 of the specification (github.com/pact-foundation/pact-specification): interactions over HTTP, and
messages, which stand in a list of their own (version 3) or among the interactions (version 4). Whatever else lies in
the folder is passed over, and named.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tidegate.configfile.wording import nearest
from tidegate.contracts.message_expectation import A_REQUEST
from tidegate.problems import UsageError

PACTS: Final = Path(__file__).parent / "pacts"

HTTP: Final = "Synchronous/HTTP"
MESSAGE: Final = "Asynchronous/Messages"

FILES_MAX = 1_000
"""So many files of a folder are looked at."""

_PARTS = frozenset({"provider", "consumer", "interactions", "messages"})


@dataclass(frozen=True, slots=True)
class PactFile:
    """One pact. `requests` counts its interactions over HTTP; the others are named by their descriptions."""

    path: Path
    consumer: str
    provider: str
    requests: int
    messages: tuple[str, ...] = ()
    """Messages of which a state says by what request the provider comes to send them."""
    others: tuple[str, ...] = ()
    """Other messages, and interactions of plugins: nobody can be asked for these."""
    is_odd: bool = False
    """True where the Pact library does not take it as it is: another encoding, an empty list of messages, plugins."""

    def only(self, *, messages: bool) -> Mapping[str, Any]:
        """The pact with what can be verified alone.

        Plugins are not named in it: the library would look for them on the network.
        """
        whole = _json(self.path)
        kinds = (HTTP, MESSAGE) if messages else (HTTP,)
        typed = {"type": HTTP} if _version(whole.get("metadata")).startswith("4") else {}
        kept = [{**typed, **one} for one in whole.get("interactions") or [] if _kind(one) in kinds]
        plain = {name: value for name, value in whole.items() if name != "messages"}
        if isinstance(about := plain.get("metadata"), dict):
            plain["metadata"] = {name: value for name, value in about.items() if name != "plugins"}
        return {**plain, "interactions": kept}

    def references(self, group: str) -> Mapping[str, Mapping[str, str]]:
        """The references of a group that interactions have, by their descriptions."""
        found: dict[str, Mapping[str, str]] = {}
        for one in _json(self.path).get("interactions") or []:
            listed = ((one.get("comments") or {}).get("references") or {}).get(group) or {}
            found[str(one.get("description", ""))] = {str(name): str(value) for name, value in listed.items()}
        return found


def find_pacts(provider: str, directory: Path = PACTS) -> list[Path]:
    """The Pact files of a provider. Raises UsageError where there is none, or one cannot be read or holds nothing."""
    files, others = read_folder(directory)
    matching = [file.path for file in files if file.provider == provider]
    if not matching:
        names = sorted({file.provider for file in files})
        known = nearest(provider, names) or (f"; there are pacts with {', '.join(names)}" if names else "")
        passed = f"; no pact: {', '.join(path.name for path in others)}" if others else ""
        raise UsageError(f"{directory}: there is no pact with {provider}{known}{passed}")
    return matching


def read_folder(directory: Path) -> tuple[list[PactFile], list[Path]]:
    """The pacts of a folder, and its other JSON files. Raises UsageError for a pact, or JSON, that cannot be read."""
    files: list[PactFile] = []
    others: list[Path] = []
    for path in sorted(directory.glob("*.json"))[:FILES_MAX]:
        content = _json(path)
        if isinstance(content, dict) and not _PARTS.isdisjoint(content):
            files.append(_read(path, content))
        else:
            others.append(path)
    return files, others


def read_pact(path: Path) -> PactFile:
    """One pact. Raises UsageError where it is none, or holds nothing."""
    return _read(path, _json(path))


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        raise UsageError(f"{path}: this is no Pact file, nor any other JSON") from None


def _read(path: Path, content: Any) -> PactFile:
    try:
        provider, consumer = content["provider"]["name"], content["consumer"]["name"]
        interactions, messages = content.get("interactions") or [], content.get("messages") or []
        kinds = [(_kind(one), str(one.get("description", ""))) for one in interactions]
        named = [str(message.get("description", "")) for message in messages]
    except (KeyError, TypeError, AttributeError):
        text = "this is no Pact file: it must have a provider, a consumer and interactions"
        raise UsageError(f"{path}: {text}") from None
    if not isinstance(provider, str) or not isinstance(consumer, str):
        raise UsageError(f"{path}: this is no Pact file: the names of provider and consumer must be texts")
    if not kinds and not named:
        raise UsageError(f"{path}: this pact holds no interactions, so verifying it would prove nothing")
    return PactFile(
        path,
        consumer,
        provider,
        sum(kind == HTTP for kind, _ in kinds),
        tuple(name for kind, name in kinds if kind == MESSAGE),
        (*named, *(name for kind, name in kinds if kind not in (HTTP, MESSAGE))),
        _is_odd(path, content),
    )


def _is_odd(path: Path, content: Mapping[str, Any]) -> bool:
    about = content.get("metadata")
    plugins = isinstance(about, dict) and "plugins" in about
    untyped = any("type" not in one for one in content.get("interactions") or []) and _version(about).startswith("4")
    return "messages" in content or plugins or untyped or not path.read_bytes()[:1].isascii()


def _version(about: Any) -> str:
    """The version of the specification that a pact's metadata names."""
    named = about.get("pactSpecification", about.get("pact-specification")) if isinstance(about, dict) else None
    return str(named.get("version", "")).upper().removeprefix("V") if isinstance(named, dict) else ""


def _kind(interaction: Mapping[str, Any]) -> str:
    """What an interaction is; before version 4 all are over HTTP."""
    kind = str(interaction.get("type", HTTP))
    if kind == HTTP and interaction.get("pluginConfiguration"):
        return f"{HTTP} of a plugin"
    if kind != MESSAGE:
        return kind
    states = interaction.get("providerStates") or ()
    return MESSAGE if any(state.get("name") == A_REQUEST for state in states) else f"{MESSAGE} of its own accord"


def written(files: Sequence[PactFile], folder: Path, *, messages: bool) -> list[Path]:
    """The files to verify: as they are, or without what is not verified, written anew to `folder`.

    `messages` says whether the provider can be asked for these.
    """
    paths: list[Path] = []
    for number, file in enumerate(files):
        if not file.requests and not (messages and file.messages):
            continue
        if not file.others and not file.is_odd and (messages or not file.messages):
            paths.append(file.path)
            continue
        paths.append(folder / f"{number}.json")
        paths[-1].write_text(json.dumps(file.only(messages=messages)), encoding="utf-8")
    return paths
