"""The configuration in force, file by file, what of it on disk was refused and why, and an order to read it anew."""

from collections.abc import Mapping
from dataclasses import dataclass

from tidegate.proxy.console.console_sources import ConsoleSources
from tidegate.proxy.console.view import Confirmation, PageData, PageFailure, PageRequest, Redirect, View
from tidegate.proxy.console.views.configured_values import configured_values

CONFIG = "tidegate.yaml"
NOBODY = "unnamed"


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of the configuration."""

    name: str
    path: str
    since: str
    sha256: str
    refused: str
    """Why the one on disk is not in force; empty where it is."""
    refused_at: str
    served: bool
    """False for a vendor whose file is refused and that no earlier one serves."""


def configuration_view(sources: ConsoleSources) -> View:
    """The page at `/configuration`."""

    async def show(_: PageRequest) -> PageData:
        values = configured_values(sources.proxy.config, sources.redact)
        return PageData({
            "files": file_rows(sources),
            "set": [value for value in values if value.set],
            "defaults": [value for value in values if not value.set],
            "reloads": sources.reload is not None,
        })  # fmt: skip

    async def carry_out(request: PageRequest) -> Redirect | Confirmation | PageFailure:
        if sources.reload is None:
            return PageFailure(405, "this proxy does not read its files anew")
        if not request.sure:
            text = "What is good comes into force without a dropped call; what is not changes nothing."
            return Confirmation("Read every file now?", text, "Read them", back="/configuration")
        if sources.audit is not None:
            sources.audit.recorder.record("reload.asked", who=request.who or NOBODY)
        fresh, refused = await sources.reload(), sources.proxy.refused
        parts = [f"In force: {', '.join(fresh)}." if fresh else "Nothing has changed."]
        parts += [f"Refused: {', '.join(refused)}."] if refused else []
        return Redirect("/configuration", " ".join(parts))

    return View("/configuration", "Configuration", "configuration.html", show, carry_out, menu=True)


def file_rows(sources: ConsoleSources) -> list[FileRow]:
    """tidegate.yaml and each vendor file, those that are refused first."""
    proxy, refused = sources.proxy, sources.proxy.refused
    rows = [_row(CONFIG, "", proxy.file, refused.get(CONFIG))]
    states = proxy.state()
    for name in sorted({*states, *refused} - {CONFIG}):
        upstream, state = sources.upstreams.get(name), states.get(name)
        path = str(upstream.loaded.path) if upstream is not None else ""
        rows.append(
            _row(name, path, state.file if state is not None else {}, refused.get(name), served=state is not None)
        )
    return sorted(rows, key=lambda row: not row.refused)


def _row(
    name: str, path: str, facts: Mapping[str, object], refused: Mapping[str, object] | None, *, served: bool = True
) -> FileRow:
    why = refused or {}
    return FileRow(
        name, path, str(facts.get("since", "")), str(facts.get("sha256", "")), str(why.get("why", "")),
        str(why.get("at", "")), served,
    )  # fmt: skip
