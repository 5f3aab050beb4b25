"""The scan of a Go file: hosts, SDKs, timeouts, retries, dropped errors, keys and imports."""

import re

from tidegate.scan.literal_keys import known_key, looks_like_key
from tidegate.scan.scan_context import ScanContext
from tidegate.scan.syntax.syntax_tree import Node, arguments, field_text, place, unquoted, walk
from tidegate.scan.vendor_sdks import GO, VendorSdk, sdk_of

_TEXTS = frozenset({"interpreted_string_literal", "raw_string_literal"})
_FUNCTIONS = frozenset({"func_literal"})
_VERSION = re.compile(r"v\d+")
_PACKAGE_CALLS = frozenset({"Get", "Head", "Post", "PostForm"})
_DO = re.compile(r"\.(?:Do|Get|Head|Post|PostForm)$")
_SPEAKS = re.compile(r"^(?:log|fmt|errors|slog|zap)\.")
_TRY_WORD = re.compile(r"attempt|retr|tries|\btry|delay|wait|backoff|err", re.IGNORECASE)
_BOUND = re.compile(r"context\.With(?:Timeout|Deadline)")
_RETRY_CALLS = frozenset({"Retry", "Do", "RetryNotify", "NewClient", "Fibonacci", "Exponential", "Constant"})
_RETRIERS = ("github.com/cenkalti/backoff", "github.com/avast/retry-go", "github.com/hashicorp/go-retryablehttp",
             "github.com/sethvargo/go-retry")  # fmt: skip


class GoScan:
    """One file."""

    def __init__(self, root: Node, context: ScanContext) -> None:
        self._root, self._context = root, context
        self._packages: dict[str, str] = {}
        self._imports: list[tuple[Node, str]] = []
        self._clients: dict[str, VendorSdk] = {}
        self._http: set[str] = set()
        """Variables that hold an `http.Client`."""
        for node in walk(root):
            if node.kind() == "import_spec":
                self._learn_import(node)
        for node in walk(root):
            if node.kind() in ("short_var_declaration", "assignment_statement", "var_spec"):
                self._learn_value(node)

    def run(self) -> None:
        """Look for everything."""
        for node in walk(self._root):
            kind = node.kind()
            if kind in _TEXTS:
                self._text(node)
            elif kind == "call_expression":
                self._call(node)
            elif kind == "composite_literal":
                self._literal(node)
            elif kind == "for_statement":
                self._loop(node)
            elif kind in ("short_var_declaration", "assignment_statement"):
                self._dropped(node)
        for node, module in self._imports:
            sdk = sdk_of(module, GO, "/")
            if sdk is not None and not self._context.file.is_test and not self._context.file.is_adapter:
                self._report(node, "vendor-type", f"{module} is imported outside an adapter", sdk.vendor)

    def _learn_import(self, node: Node) -> None:
        path = node.field("path")
        if path is None:
            return
        module = unquoted(path)
        parts = [part for part in module.split("/") if not _VERSION.fullmatch(part)]
        name = field_text(node, "name") or parts[-1].removeprefix("go-").removesuffix("-go").removesuffix(".go")
        self._packages[name] = module
        self._imports.append((node, module))

    def _learn_value(self, node: Node) -> None:
        left, right = field_text(node, "left") or field_text(node, "name"), field_text(node, "right")
        right = right or field_text(node, "value")
        name = left.partition(",")[0].strip()
        called = right.partition("(")[0].removeprefix("&").strip()
        sdk = self._sdk(called.partition(".")[0])
        if sdk is not None and called.partition(".")[2] in sdk.clients:
            self._clients[name] = sdk
        elif called.startswith("http.Client{") or right.lstrip("&").startswith("http.Client{"):
            self._http.add(name)

    def _sdk(self, package: str) -> VendorSdk | None:
        module = self._packages.get(package, "")
        return sdk_of(module, GO, "/") if module else None

    def vendor_call(self, call: Node) -> tuple[bool, str]:
        """Whether a call goes out, and to which vendor, where that is known."""
        function = field_text(call, "function")
        root, _, rest = function.partition(".")
        if root == "http" and (rest in _PACKAGE_CALLS or rest.startswith("DefaultClient.")):
            return True, self._vendor_of_url(call)
        holder = _DO.sub("", function)
        if holder != function and (holder in self._http or re.search(r"(?:http)?[cC]lient$", holder)):
            return holder in self._http or function.endswith(".Do"), self._vendor_of_url(call)
        sdk = self._clients.get(root)
        if sdk is not None and rest:
            return True, sdk.vendor
        sdk = self._sdk(root)
        made = sdk is not None and (rest in sdk.clients or not re.match(r"(?:New|Get|Create|Update|Del|List)$", rest))
        return sdk is not None and not made, sdk.vendor if sdk is not None else ""

    def _text(self, node: Node) -> None:
        parent = node.parent()
        if self._context.file.is_test or (parent is not None and parent.kind() == "import_spec"):
            return
        value = unquoted(node)
        vendor = known_key(value)
        if vendor:
            self._report(node, "literal-key", f"a key of {vendor} stands here as a literal", vendor)
        found = self._context.hosts.in_text(value)
        if found is not None and not self._only_spoken_of(node):
            self._report(node, "bypass-host", f"{found[0]} is {found[1]}'s own host", found[1])

    @staticmethod
    def _only_spoken_of(node: Node) -> bool:
        for at, holder in enumerate(node.ancestors()):
            if at > 4 or holder.kind() == "block":
                return False
            if holder.kind() == "binary_expression" and re.search(r"[!=]=", holder.text()):
                return True
            function = field_text(holder, "function") if holder.kind() == "call_expression" else ""
            if _SPEAKS.match(function) and not function.startswith("fmt.Sprint"):
                return True
        return False

    def _call(self, call: Node) -> None:
        function = field_text(call, "function")
        root, _, rest = function.partition(".")
        bounded = self._is_bounded(call)
        if root == "http" and (rest in _PACKAGE_CALLS or rest == "DefaultClient.Do") and not bounded:
            self._report(call, "no-timeout", f"{function} waits for ever: http.DefaultClient has no timeout", "")
        if rest in _RETRY_CALLS and self._packages.get(root, "").startswith(_RETRIERS):
            self._report(call, "retry-loop", f"{function} sends calls again", "")
        sdk = self._sdk(root)
        if sdk is None or rest not in sdk.clients or self._context.file.is_test:
            return
        given = arguments(call)
        for argument in given[:2]:
            if argument.kind() in _TEXTS and not known_key(unquoted(argument)) and looks_like_key(unquoted(argument)):
                self._report(argument, "literal-key", "a key stands here as a literal", sdk.vendor)
        text = call.text() + field_text_of(call.parent())
        if not any(word in text for word in sdk.clients[rest]) and "..." not in call.text():
            cure = f": use {sdk.clients[rest][0]}" if sdk.clients[rest] else ""
            self._report(call, "bypass-sdk", f"{function} calls {sdk.vendor} itself{cure}", sdk.vendor)

    def _literal(self, node: Node) -> None:
        """`http.Client{}` without a Timeout."""
        endless = field_text(node, "type") == "http.Client" and "Timeout" not in field_text(node, "body")
        if endless and not self._is_bounded(node):
            self._report(node, "no-timeout", "this http.Client has no Timeout", "")

    @staticmethod
    def _is_bounded(node: Node) -> bool:
        """Whether the function around it bounds a context."""
        for holder in node.ancestors():
            if holder.kind() in ("function_declaration", "method_declaration", "func_literal"):
                return _BOUND.search(holder.text()) is not None
        return False

    def _calls(self, node: Node) -> list[tuple[Node, str]]:
        found = []
        for inner in walk(node, _FUNCTIONS):
            if inner.kind() == "call_expression":
                out, vendor = self.vendor_call(inner)
                if out:
                    found.append((inner, vendor))
        return found

    def _loop(self, loop: Node) -> None:
        body = loop.field("body")
        calls = self._calls(body) if body is not None else []
        if not calls:
            return
        ranged = next((one for one in loop.children() if one.kind() in ("range_clause", "for_clause")), None)
        sent = " ".join(call.field("arguments").text() for call, _ in calls)
        counted = field_text(ranged, "left") if ranged is not None and ranged.kind() == "range_clause" else ""
        names = {name.strip() for name in counted.split(",")}
        if ranged is not None and ranged.kind() == "for_clause":
            names |= {field_text(ranged, "initializer").partition(":=")[0].strip()}
        for node in walk(body, _FUNCTIONS):
            if node.kind() in ("short_var_declaration", "assignment_statement"):
                names |= {name.strip() for name in field_text(node, "left").split(",")}
        used = {name for name in names if name and name != "_" and not _TRY_WORD.search(name)}
        if any(re.search(rf"\b{re.escape(name)}\b", sent) for name in used):
            return
        leaves = any(node.kind() in ("return_statement", "break_statement") for node in walk(body, _FUNCTIONS))
        text = body.text()
        waits = re.search(r"time\.(?:Sleep|After)|\bcontinue\b", text) is not None
        judged = re.search(r"err\s*[!=]=\s*nil|StatusCode", text) is not None
        if leaves and waits and judged and (counted == "" or "range" not in loop.text().partition("{")[0]):
            self._report(loop, "retry-loop", "this loop sends a call again by itself", calls[0][1])

    def _dropped(self, node: Node) -> None:
        """`answer, _ := http.Get(…)`."""
        left, right = field_text(node, "left"), node.field("right")
        if right is None or not re.search(r"(?:^|,)\s*_\s*$", left):
            return
        whole = [one for one in right.children() if one.is_named()]
        if len(whole) == 1 and whole[0].kind() == "call_expression":
            out, vendor = self.vendor_call(whole[0])
            if out:
                self._report(node, "catch-all", "the error of this call is dropped", vendor)

    def _vendor_of_url(self, call: Node) -> str:
        for node in walk(call):
            if node.kind() in _TEXTS:
                found = self._context.hosts.in_text(unquoted(node))
                if found is not None:
                    return found[1]
        return ""

    def _report(self, node: Node, rule: str, message: str, vendor: str) -> None:
        self._context.report(rule, *place(node), message, vendor)


def field_text_of(node: Node | None) -> str:
    """The rest of a chain of calls: `github.NewClient(nil).WithEnterpriseURLs(…)`."""
    return str(node.text()) if node is not None and node.kind() == "selector_expression" else ""
