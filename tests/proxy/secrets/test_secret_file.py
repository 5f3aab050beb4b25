"""Tests of tidegate.proxy.secrets.secret_file."""

import os
from pathlib import Path

import pytest

from tidegate.configfile.secret_references import SecretRef
from tidegate.proxy.secrets import secret_file
from tidegate.proxy.secrets.secret_file import mounted_alone, read_file
from tidegate.proxy.secrets.secret_source import SECRET_BYTES_MAX, SecretFlaw


def written(folder: Path, data: bytes, mode: int = 0o600) -> Path:
    path = folder / "key"
    path.write_bytes(data)
    path.chmod(mode)
    return path


def read(path: Path) -> secret_file.ReadFile:
    return read_file(SecretRef("file", str(path)), path)


def test_a_file_is_read_whole_with_its_stamp(tmp_path: Path) -> None:
    path = written(tmp_path, b"sk_live\n")
    first = read(path)
    assert (first.text, first.warning, first.changed_wall) == ("sk_live\n", "", path.stat().st_mtime)
    assert read(path) == first
    path.write_text("sk_live_2\n")
    assert read(path).stamp != first.stamp


@pytest.mark.parametrize(("mode", "warns"), [(0o600, False), (0o400, False), (0o644, True), (0o620, True)])
def test_a_file_that_others_can_read_is_told(tmp_path: Path, mode: int, warns: bool) -> None:
    assert bool(read(written(tmp_path, b"x", mode)).warning) is warns


def test_a_file_that_anybody_can_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SecretFlaw, match="anybody can write"):
        read(written(tmp_path, b"x", 0o602))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, b"x")
    os.chown(path, 65534, 65534)
    assert "belongs to another user (uid 65534)" in read(path).warning


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, Path("/dev/zero")):
        with pytest.raises(SecretFlaw, match="this is not a file"):
            read(path)


@pytest.mark.parametrize(
    ("path", "why"), [("nowhere", "No such file"), ("a\0b", "its name cannot be one")]
)  # fmt: skip
def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path, path: str, why: str) -> None:
    with pytest.raises(SecretFlaw, match=f"cannot be read: {why}"):
        read(tmp_path / path)


def test_a_file_has_a_bound_and_is_text(tmp_path: Path) -> None:
    with pytest.raises(SecretFlaw, match=f"longer than {SECRET_BYTES_MAX} bytes"):
        read(written(tmp_path, b"x" * (SECRET_BYTES_MAX + 1)))
    with pytest.raises(SecretFlaw, match="not text"):
        read(written(tmp_path, b"\xff\xfe"))


def test_a_file_that_is_a_mount_of_its_own_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, mounts = written(tmp_path, b"x"), tmp_path / "mountinfo"
    line = "36 35 98:0 /mnt1 {} rw,noatime master:1 - ext3 /dev/root rw\n"
    monkeypatch.setattr(secret_file, "MOUNTS", mounts)
    assert not mounted_alone(key)
    mounts.write_text(line.format(tmp_path))
    assert not mounted_alone(key)
    mounts.write_text(line.format(tmp_path) + line.format(str(key).replace("_", "\\137")))
    assert mounted_alone(key)
