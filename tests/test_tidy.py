"""House rules that no linter knows: sizes, names, a test for each file, nothing left open, no address of one machine.

Docstrings are ruff's (rules D100 to D104). An exemption list may only shrink: an entry that is no longer needed fails.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("tidegate", "proxy", "simulator", "adapters", "contracts", "chaos", "loadtests")
NOT_OURS = frozenset({
    ".git", ".venv", ".venv-docs", ".venv-schemathesis", ".venv-wire", ".tidegate", ".hypothesis",
    ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__", "dist", "node_modules", "var",
})  # fmt: skip
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
FOLDER_FILES_MAX = 15
"""Source files of one folder, its `__init__` aside."""
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"})

LONG_FILES: frozenset[str] = frozenset()
LONG_FUNCTIONS: frozenset[str] = frozenset()
"""`path::function`."""
UNTESTED_FILES: frozenset[str] = frozenset()
"""Source files without a test file of their own name."""

SHARED_CLASS_NAMES: Mapping[str, str] = {}
"""Class names that stand more than once, each with its reason."""

LEFT_OPEN = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")) + r")\b")
UNEXPLAINED_IGNORE = re.compile(r"#\s*type:\s*ignore(?!\[[a-z, -]+\]\s+#\s\S)")
RAW_SERVER = re.compile(r"\b(asyncio\.start_(unix_)?server|loop(\(\))?\.create_(unix_)?server)\(")
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(" + "|".join(("wo" + "rk", "ro" + "ot", "opt/wh" + "eels")) + r")/")
INDEX_ADDRESS = re.compile(
    "|".join((
        r"--(extra-)?" + "index-url",
        "--find" + "-links",
        "pypi" + r"\.org",
        "python" + "hosted",
        "registry" + r"\.npmjs",
        r'"res' + 'olved":',
    ))
)  # fmt: skip


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, links not followed (the folders behind them are met under their own names)."""

    def below(folder: Path) -> Iterator[Path]:
        for entry in sorted(folder.iterdir()):
            if entry.name in NOT_OURS or entry.is_symlink() or entry.suffix in {".pyc", ".sqlite", ".db"}:
                continue
            if entry.is_dir():
                yield from below(entry)
            else:
                yield entry

    return tuple(below(ROOT))


def python_files() -> list[Path]:
    return [file for file in files() if file.suffix == ".py"]


def source_files() -> list[Path]:
    return [file for file in python_files() if file.relative_to(ROOT).parts[0] in FOLDERS]


@cache
def text(file: Path) -> str:
    """What is in the file; a file that is not text counts as empty."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def places(pattern: re.Pattern[str], among: list[Path] | tuple[Path, ...]) -> list[str]:
    """`file:line: text` of every line that the pattern finds."""
    return [
        f"{name(file)}:{number}: {line.strip()[:100]}"
        for file in among
        if pattern.search(text(file))
        for number, line in enumerate(text(file).splitlines(), 1)
        if pattern.search(line)
    ]


def judge(found: Iterable[str], exempt: frozenset[str], rule: str) -> None:
    """Fail where something is found that is not exempt, or exempt and not found."""
    extra, stale = sorted({*found} - exempt), sorted(exempt - {*found})
    assert not extra, f"{rule}\n" + "\n".join(extra)
    assert not stale, "no longer exempt from anything, remove:\n" + "\n".join(stale)


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file with its number of lines, its docstring not counted."""
    for node in ast.walk(ast.parse(text(file))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first, last = node.lineno, node.end_lineno or node.lineno
            documented = ast.get_docstring(node, clean=False) is not None
            docstring = (node.body[0].end_lineno or 0) - node.body[0].lineno + 1 if documented else 0
            yield node.name, last - first + 1 - docstring


def test_the_walk_finds_the_house() -> None:
    assert {file.relative_to(ROOT).parts[0] for file in source_files()} == set(FOLDERS)


def test_no_file_is_too_long() -> None:
    found = {name(file) for file in python_files() if text(file).count("\n") > FILE_LINES_MAX}
    judge(found, LONG_FILES, f"more than {FILE_LINES_MAX} lines: which concept can move out?")


def test_no_function_is_too_long() -> None:
    found = {
        f"{name(file)}::{function}"
        for file in python_files()
        for function, lines in functions(file)
        if lines > FUNCTION_LINES_MAX
    }
    judge(found, LONG_FUNCTIONS, f"more than {FUNCTION_LINES_MAX} lines, docstring aside: which step has a name?")


def test_every_source_file_has_its_test_file() -> None:
    def its_test(file: Path) -> Path:
        folder, *rest = file.relative_to(ROOT).parts
        inner = rest[:-1] if (folder, rest[0]) == ("tidegate", "cli") else [folder, *rest[:-1]]
        return ROOT.joinpath("tests", *inner, f"test_{file.name}")

    ours = [file for file in source_files() if not file.name.startswith(("__", "test_"))]
    found = {name(file) for file in ours if not its_test(file).exists()}
    judge(found, UNTESTED_FILES, "no test file of this name: X/y.py is tested by tests/X/test_y.py")


def test_no_folder_is_a_hall() -> None:
    count = Counter(file.parent for file in source_files() if not file.name.startswith("__"))
    found = {f"{name(folder)}: {files}" for folder, files in count.items() if files > FOLDER_FILES_MAX}
    judge(found, frozenset(), f"more than {FOLDER_FILES_MAX} files: which of them make a room of their own?")


def test_a_class_name_means_one_thing() -> None:
    count = Counter(
        node.name
        for file in source_files()
        for node in ast.walk(ast.parse(text(file)))
        if isinstance(node, ast.ClassDef)
    )
    found = {name for name, classes in count.items() if classes > 1}
    judge(found, frozenset(SHARED_CLASS_NAMES), "two classes of one name: which of them has a better one?")


def circles(arrows: Mapping[str, Iterable[str]]) -> list[str]:
    """What is left of a graph when all that leads to no circle is taken away, again and again."""
    left = {node: {*targets} for node, targets in arrows.items()}
    while loose := {node for node, targets in left.items() if not targets & left.keys()}:
        left = {node: targets for node, targets in left.items() if node not in loose}
    return sorted(left)


def test_a_circle_is_noticed() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": ["b"], "d": []}) == ["a", "b", "c"]
    assert circles({"a": ["b"], "b": ["c"], "c": []}) == []


def test_no_files_import_each_other_in_a_circle() -> None:
    """Imports under TYPE_CHECKING count. Between rooms import-linter sees to it (pyproject.toml)."""
    graph = grimp.build_graph("tidegate", exclude_type_checking_imports=False)
    assert len(graph.modules) > len(source_files()) / 2
    judge(
        circles({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}), frozenset(), ""
    )


def test_every_room_says_what_it_is_and_may_import() -> None:
    rooms = [file for file in source_files() if file.name == "__init__.py" and len(file.relative_to(ROOT).parts) > 2]
    judge([name(room) for room in rooms if not ast.get_docstring(ast.parse(text(room)))], frozenset(), "say it")


def test_no_name_is_vague() -> None:
    found = {name(file) for file in files() if VAGUE_NAMES & {*file.relative_to(ROOT).parts[:-1], file.stem}}
    judge(found, frozenset(), "name the concept instead")


def test_nothing_is_left_open() -> None:
    judge(places(LEFT_OPEN, files()), frozenset(), "finish it, or write an issue")


def test_every_type_ignore_has_a_code_and_a_reason() -> None:
    others = [file for file in python_files() if file != Path(__file__)]
    judge(places(UNEXPLAINED_IGNORE, others), frozenset(), "write it as `type: ignore[code]  # reason`")


@pytest.mark.parametrize(
    "pattern", [MACHINE_PATH, INDEX_ADDRESS], ids=["a machine's path", "a package index's address"]
)
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    judge(places(pattern, files()), frozenset(), "what is true of one machine only stays out of the project")


def test_no_test_starts_a_server_of_its_own() -> None:
    found = {name(file) for file in python_files() if name(file).startswith("tests/") and RAW_SERVER.search(text(file))}
    judge(found, frozenset({"tests/serving.py"}), "tests/serving.py starts servers that leave nothing open")


def test_every_folder_of_ours_is_linked_typed_and_a_package() -> None:
    for folder in FOLDERS[1:]:
        assert (ROOT / "tidegate" / folder).readlink() == Path("..", folder)
    for folder in FOLDERS:
        assert (ROOT / folder / "py.typed").exists()
    below = {file.parent for file in python_files() if file.relative_to(ROOT).parts[0] in {*FOLDERS, "tests"}}
    bare = {name(folder) for folder in below if not (folder / "__init__.py").exists()}
    judge(bare, frozenset(), "these folders have no __init__.py")


def pins(lock: str) -> dict[str, str]:
    """Package → version of a lock file, environment markers left out."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text(ROOT / "requirements" / lock), re.MULTILINE))


def test_the_product_is_tested_with_the_versions_it_is_locked_to() -> None:
    runtime, dev = pins("runtime.txt"), pins("dev.txt")
    assert runtime
    assert {package: dev.get(package) for package in runtime} == runtime


@pytest.mark.parametrize("lock", ["build.txt", "dev.txt", "docs.txt", "runtime.txt", "wire.txt"])
def test_every_locked_package_has_a_hash(lock: str) -> None:
    blocks = re.split(r"\n(?=\S)", text(ROOT / "requirements" / lock))
    bare = {block.split()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block}
    judge(bare, frozenset(), "no hash")


def test_no_text_shows_a_bare_import() -> None:
    """The import name is tidegate.<folder>. Ruff sees to the code; this sees to what people copy."""
    bare = re.compile(rf"^\s*(from|import) ({'|'.join(FOLDERS[1:])})\b")
    judge(places(bare, [file for file in files() if file.suffix == ".md"]), frozenset(), "write tidegate.<folder>")
