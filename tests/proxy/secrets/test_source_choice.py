"""Tests of tidegate.proxy.secrets.source_choice."""

import asyncio

import pytest

from tidegate.configfile.secret_references import parse_secret
from tidegate.problems import UsageError
from tidegate.proxy.secrets import source_choice
from tidegate.proxy.secrets.named_sources import LOCAL
from tidegate.proxy.secrets.remote.aws_source import AwsSource
from tidegate.proxy.secrets.remote.resident_source import ResidentSource
from tidegate.proxy.secrets.remote.vault_source import VaultSource
from tidegate.proxy.secrets.source_choice import watcher_for
from tidegate.proxy.settings.secret_settings import SecretSettings
from tidegate.world.world import RealWorld

EVERYWHERE = SecretSettings.model_validate(
    {
        "poll": "2s",
        "vault": {"address": "http://127.0.0.1:1", "auth": "token", "token": "env:T", "timeout": "1s"},
        "aws": {"region": "eu-central-1"},
    }
)


async def test_each_source_that_is_named_is_asked_as_often_as_it_says() -> None:
    watcher = watcher_for(RealWorld(), EVERYWHERE, {"T": "s.token"}, asyncio.to_thread)
    assert watcher._every_s == {LOCAL: 2.0, "vault": 2.0, "aws": 60.0}
    for name, kind in (("vault", VaultSource), ("aws", AwsSource)):
        resident = watcher._sources._sources[name]
        assert isinstance(resident, ResidentSource)
        assert isinstance(resident._source, kind)
    assert watcher.book.on_refusal == watcher.refused
    with pytest.raises(UsageError, match=r"vault at http://127\.0\.0\.1:1 does not answer"):
        await watcher.fetch((parse_secret("vault:secret/x#key"),))
    await watcher.close()


async def test_without_a_word_there_are_the_sources_of_this_machine() -> None:
    watcher = watcher_for(RealWorld(), SecretSettings(), {"KEY": "k"}, asyncio.to_thread)
    assert [*watcher._sources._sources] == [LOCAL]
    assert watcher.book.version(parse_secret("env:KEY")).secret.reveal() == "k"
    await watcher.close()


def test_what_is_not_installed_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking() -> None:
        raise UsageError("secrets.aws: this needs botocore")

    monkeypatch.setattr(source_choice, "check_installed", lacking)
    with pytest.raises(UsageError, match="botocore"):
        watcher_for(RealWorld(), EVERYWHERE, {}, asyncio.to_thread)
