"""What is wrong with who may call and what each may do: names that mean nothing, or two things.

What one block says for itself is checked where it is read; here blocks are compared with one another, and with the
documents of the vendors.
"""

from collections.abc import Collection, Iterator, Mapping

from tidegate.configfile.wording import nearest
from tidegate.openapi.document import Document
from tidegate.plan.operation_pattern import is_pattern, matches
from tidegate.plan.planning import UNLISTED
from tidegate.problems import UsageError
from tidegate.proxy.app_config import AppSettings
from tidegate.proxy.config import Config

LOCAL = "local"
"""The app that every key stands for where nothing tells apps apart."""


def check_access(config: Config, vendors: Collection[str], documents: Mapping[str, Document]) -> None:
    """Raise UsageError with every flaw. `vendors` are all that are known, `documents` those that could be read."""
    flaws = list(access_flaws(config, vendors, documents))
    if flaws:
        raise UsageError("\n".join(flaws))


def access_flaws(config: Config, vendors: Collection[str], documents: Mapping[str, Document]) -> Iterator[str]:
    """Every flaw, as a sentence with its place and its cure."""
    yield from _twice(config)
    known = {one.app for one in config.tokens} | {name for name, app in config.apps.items() if app.clients or app.uids}
    for name, app in config.apps.items():
        if app.uids and config.socket is None:
            yield f"apps.{name}.uids: only a Unix socket tells them; add socket: {{path: …}}"
        if app.clients and (config.tls.gateway is None or config.tls.gateway.clients is None):
            yield f"apps.{name}.clients: no client certificate is asked for; add tls: {{gateway: {{clients: …}}}}"
        if _has_rules(app) and name not in known and not (config.anonymous and name == LOCAL):
            cure = "add a token, clients or uids" + (f", or call it {LOCAL}" if config.anonymous else "")
            yield f"apps.{name}: it has rules, and nothing tells which calls are its; {cure}"
        for key in ("allow", "approve"):
            lists = getattr(app, key)
            if isinstance(lists, Mapping):
                yield from _strange(f"apps.{name}.{key}", lists, vendors, documents)
    for name, use in config.use.items():
        if use.approve and name in vendors:  # another name is told where the vendors are looked for
            yield from _strange("use", {f"{name}": use.approve}, vendors, documents)


def _has_rules(app: AppSettings) -> bool:
    return app.allow is not None or app.approve is not None or app.calls.minute is not None or app.calls.day is not None


def _strange(
    place: str, lists: Mapping[str, tuple[str, ...]], vendors: Collection[str], documents: Mapping[str, Document]
) -> Iterator[str]:
    for vendor, names in lists.items():
        if vendor not in vendors:
            yield f"{place}: there is no vendor {vendor}{nearest(vendor, vendors)}"
        elif vendor in documents:
            ids = documents[vendor].operations.keys()
            for name in names:
                if name == UNLISTED or name in ids:
                    continue
                if not is_pattern(name):
                    yield f"{place}.{vendor}: {vendor} has no operation {name}{nearest(name, ids)}"
                elif not any(matches(name, id_) for id_ in ids):
                    yield f"{place}.{vendor}: {name} means no operation of {vendor}"


def _twice(config: Config) -> Iterator[str]:
    """What would mean two apps, or two tokens."""
    owners: dict[str, str] = {}
    for name, app in config.apps.items():
        for mark in (*app.clients, *(f"uid {uid}" for uid in app.uids)):
            other = owners.setdefault(mark, name)
            if other != name:
                yield f"apps.{name}: {mark} is the app {other} already"
    for key, tokens in (("tokens", config.tokens), ("admin_tokens", config.admin_tokens)):
        seen: set[str] = set()
        for one in tokens:
            if one.hash is not None and one.hash.id in seen:
                yield f"{key}: the hash {one.hash.id} stands there twice"
            seen |= {one.hash.id} if one.hash is not None else set()
