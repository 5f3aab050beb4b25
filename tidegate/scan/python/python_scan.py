"""The scan of a Python file by its syntax tree: hosts, SDKs, timeouts, keys and imports. Loops are python_flow's."""

import ast
from collections.abc import Mapping

from tidegate.scan.literal_keys import KEY_NAME, known_key, looks_like_key
from tidegate.scan.python.http_calls import goes_out, library, made_without_timeout, waits_for_ever
from tidegate.scan.python.python_flow import find_flow
from tidegate.scan.python.python_names import PythonNames, is_open, keyword
from tidegate.scan.scan_context import ScanContext, TreeKnowledge
from tidegate.scan.vendor_sdks import PYTHON, VendorSdk, sdk_of

_SPEAKS = ("logging.", "log.", "logger.", "warnings.")
_NOT_OUT = ("error", "errors", "exceptions", "types", "Webhook", "webhooks", "webhook_endpoint", "signature", "util")
"""Parts of an SDK that call nobody."""


def parse_python(text: str) -> ast.Module | None:
    """The tree of a file; None where it is no Python of this version."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def learn_python(tree: ast.Module, known: TreeKnowledge) -> None:
    """Learn what a file says for others: `stripe.api_base = …`, `socket.setdefaulttimeout(…)`."""
    names = PythonNames(tree)
    for node in names.nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                name = names.of(target)
                sdk = sdk_of(name.partition(".")[0], PYTHON)
                if sdk is not None and name.rpartition(".")[2] in sdk.settings:
                    known.redirected.add(sdk.vendor)
                if isinstance(target, ast.Attribute) and target.attr == "request" and "Session()" in name:
                    known.timed.add("requests")
        elif isinstance(node, ast.Call) and names.of(node.func) == "socket.setdefaulttimeout":
            known.timed.add("urllib")
        elif isinstance(node, ast.ClassDef) and any("Timeout" in node.name and names.of(base) for base in node.bases):
            known.timed.add("requests")  # an adapter or a session of the app's own, made for just this


class PythonScan:
    """One file."""

    def __init__(self, tree: ast.Module, context: ScanContext) -> None:
        self._context = context
        self.names = PythonNames(tree)
        self._parents: Mapping[ast.AST, ast.AST] = self.names.parents
        self._module_calls: set[str] = set()

    def run(self) -> None:
        """Look for everything."""
        for node in self.names.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self._text(node, node.value)
            elif isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.Assign):
                self._assigned(node)
            elif isinstance(node, ast.Dict):
                self._headers(node)
        self._imports()
        find_flow(self.names, self.vendor_call, self._report)

    def vendor_call(self, call: ast.Call) -> tuple[bool, str]:
        """Whether a call goes out by HTTP or through an SDK, and to which vendor, where that is known."""
        name = self.names.of(call.func)
        if goes_out(name):
            return True, self._vendor_of_url(call)
        sdk = self._sdk(name)
        if sdk is None:
            return False, ""
        rest = name.split(".")[1:]
        last = rest[-1] if rest else ""
        made = any(name == f"{module}.{client}" for module in sdk.modules for client in sdk.clients)
        local = made or any(part in _NOT_OUT for part in rest) or last[:1].isupper() or not rest
        return not local, sdk.vendor

    # --- texts -------------------------------------------------------------------------------------------------------

    def _text(self, node: ast.Constant, value: str) -> None:
        parent = self._parents.get(node)
        if isinstance(parent, ast.Expr):  # a docstring, or a text that is nothing
            return
        vendor = known_key(value)
        if vendor and not self._context.file.is_test:
            self._report(node, "literal-key", f"a key of {vendor} stands here as a literal", vendor)
        found = self._context.hosts.in_text(value)
        if found is not None and not self._context.file.is_test and not self._only_spoken_of(node):
            self._report(node, "bypass-host", f"{found[0]} is {found[1]}'s own host", found[1])

    def _only_spoken_of(self, node: ast.AST) -> bool:
        """Whether a text is compared with, logged, or part of an error's message."""
        here: ast.AST | None = node
        for _ in range(4):
            here = self._parents.get(here) if here is not None else None
            if isinstance(here, ast.Compare | ast.Raise):
                return True
            if isinstance(here, ast.Call):
                name = self.names.of(here.func) or ast.unparse(here.func)
                if name.startswith(_SPEAKS) or name == "print" or ".warn" in name:
                    return True
        return False

    def _assigned(self, node: ast.Assign) -> None:
        """`stripe.api_key = "…"`."""
        if not isinstance(node.value, ast.Constant) or not isinstance(node.value.value, str):
            return
        for target in node.targets:
            name = self.names.of(target)
            sdk = self._sdk(name)
            if sdk is not None and isinstance(target, ast.Attribute) and KEY_NAME.search(target.attr):
                self._key(node.value, sdk.vendor)

    def _headers(self, node: ast.Dict) -> None:
        """`{"Authorization": "Bearer …"}`."""
        for name, value in zip(node.keys, node.values, strict=True):
            if isinstance(name, ast.Constant) and str(name.value).lower() in ("authorization", "x-api-key", "api-key"):
                self._key(value, "")

    def _key(self, node: ast.expr, vendor: str) -> None:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and not self._context.file.is_test
            and not known_key(node.value)
            and looks_like_key(node.value)
        ):
            self._report(node, "literal-key", "a key stands here as a literal", vendor)

    # --- calls -------------------------------------------------------------------------------------------------------

    def _call(self, call: ast.Call) -> None:
        name = self.names.of(call.func)
        if not name:
            return
        self._timeout(call, name)
        sdk = self._sdk(name)
        if sdk is not None:
            self._sdk_call(call, name, sdk)

    def _timeout(self, call: ast.Call, name: str) -> None:
        given = keyword(call, "timeout")
        none = isinstance(given, ast.Constant) and given.value is None
        endless = isinstance(given, ast.Call) and _is_none(keyword(given, "total"))
        if none or endless:
            if goes_out(name) or made_without_timeout(name) or name.endswith(("Client", "ClientSession")):
                self._report(call, "no-timeout", f"{_short(name)} is given no timeout")
            return
        if given is not None or is_open(call) or library(name) in self._context.tree.timed:
            return
        late = 3 if name.startswith("urllib.") else 99
        if (waits_for_ever(name) or made_without_timeout(name)) and len(call.args) < late:
            self._report(call, "no-timeout", f"{_short(name)} waits for ever: it has no timeout")

    def _sdk_call(self, call: ast.Call, name: str, sdk: VendorSdk) -> None:
        client = next((one for module in sdk.modules for one in sdk.clients if name == f"{module}.{one}"), None)
        if client is not None:
            self._client(call, client, sdk)
        elif (
            sdk.settings
            and "()" not in name
            and not self._context.file.is_test
            and sdk.vendor not in self._module_calls | self._context.tree.redirected
            and self.vendor_call(call)[0]
        ):
            self._module_calls.add(sdk.vendor)
            text = f"{_short(name)} calls {sdk.vendor} itself: set {sdk.modules[0]}.{sdk.settings[0]}"
            self._report(call, "bypass-sdk", text, sdk.vendor)

    def _client(self, call: ast.Call, client: str, sdk: VendorSdk) -> None:
        """An SDK's client is made."""
        keys = [one.value for one in call.keywords if one.arg is not None and KEY_NAME.search(one.arg)]
        for argument in (*keys, *call.args[:2]):
            self._key(argument, sdk.vendor)
        retries = keyword(call, "max_retries") or keyword(call, "max_network_retries")
        if isinstance(retries, ast.Constant) and isinstance(retries.value, int) and retries.value > 0:
            self._report(retries, "retry-loop", f"the client of {sdk.vendor} is told to retry", sdk.vendor)
        redirects = sdk.clients[client]
        led = any(keyword(call, word) is not None for word in redirects) or is_open(call)
        led = led or ("url" in redirects and bool(call.args))
        if not led and not self._context.file.is_test:
            cure = f": give it {redirects[0]}" if redirects else ""
            self._report(call, "bypass-sdk", f"{client} calls {sdk.vendor} itself{cure}", sdk.vendor)

    def _imports(self) -> None:
        if self._context.file.is_test or self._context.file.is_adapter:
            return
        for node, module in self.names.imports:
            sdk = self._sdk(module)
            if sdk is not None:
                self._report(node, "vendor-type", f"{module} is imported outside an adapter", sdk.vendor)

    def _sdk(self, name: str) -> VendorSdk | None:
        root = name.partition(".")[0].partition("(")[0]
        return sdk_of(root, PYTHON) if root and root not in self._context.tree.own_modules else None

    def _vendor_of_url(self, call: ast.Call) -> str:
        for node in ast.walk(call):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = self._context.hosts.in_text(node.value)
                if found is not None:
                    return found[1]
        return ""

    def _report(self, node: ast.AST, rule: str, message: str, vendor: str = "") -> None:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        self._context.report(rule, line, column, message, vendor)


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _short(name: str) -> str:
    return name.replace("()", "")
