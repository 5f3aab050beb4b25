"""Secrets of AWS Secrets Manager, by botocore (the extra tidegate[aws]), which waits and so runs in a thread.

A bundle is one secret: the fields of its JSON object are of one version, the one that AWS calls AWSCURRENT. Where the
region and our own credentials come from is AWS's matter: its variables, files, and roles.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import orjson

from tidegate.configfile.secret_references import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.secrets.secret_source import Bundle, SecretFlaw, SourceAway, SourcedSecret, usable
from tidegate.proxy.settings.secret_settings import AwsSettings

RunBlocking = Callable[[Callable[[], object]], Awaitable[object]]
"""Carries out work that waits: in production in a thread."""

_GONE = frozenset({"ResourceNotFoundException", "InvalidRequestException", "ValidationException"})
"""What AWS answers where the secret itself is at fault: it is not there, or is marked to be deleted."""


class SecretsManagerClient(Protocol):
    """The one operation that is used. See botocore's client of `secretsmanager`."""

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]:  # noqa: N803 - AWS's name
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html."""
        ...


class AwsSource:
    """See the module. `client` is botocore's; without one it is made when it is first needed."""

    def __init__(
        self, settings: AwsSettings, run_blocking: RunBlocking, client: SecretsManagerClient | None = None
    ) -> None:
        self._settings, self._run_blocking, self._client = settings, run_blocking, client

    def bundle(self, ref: SecretRef) -> str:
        """See SecretSource.bundle: the fields of one secret are read together."""
        return f"aws:{ref.place}"

    async def read(self, bundle: str, refs: Sequence[SecretRef], *, forced: bool = False) -> Bundle:
        """See SecretSource.read. What AWS answers is whole, forced or not."""
        del forced
        answer = await self._run_blocking(lambda: self._ask(bundle.removeprefix("aws:")))
        assert isinstance(answer, Mapping)
        return {ref: _sourced(ref, answer) for ref in refs}

    async def close(self) -> None:
        """Botocore closes its connections itself."""

    def _ask(self, name: str) -> Mapping[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            if self._client is None:
                self._client = _client(self._settings)
            return self._client.get_secret_value(SecretId=name)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in _GONE:
                raise SecretFlaw(f"aws:{name}: there is no such secret ({code})") from None
            raise SourceAway(f"AWS Secrets Manager refuses aws:{name} ({code})") from None
        except BotoCoreError as error:  # its text may hold an address, and no secret
            raise SourceAway(f"AWS Secrets Manager does not answer: {type(error).__name__}") from None


def _client(settings: AwsSettings) -> SecretsManagerClient:
    """A client that repeats nothing by itself: the watch asks again."""
    from botocore.config import Config
    from botocore.session import Session

    limit_s = settings.timeout
    config = Config(connect_timeout=limit_s, read_timeout=limit_s, retries={"max_attempts": 0}, proxies={})
    made: SecretsManagerClient = Session().create_client(
        "secretsmanager", region_name=settings.region, endpoint_url=settings.endpoint, config=config
    )
    return made


def check_installed() -> None:
    """Raises UsageError where the extra is not there."""
    try:
        import botocore  # noqa: F401 - whether it is there
    except ImportError:
        raise UsageError("secrets.aws: this needs botocore, which the extra tidegate[aws] installs") from None


def _sourced(ref: SecretRef, answer: Mapping[str, Any]) -> SourcedSecret:
    text = answer.get("SecretString")
    if not isinstance(text, str):
        raise SecretFlaw(f"{ref}: the secret is binary; store it as text")
    if ref.field:
        text = _field(ref, text)
    created = answer.get("CreatedDate")
    wall = created.timestamp() if isinstance(created, datetime) else None
    return SourcedSecret(usable(ref, text), f"version {answer.get('VersionId')}", wall)


def _field(ref: SecretRef, text: str) -> str:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise SecretFlaw(f"{ref}: the secret is no JSON, so it has no fields") from None
    value = document.get(ref.field) if isinstance(document, dict) else None
    if not isinstance(value, str):
        raise SecretFlaw(f"{ref}: the JSON has no text of this name")
    return value
