"""The sources of secrets that tidegate.yaml names, made and joined with the watch over them."""

from collections.abc import Mapping
from functools import partial

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.policies.residency.residency_rules import ResidencyWatch
from tidegate.proxy.policies.residency.vendor_residency import NO_RESIDENCY
from tidegate.proxy.secrets.named_sources import LOCAL, NamedSources
from tidegate.proxy.secrets.remote.aws_source import AwsSource, RunBlocking, check_installed
from tidegate.proxy.secrets.remote.last_good import KeptSource, LastGood
from tidegate.proxy.secrets.remote.resident_source import ResidentSource
from tidegate.proxy.secrets.remote.vault_source import VaultSource
from tidegate.proxy.secrets.secret_book import SecretBook
from tidegate.proxy.secrets.secret_source import SecretSource
from tidegate.proxy.secrets.secret_watcher import SecretWatcher
from tidegate.proxy.settings.secret_settings import SecretSettings
from tidegate.redaction.secret import Secret
from tidegate.world.world import World


def _local(book: SecretBook, ref: SecretRef) -> Secret:
    """A secret of this machine that lets us in elsewhere: read anew each time, and shown nowhere."""
    secret = book.local.look((ref,))[ref].secret
    book.hide(secret)
    return secret


def watcher_for(
    world: World,
    settings: SecretSettings,
    environ: Mapping[str, str],
    run_blocking: RunBlocking,
    transport: str = "auto",
    residency: ResidencyWatch = NO_RESIDENCY.watch,
    last_good: LastGood | None = None,
) -> SecretWatcher:
    """The watch over the secrets of a configuration; nothing is asked yet. `last_good` are those that are kept.

    Raises UsageError where a source cannot be asked at all: a file of CAs, or a package, is not there.
    """
    book = SecretBook(environ, world.now, settings.overlap)
    sources: dict[str, SecretSource] = {LOCAL: book.local}
    every_s = {LOCAL: settings.poll}
    if settings.vault is not None:
        read_local = partial(_local, book)
        vault = VaultSource(world, settings.vault, read_local, transport, book.hide)
        sources["vault"] = ResidentSource(vault, "vault", residency, settings.vault.region or "")
        every_s["vault"] = settings.poll
    if settings.aws is not None:
        check_installed()
        sources["aws"] = ResidentSource(
            AwsSource(settings.aws, run_blocking), "aws", residency, settings.aws.region or ""
        )
        every_s["aws"] = settings.aws.poll
    if last_good is not None:
        sources |= {name: KeptSource(source, last_good) for name, source in sources.items() if name != LOCAL}
    watcher = SecretWatcher(world, book, NamedSources(sources), every_s, settings.stale_after)
    if last_good is not None:
        watcher.on_good = last_good.keep
    book.on_refusal = watcher.refused
    return watcher
