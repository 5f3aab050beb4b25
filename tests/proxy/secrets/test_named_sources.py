"""Tests of tidegate.proxy.secrets.named_sources."""

from pathlib import Path

import pytest

from tests.proxy.secrets.mounts import Mount
from tests.proxy.secrets.played_source import PlayedSource
from tidegate.configfile.secret_references import parse_secret
from tidegate.problems import UsageError
from tidegate.proxy.secrets.local_sources import LocalSources
from tidegate.proxy.secrets.named_sources import LOCAL, NamedSources


def test_what_is_read_together_is_one_group(tmp_path: Path) -> None:
    mount = Mount(tmp_path / "mount", user="u", password="p")
    sources = NamedSources({LOCAL: LocalSources({}), "vault": PlayedSource()})
    user, password = parse_secret(mount.ref("user")), parse_secret(mount.ref("password"))
    field, other = parse_secret("vault:secret/x#a"), parse_secret("vault:secret/y#a")
    variable = parse_secret("env:A")
    assert sources.grouped([user, field, password, variable, other, user]) == {
        (LOCAL, f"kubernetes:{mount.folder}"): (user, password),
        ("vault", "secret/x"): (field,),
        ("vault", "secret/y"): (other,),
        (LOCAL, "env:A"): (variable,),
    }


async def test_a_source_that_nobody_named_is_told_with_the_key_to_write() -> None:
    sources = NamedSources({"vault": (vault := PlayedSource())})
    with pytest.raises(UsageError, match=r"aws:x: tidegate\.yaml does not say where aws is; write secrets\.aws"):
        sources.key(parse_secret("aws:x"))
    await sources.close()
    assert vault.closed
