"""The adapters that stand beside a vendor file, read from their source: classes, and methods with their signatures.

Nothing is imported and nothing is run. Where there is no adapter, it says how an SDK is pointed at the gateway.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

from tidegate.vendor.vendor import Vendor

FILES_MAX = 20
"""So many files beside the vendor file are read."""
FILE_BYTES_MAX = 1_048_576


@dataclass(frozen=True, slots=True)
class AdapterClass:
    """A class, with each public method as it is written."""

    name: str
    says: str
    methods: tuple[str, ...]


def adapters_beside(folder: Path) -> list[AdapterClass]:
    """The adapters' classes: those with public methods, in files that are no tests."""
    files = [file for file in sorted(folder.glob("*.py")) if not file.name.startswith(("_", "test_", "conftest"))]
    return [found for file in files[:FILES_MAX] for found in _classes(file)]


def _classes(file: Path) -> list[AdapterClass]:
    try:
        if file.stat().st_size > FILE_BYTES_MAX:
            return []
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError, RecursionError):  # what cannot be read is no adapter
        return []
    found = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            methods = [
                inner for inner in node.body
                if isinstance(inner, ast.AsyncFunctionDef | ast.FunctionDef) and not inner.name.startswith("_")
                and not inner.decorator_list
            ]  # fmt: skip
            if methods:
                says = (ast.get_docstring(node) or "").partition("\n")[0]
                found.append(AdapterClass(node.name, says, tuple(map(_signature, methods))))
    return found


def _signature(node: ast.AsyncFunctionDef | ast.FunctionDef) -> str:
    """The line of a method without its `self`."""
    arguments = ast.unparse(node.args)
    arguments = arguments.removeprefix("self, ").removeprefix("self")
    gives = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    return f"{'async ' if isinstance(node, ast.AsyncFunctionDef) else ''}def {node.name}({arguments}){gives}"


def adapter_interface(vendor: Vendor, adapters: list[AdapterClass]) -> str:
    """The section."""
    auth = vendor.facts.auth
    slot = {"header": f"`{auth.header}`", "query": f"the query's `{auth.parameter}`"}.get(
        auth.scheme, "`Authorization`"
    )
    address = f"The gateway is `http://<tidegate>:8080/{vendor.vendor}`; the app's own Tidegate token goes into {slot}."
    if not adapters:
        return (
            "No adapter stands beside the vendor file: apps use the vendor's SDK, its base URL set to the gateway. "
            f"{address}"
        )
    parts = [address + " A method raises a `VendorFailure` of `tidegate.adapters` and nothing else."]
    for adapter in adapters:
        code = "\n".join(adapter.methods)
        parts.append(f"`{adapter.name}`: {adapter.says or 'an adapter.'}\n\n```python\n{code}\n```")
    return "\n\n".join(parts)
