"""Tests of tidegate.proxy.secrets.kubernetes_mount."""

from pathlib import Path

import pytest

from tests.proxy.secrets.mounts import Mount
from tidegate.configfile.secret_references import SecretRef, parse_secret
from tidegate.proxy.secrets import kubernetes_mount
from tidegate.proxy.secrets.kubernetes_mount import TRIES_MAX, mount_of, read_mount
from tidegate.proxy.secrets.secret_file import ReadFile, read_file
from tidegate.proxy.secrets.secret_source import SecretFlaw


def refs(mount: Mount) -> tuple[SecretRef, SecretRef]:
    return parse_secret(mount.ref("user")), parse_secret(mount.ref("password"))


def values(found: tuple[str, object]) -> list[str]:
    files = found[1]
    assert isinstance(files, dict)
    return [file.text for file in files.values()]


def test_a_mount_is_known_by_its_data_link(tmp_path: Path) -> None:
    mount = Mount(tmp_path / "mount", user="u1", password="p1")
    assert mount_of(mount.folder / "user") == mount.folder
    assert mount_of(mount.folder / "folder" / "user") == mount.folder
    assert mount_of(tmp_path / "elsewhere" / "user") is None


def test_a_swap_is_seen_whole(tmp_path: Path) -> None:
    mount = Mount(tmp_path / "mount", user="u1", password="p1")
    version, _ = first = read_mount(mount.folder, refs(mount))
    assert values(first) == ["u1", "p1"]
    mount.swap(user="u2", password="p2")
    assert values(second := read_mount(mount.folder, refs(mount))) == ["u2", "p2"]
    assert second[0] != version


@pytest.mark.parametrize("removed", [False, True])
def test_a_swap_between_two_files_never_gives_a_pair_of_two_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, removed: bool
) -> None:
    mount, reads = Mount(tmp_path / "mount", user="u1", password="p1"), list[Path]()

    def swapping(ref: SecretRef, path: Path) -> ReadFile:
        if len(reads) == 1:
            (mount.swap if removed else mount.write)(user="u2", password="p2")
        reads.append(path)
        return read_file(ref, path)

    monkeypatch.setattr(kubernetes_mount, "read_file", swapping)
    assert values(read_mount(mount.folder, refs(mount))) == ["u2", "p2"]


def test_a_mount_that_never_rests_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount, reads = Mount(tmp_path / "mount", user="u", password="p"), list[Path]()

    def swapping(ref: SecretRef, path: Path) -> ReadFile:
        reads.append(path)
        mount.write(user="u", password="p")
        return read_file(ref, path)

    monkeypatch.setattr(kubernetes_mount, "read_file", swapping)
    with pytest.raises(SecretFlaw, match="again and again"):
        read_mount(mount.folder, refs(mount))
    assert len(reads) == 2 * TRIES_MAX


def test_a_key_that_is_not_there_is_named(tmp_path: Path) -> None:
    mount = Mount(tmp_path / "mount", user="u1")
    with pytest.raises(SecretFlaw, match=r"password: the file cannot be read: No such file"):
        read_mount(mount.folder, refs(mount))


def test_a_link_that_has_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(SecretFlaw, match="the link cannot be read"):
        read_mount(tmp_path, (SecretRef("kubernetes", str(tmp_path / "key")),))
