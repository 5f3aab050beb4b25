"""Tests of tidegate.proxy.secrets.local_sources."""

from pathlib import Path

import pytest

from tests.proxy.secrets.mounts import Mount
from tidegate.configfile.secret_references import SecretRef, parse_secret
from tidegate.proxy.secrets import local_sources
from tidegate.proxy.secrets.local_sources import (
    ENV_WARNING,
    NO_MOUNT_WARNING,
    SUBPATH_WARNING,
    SYSTEMD_WARNING,
    LocalSources,
)
from tidegate.proxy.secrets.secret_file import BeingWritten
from tidegate.proxy.secrets.secret_source import SecretFlaw


def private(path: Path, text: str) -> SecretRef:
    path.write_text(text)
    path.chmod(0o600)
    return SecretRef("file", str(path))


async def test_a_variable_is_read_and_warned_of() -> None:
    sources, ref = LocalSources({"KEY": "sk_live"}), parse_secret("env:KEY")
    sourced = (await sources.read(sources.bundle(ref), (ref,)))[ref]
    assert (sourced.secret.reveal(), sourced.warning) == ("sk_live", ENV_WARNING)
    with pytest.raises(SecretFlaw, match="the environment variable OTHER is not set"):
        sources.look((SecretRef("env", "OTHER"),))


async def test_a_new_content_is_taken_once_it_was_seen_twice(tmp_path: Path) -> None:
    sources, path = LocalSources({}), tmp_path / "key"
    ref = private(path, "one")
    assert sources.look((ref,))[ref].secret.reveal() == "one"
    path.write_text("tw")  # a writer is at work
    assert await sources.read("", (ref,)) == {}
    path.write_text("two")
    assert await sources.read("", (ref,)) == {}
    assert (await sources.read("", (ref,)))[ref].secret.reveal() == "two"
    path.write_text("three")
    assert (await sources.read("", (ref,), forced=True))[ref].secret.reveal() == "three"


async def test_a_file_that_was_only_touched_says_what_it_said(tmp_path: Path) -> None:
    sources, path = LocalSources({}), tmp_path / "key"
    ref = private(path, "one")
    sources.look((ref,))
    path.touch()
    assert (await sources.read("", (ref,)))[ref].secret.reveal() == "one"


async def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(ref: SecretRef, path: Path) -> None:
        raise BeingWritten(f"{ref}: the file is being written")

    ref = private(tmp_path / "key", "one")
    monkeypatch.setattr(local_sources, "read_file", busy)
    assert await LocalSources({}).read("", (ref,)) == {}
    with pytest.raises(SecretFlaw, match="being written"):
        LocalSources({}).look((ref,))


@pytest.mark.parametrize("source", ["file", "kubernetes"])
async def test_the_keys_of_a_mount_are_one_bundle_under_either_name(tmp_path: Path, source: str) -> None:
    mount, sources = Mount(tmp_path / "mount", user="u1", password="p1"), LocalSources({})
    refs = tuple(SecretRef(source, str(mount.folder / name)) for name in ("user", "password"))
    assert {sources.bundle(ref) for ref in refs} == {f"kubernetes:{mount.folder}"}
    sources.look(refs)
    mount.swap(user="u2", password="p2")
    found = await sources.read("", refs)
    assert [found[ref].secret.reveal() for ref in refs] == ["u2", "p2"]
    assert {found[ref].warning for ref in refs} == {""}, "a mount's files are readable by all, and the pod's alone"


def test_a_mount_by_subpath_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = private(tmp_path / "key", "one")
    mounted = SecretRef("kubernetes", ref.name)
    assert LocalSources({}).look((mounted,))[mounted].warning == NO_MOUNT_WARNING
    monkeypatch.setattr(local_sources, "mounted_alone", lambda path: path == tmp_path / "key")
    assert LocalSources({}).look((ref,))[ref].warning == SUBPATH_WARNING


def test_a_credential_of_systemd_is_a_file_in_its_folder(tmp_path: Path) -> None:
    private(tmp_path / "stripe_key", "sk_live\n")
    ref = parse_secret("systemd:stripe_key")
    sourced = LocalSources({"CREDENTIALS_DIRECTORY": str(tmp_path)}).look((ref,))[ref]
    assert (sourced.secret.reveal(), sourced.warning) == ("sk_live", SYSTEMD_WARNING)
    with pytest.raises(SecretFlaw, match="LoadCredential=stripe_key"):
        LocalSources({}).look((ref,))


async def test_nothing_is_left_open() -> None:
    await LocalSources({}).close()
