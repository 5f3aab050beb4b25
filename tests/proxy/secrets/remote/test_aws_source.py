"""Tests of tidegate.proxy.secrets.remote.aws_source, against moto's Secrets Manager behind botocore's real client."""

import asyncio
import builtins
import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from tidegate.configfile.secret_references import SecretRef, parse_secret
from tidegate.problems import UsageError
from tidegate.proxy.secrets.remote.aws_source import AwsSource, check_installed
from tidegate.proxy.secrets.secret_source import SecretFlaw, SourceAway
from tidegate.proxy.settings.secret_settings import AwsSettings

SETTINGS = AwsSettings.model_validate({"region": "eu-central-1", "timeout": "1s"})


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Another client of the same Secrets Manager."""
    from botocore.session import Session

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Session().create_client("secretsmanager", region_name="eu-central-1")


async def read(*written: str) -> list[str]:
    source, refs = AwsSource(SETTINGS, asyncio.to_thread), tuple(map(parse_secret, written))
    found = await source.read(source.bundle(refs[0]), refs)
    await source.close()
    return [found[ref].secret.reveal() for ref in refs]


async def test_a_secret_is_read_whole_or_by_the_fields_of_its_json(manager: Any) -> None:
    manager.create_secret(Name="prod/plain", SecretString="sk_live")
    manager.create_secret(Name="prod/pair", SecretString=json.dumps({"user": "u", "password": "p", "n": 7}))
    assert await read("aws:prod/plain") == ["sk_live"]
    assert await read("aws:prod/pair#user", "aws:prod/pair#password") == ["u", "p"]


async def test_the_version_that_is_current_is_taken(manager: Any) -> None:
    made = manager.create_secret(Name="x", SecretString="one")
    manager.put_secret_value(SecretId="x", SecretString="two", VersionStages=["AWSPENDING"])
    source, ref = AwsSource(SETTINGS, asyncio.to_thread), SecretRef("aws", made["ARN"])
    first = (await source.read(source.bundle(ref), (ref,)))[ref]
    assert (first.secret.reveal(), first.mark) == ("one", f"version {made['VersionId']}")
    assert first.created_wall is not None
    put = manager.put_secret_value(SecretId="x", SecretString="three")
    second = (await source.read(source.bundle(ref), (ref,)))[ref]
    assert (second.secret.reveal(), second.mark) == ("three", f"version {put['VersionId']}")


@pytest.mark.parametrize(
    ("written", "why"),
    [("aws:none", "ResourceNotFoundException"), ("aws:plain#user", "no JSON"),
     ("aws:pair#other", "no text of this name"), ("aws:pair#n", "no text of this name"),
     ("aws:binary", "the secret is binary"), ("aws:doomed", "no such secret")],
)  # fmt: skip
async def test_what_is_not_there_is_a_flaw(manager: Any, written: str, why: str) -> None:
    manager.create_secret(Name="plain", SecretString="sk_live")
    manager.create_secret(Name="pair", SecretString=json.dumps({"user": "u", "n": 7}))
    manager.create_secret(Name="binary", SecretBinary=b"\xff")
    manager.create_secret(Name="doomed", SecretString="x")
    manager.delete_secret(SecretId="doomed", RecoveryWindowInDays=7)
    with pytest.raises(SecretFlaw, match=why) as refused:
        await read(written)
    assert "sk_live" not in str(refused.value)


async def test_a_service_that_is_not_there_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    settings = SETTINGS.model_copy(update={"endpoint": "http://127.0.0.1:1"})
    source, ref = AwsSource(settings, asyncio.to_thread), parse_secret("aws:x")
    with pytest.raises(SourceAway, match="does not answer: EndpointConnectionError"):
        await source.read(source.bundle(ref), (ref,))


async def test_who_may_not_read_is_told_so() -> None:
    from botocore.exceptions import ClientError

    class Shut:
        def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803 - AWS's name
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue")

    source, ref = AwsSource(SETTINGS, asyncio.to_thread, Shut()), parse_secret("aws:x")
    with pytest.raises(SourceAway, match=r"refuses aws:x \(AccessDeniedException\)"):
        await source.read(source.bundle(ref), (ref,))


def test_without_the_extra_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    check_installed()
    real = builtins.__import__

    def lacking(name: str, *rest: Any) -> Any:
        if name == "botocore":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(UsageError, match=r"tidegate\[aws\]"):
        check_installed()
