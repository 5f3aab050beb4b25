"""The files of an app are found in order, without what others wrote or what was generated."""

from pathlib import Path

import pytest

from tidegate.scan.source_tree import ScannedFile, source_files


def test_files_are_found_and_what_others_wrote_is_left_out(tmp_path: Path) -> None:
    for name in ("b/c.ts", "a.py", "b/a.go", "node_modules/x.js", ".venv/y.py", "dist/z.js", "b/x.min.js", "b/t.d.ts",
                 "b/p_pb2.py", "app.egg-info/s.py", "README.md", "b/.git/h.py"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert [file.name for file in source_files([tmp_path])] == ["a.py", "b/a.go", "b/c.ts"]
    assert [file.name for file in source_files([tmp_path / "dist"])] == ["z.js"], "it is named"
    assert [file.language for file in source_files([tmp_path / "a.py", tmp_path / "README.md"])] == ["python"]


def test_names_are_those_that_code_hosts_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "pay.py").write_text("")
    assert [file.name for file in source_files([tmp_path / "src"])] == ["pay.py"], "it lies elsewhere"
    monkeypatch.chdir(tmp_path)
    for place in (Path("src"), tmp_path / "src", Path("src/pay.py"), Path()):
        assert [file.name for file in source_files([place])] == ["src/pay.py"]


def test_the_folder_that_is_given_says_what_it_is(tmp_path: Path) -> None:
    for name in ("tests", "adapters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pay.py").write_text("")
    [test] = source_files([tmp_path / "tests"])
    [adapter] = source_files([tmp_path / "adapters"])
    assert (test.is_test, adapter.is_test, test.is_adapter, adapter.is_adapter) == (True, False, False, True)


def test_a_tree_without_end_is_walked_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "a" / "b.py").write_text("")
    assert [file.name for file in source_files([tmp_path])] == ["a/b.py"]


@pytest.mark.parametrize(
    ("name", "is_test", "is_adapter"),
    [("tests/a.py", True, False), ("test_a.py", True, False), ("a.test.ts", True, False), ("a_test.go", True, False),
     ("src/latest.py", False, False), ("contest/a.py", False, False), ("src/adapters/a.py", False, True),
     ("pay_adapter.py", False, True)],
)  # fmt: skip
def test_tests_and_adapters_are_known_by_their_names(name: str, is_test: bool, is_adapter: bool) -> None:
    file = ScannedFile(Path(name), name, "python")
    assert (file.is_test, file.is_adapter) == (is_test, is_adapter)
