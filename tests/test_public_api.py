"""What is public: each package's names are sorted, importable and documented, and its page's example runs."""

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import tidegate.adapters
import tidegate.simulator
import tidegate.testing

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (tidegate.adapters, tidegate.simulator, tidegate.testing)
package = pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)


def page(package: ModuleType) -> str:
    return (ROOT / "docs" / "api" / f"{package.__name__.removeprefix('tidegate.')}.md").read_text(encoding="utf-8")


@package
def test_the_public_names_are_sorted_and_each_can_be_imported(package: ModuleType) -> None:
    assert package.__all__ == sorted(set(package.__all__))
    assert all(getattr(package, name) is not None for name in package.__all__)


@package
def test_nothing_else_is_public(package: ModuleType) -> None:
    """Files and folders of the package are there as modules, once something has imported them."""
    names = {name for name, value in vars(package).items() if not isinstance(value, ModuleType)}
    assert {name for name in names if not name.startswith("_")} <= set(package.__all__)


@package
def test_a_name_that_is_not_public_is_an_error_as_everywhere(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'Nothing'"):
        _ = package.Nothing


@package
def test_each_public_name_has_a_docstring_and_a_sentence_on_the_page(package: ModuleType) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", page(package), re.MULTILINE))
    assert set(package.__all__) <= set(rows)
    assert [name for name in package.__all__ if not rows[name].endswith(".")] == []
    code = [getattr(package, name) for name in package.__all__ if name != "Step"]  # a type alias can have none
    assert [part for part in code if not part.__doc__] == []


@package
@pytest.mark.slow
def test_the_example_on_the_page_runs(package: ModuleType, tmp_path: Path) -> None:
    [example] = re.findall(r"^```python\n(.*?)^```", page(package), re.MULTILINE | re.DOTALL)
    (tmp_path / "test_example.py").write_text(example)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:asyncio"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert f"{example.count('def test_')} passed" in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.parametrize("name", ["simulator", "testing"])
def test_a_package_that_is_slow_to_import_imports_nothing_until_it_is_used(name: str) -> None:
    program = f"import sys, tidegate.{name}\nprint(*(name for name in sys.modules if name.startswith('tidegate')))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["tidegate", f"tidegate.{name}"]
