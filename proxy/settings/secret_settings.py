"""The block `secrets` of tidegate.yaml: the watch over secrets, and the sources on other machines.

It reads no secret. What lets the proxy in at a remote source comes from a source on this machine.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from tidegate.configfile.block import Block
from tidegate.configfile.file_place import NewPath
from tidegate.configfile.units import Duration, Secret
from tidegate.configfile.web_address import BaseAddress
from tidegate.policy.data import RegionName
from tidegate.proxy.config_paths import beside, secret_beside

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
"""The token that Kubernetes mounts into every pod, and renews."""

_NEEDS = {"token": ("token",), "approle": ("role_id", "secret_id"), "kubernetes": ("role",)}


class VaultSettings(Block):
    """A HashiCorp Vault or OpenBao, and how the proxy logs in there."""

    address: Annotated[BaseAddress, Field(examples=["https://vault.internal:8200"])]
    """Its URL."""
    auth: Literal["token", "approle", "kubernetes"]
    """A token that was given, an AppRole, or the service account of a Kubernetes pod."""
    token: Secret | None = None
    """The token, for `auth: token`. It comes from a file or the environment."""
    role_id: Secret | None = None
    """The name of an AppRole, for `auth: approle`."""
    secret_id: Secret | None = None
    """The secret of an AppRole, for `auth: approle`."""
    role: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_.-]+$")] = None
    """The role of a Kubernetes login."""
    jwt: Path = SERVICE_ACCOUNT
    """The pod's own token. It is read anew at each login."""
    mount: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$")] = None
    """Where the method of auth is mounted, where that is not its own name."""
    namespace: Annotated[str | None, Field(pattern=r"^[\x21-\x7e]+$")] = None
    """The namespace, where the server has several."""
    ca: Path | None = None
    """A PEM file of the CAs to trust instead of the system's."""
    region: RegionName | None = None
    """Where it is. With rules of `residency` it is asked only where that is known and they let it."""
    timeout: Annotated[Duration, Field(gt=0, le=60)] = 5.0
    """For each request."""

    @model_validator(mode="after")
    def _login_is_whole(self) -> "VaultSettings":
        missing = [name for name in _NEEDS[self.auth] if getattr(self, name) is None]
        if missing:
            raise PydanticCustomError(
                "vault_login", "auth: {auth} needs {missing}", {"auth": self.auth, "missing": " and ".join(missing)}
            )
        for name in ("token", "role_id", "secret_id"):
            secret = getattr(self, name)
            if secret is not None and secret.remote:
                raise PydanticCustomError(
                    "vault_login", "{name} lets us in, so it cannot come from there; take a file", {"name": name}
                )
        return self


class AwsSettings(Block):
    """AWS Secrets Manager. Credentials come from where AWS's own tools take them (the extra tidegate[aws])."""

    region: Annotated[str | None, Field(pattern=r"^[a-z0-9-]+$", examples=["eu-central-1"])] = None
    """The region. Left out, it is the one that AWS's own tools take."""
    endpoint: BaseAddress | None = None
    """Another address than the region's, as of a VPC endpoint."""
    poll: Annotated[Duration, Field(ge=1)] = 60.0
    """How often it is asked: each time is paid for."""
    timeout: Annotated[Duration, Field(gt=0, le=60)] = 5.0
    """For each request."""


class SecretSettings(Block):
    """The watch over all secrets that come by reference."""

    poll: Annotated[Duration, Field(ge=0.1)] = 5.0
    """How often sources are asked for a new version."""
    overlap: Annotated[Duration, Field(ge=0)] = 86_400.0
    """How long a superseded secret stays good: for webhooks and apps that still use it, and to fall back on."""
    stale_after: Annotated[Duration, Field(gt=0)] = 3600.0
    """A source that has been away for longer raises an alarm. The last good secret stays in force."""
    keep: NewPath | None = None
    """A file for the last good secrets of Vault and AWS, sealed with `sealing`: for a start while those are away."""
    vault: VaultSettings | None = None
    """HashiCorp Vault or OpenBao, for references `vault:`."""
    aws: AwsSettings | None = None
    """AWS Secrets Manager, for references `aws:`."""


def secrets_placed_at(settings: SecretSettings, home: Path) -> SecretSettings:
    """The block with every relative path made one from the folder of its file."""
    vault, keep = settings.vault, settings.keep and beside(home, settings.keep)
    settings = settings.model_copy(update={"keep": keep})
    if vault is None:
        return settings
    secrets = {
        name: secret_beside(home, secret)
        for name in ("token", "role_id", "secret_id")
        if (secret := getattr(vault, name)) is not None
    }
    placed = {**secrets, "jwt": beside(home, vault.jwt), "ca": vault.ca and beside(home, vault.ca)}
    return settings.model_copy(update={"vault": vault.model_copy(update=placed)})
