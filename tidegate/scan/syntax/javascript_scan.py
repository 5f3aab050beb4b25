"""The scan of a JavaScript or TypeScript file: hosts, SDKs, timeouts, retries, swallowed failures, keys and imports."""

import re

from tidegate.scan.literal_keys import KEY_NAME, known_key, looks_like_key
from tidegate.scan.scan_context import ScanContext
from tidegate.scan.syntax.javascript_names import FUNCTIONS, JavaScriptNames
from tidegate.scan.syntax.syntax_tree import Node, arguments, field_text, place, unquoted, walk
from tidegate.scan.vendor_sdks import JAVASCRIPT, sdk_of

_LOOPS = frozenset({"for_statement", "while_statement", "do_statement", "for_in_statement"})
_AXIOS = re.compile(r"axios(?:\.(?:get|post|put|patch|delete|head|options|request))?")
_VERBS = re.compile(r"\.(?:get|post|put|patch|delete|head|options|request)$")
_GOT = re.compile(r"(?:got|needle|superagent)(?:\.(?:get|post|put|patch|delete|head|request))?")
_RETRIERS = frozenset(
    {"axios-retry", "p-retry", "async-retry", "retry", "exponential-backoff", "fetch-retry", "promise-retry"}
)
_SPEAKS = re.compile(r"^(?:console|log|logger)\.")
_LEAVES = frozenset({"return_statement", "break_statement"})
_TRY_WORD = re.compile(r"attempt|retr|tries|\btry|delay|wait|backoff", re.IGNORECASE)
_STATUS = re.compile(r"\.(?:status|ok|statusCode)\b")


class JavaScriptScan:
    """One file."""

    def __init__(self, root: Node, context: ScanContext) -> None:
        self._root, self._context = root, context
        self.names = JavaScriptNames(root)
        self._retrier = any(module in _RETRIERS for _, module in self.names.imports)
        self._own_fetch = any(
            node.kind() == "function_declaration" and field_text(node, "name") == "fetch" for node in walk(root)
        )

    def run(self) -> None:
        """Look for everything."""
        for node in walk(self._root):
            kind = node.kind()
            if kind in ("string", "template_string"):
                self._text(node)
            elif kind in ("call_expression", "new_expression"):
                self._call(node)
            elif kind in _LOOPS:
                self._loop(node)
            elif kind == "try_statement":
                self._caught(node)
            elif kind == "pair" and field_text(node, "key").strip("'\"").lower() in ("authorization", "x-api-key"):
                self._key(node.field("value"), "")
        self._imports()

    def vendor_call(self, call: Node) -> tuple[bool, str]:
        """Whether a call goes out by HTTP or through an SDK, and to which vendor, where that is known."""
        function = field_text(call, "function")
        if call.kind() != "call_expression" or not function:
            return False, ""
        sdk = self.names.client_called(function)
        if sdk is not None:
            return "webhooks" not in function, sdk.vendor
        return self._is_http(function), self._vendor_of_url(call)

    def _is_http(self, function: str) -> bool:
        root = function.partition(".")[0]
        if function in ("fetch", "window.fetch", "globalThis.fetch", "$fetch"):
            return not self._own_fetch
        if _AXIOS.fullmatch(function) or _GOT.fullmatch(function):
            return root in self.names.imported
        holder = _VERBS.sub("", function)
        return holder != function and holder in self.names.instances

    # --- texts -------------------------------------------------------------------------------------------------------

    def _text(self, node: Node) -> None:
        value, test = unquoted(node), self._context.file.is_test
        parent = node.parent()
        if test or (parent is not None and parent.kind() in ("import_statement", "expression_statement")):
            return
        vendor = known_key(value)
        if vendor:
            self._report(node, "literal-key", f"a key of {vendor} stands here as a literal", vendor)
        found = self._context.hosts.in_text(value)
        if found is not None and not self._only_spoken_of(node):
            self._report(node, "bypass-host", f"{found[0]} is {found[1]}'s own host", found[1])

    def _only_spoken_of(self, node: Node) -> bool:
        for at, holder in enumerate(node.ancestors()):
            if at > 4 or holder.kind() in ("statement_block", "program"):
                return False
            if holder.kind() == "binary_expression" and re.search(r"[!=]==?", holder.text()):
                return True
            if holder.kind() == "new_expression" and field_text(holder, "constructor").endswith("Error"):
                return True
            if holder.kind() == "call_expression" and _SPEAKS.match(field_text(holder, "function")):
                return True
        return False

    def _key(self, node: Node | None, vendor: str) -> None:
        if node is None or node.kind() not in ("string", "template_string") or self._context.file.is_test:
            return
        value = unquoted(node)
        if "${" not in value and not known_key(value) and looks_like_key(value):
            self._report(node, "literal-key", "a key stands here as a literal", vendor)

    # --- calls -------------------------------------------------------------------------------------------------------

    def _call(self, call: Node) -> None:
        function = field_text(call, "function")
        if call.kind() == "call_expression":
            self._timeout(call, function)
            self._swallowed(call)
            if self._retrier and self.names.imported.get(function.partition(".")[0], ("",))[0] in _RETRIERS:
                self._report(call, "retry-loop", f"{function} sends calls again", "")
        known = self.names.client_of(call)
        if known is None or self._context.file.is_test:
            return
        sdk, client = known
        given = arguments(call)
        for argument in given[:2]:
            self._key(argument, sdk.vendor)
        for pair in (one for argument in given for one in walk(argument) if one.kind() == "pair"):
            name = field_text(pair, "key")
            if KEY_NAME.search(name):
                self._key(pair.field("value"), sdk.vendor)
            if name in ("maxRetries", "maxNetworkRetries") and re.fullmatch(r"[1-9]\d*", field_text(pair, "value")):
                self._report(pair, "retry-loop", f"the client of {sdk.vendor} is told to retry", sdk.vendor)
        redirects = sdk.clients[client]
        options = [one for one in given if one.kind() not in ("string", "template_string", "member_expression")]
        led = any(re.search(rf"\b{word}\b", one.text()) for word in redirects for one in options)
        unseen = any(one.kind() in ("identifier", "spread_element") for one in options[-1:]) and len(given) > 0
        spread = any(inner.kind() == "spread_element" for one in options for inner in walk(one))
        if not led and not spread and not (unseen and options[-1].kind() != "identifier"):
            if unseen and redirects and not _looks_like_name_of_key(options[-1].text()):
                return
            cure = f": give it {redirects[0]}" if redirects else ""
            self._report(call, "bypass-sdk", f"{sdk.vendor}'s client calls it itself{cure}", sdk.vendor)

    def _timeout(self, call: Node, function: str) -> None:
        if not self._is_http(function):
            return
        given = arguments(call)
        root = function.partition(".")[0]
        holder = _VERBS.sub("", function)
        if holder in self.names.instances:
            bound = self.names.instances[holder]
        elif root == "axios":
            bound = "axios" in self._context.tree.timed
        else:
            bound = False
        text = call.field("arguments").text()
        word = "signal" if function.endswith("fetch") else "timeout"
        seen = re.search(rf"\b(?:{word}|signal)\b", text) is not None
        options = given[1:] if function.endswith("fetch") or not function.startswith("axios.") else given
        unseen = any(one.kind() in ("identifier", "call_expression", "member_expression") for one in options[-1:])
        unseen = unseen and (function.endswith("fetch") or len(given) > 1 or root == function)
        spread = "..." in text
        if not bound and not seen and not unseen and not spread:
            self._report(call, "no-timeout", f"{function} waits for ever: it has no {word}", "")

    # --- retries and swallowed failures -------------------------------------------------------------------------

    def _calls(self, node: Node) -> list[tuple[Node, str]]:
        found = []
        for inner in walk(node, FUNCTIONS):
            if inner.kind() == "call_expression":
                out, vendor = self.vendor_call(inner)
                if out:
                    found.append((inner, vendor))
        return found

    def _loop(self, loop: Node) -> None:
        body = loop.field("body")
        calls = self._calls(body) if body is not None else []
        if not calls or (loop.kind() == "for_in_statement" and not _TRY_WORD.search(field_text(loop, "left"))):
            return
        bound = {
            field_text(node, "name") or field_text(node, "left")
            for node in walk(body, FUNCTIONS)
            if node.kind() in ("variable_declarator", "assignment_expression")
        }
        sent = " ".join(call.field("arguments").text() for call, _ in calls)
        if any(name and not _TRY_WORD.search(name) and re.search(rf"\b{re.escape(name)}\b", sent) for name in bound):
            return
        counter = re.search(r"(?:let|var)\s+(\w+)", field_text(loop, "initializer"))
        if counter and re.search(rf"\b{counter[1]}\b", sent):
            return
        tried = [node for node in walk(body, FUNCTIONS) if node.kind() == "try_statement"]
        again = any(self._goes_on(node) and self._calls(node.field("body")) for node in tried)
        waits = re.search(r"\b(?:sleep|delay|wait|setTimeout|backoff)\b", body.text()) is not None
        leaves = any(node.kind() in _LEAVES for node in walk(body, FUNCTIONS))
        status = any(
            _STATUS.search(field_text(node, "condition"))
            for node in walk(body, FUNCTIONS)
            if node.kind() == "if_statement"
        )
        if again or (waits and leaves and status):
            self._report(loop, "retry-loop", "this loop sends a call again by itself", calls[0][1])

    @staticmethod
    def _goes_on(node: Node) -> bool:
        """Whether success leaves the loop, and failure may not."""
        body, handler = node.field("body"), node.field("handler")
        leaves = any(inner.kind() in _LEAVES for inner in walk(body, FUNCTIONS)) if body is not None else False
        if handler is None or not leaves:
            return False
        statements = [one for one in handler.field("body").children() if one.is_named() and one.kind() != "comment"]
        return not statements or statements[-1].kind() not in ("throw_statement", *_LEAVES)

    def _caught(self, node: Node) -> None:
        body, handler = node.field("body"), node.field("handler")
        calls = self._calls(body) if body is not None and handler is not None else []
        if not calls:
            return
        name = field_text(handler, "parameter")
        caught = handler.field("body")
        used = bool(name) and any(
            re.search(rf"\b{re.escape(name)}\b", one.text()) and not _SPEAKS.match(one.text().strip())
            for one in caught.children()
            if one.is_named() and one.kind() != "comment"
        )
        throws = any(inner.kind() == "throw_statement" for inner in walk(caught, FUNCTIONS))
        if not used and not throws and "reject(" not in caught.text():
            self._report(handler, "catch-all", "this `catch` swallows every failure of the call in it", calls[0][1])

    def _swallowed(self, call: Node) -> None:
        """`.catch(() => {})`."""
        function = call.field("function")
        if function is None or field_text(function, "property") != "catch":
            return
        given = arguments(call)
        inner = function.field("object")
        if (
            not given
            or inner is None
            or not re.fullmatch(r"(?:async\s*)?\(?\s*\w*\s*\)?\s*=>\s*(?:\{\s*\}|null|undefined)", given[0].text())
        ):
            return
        calls = self._calls(inner)
        if calls:
            self._report(call, "catch-all", "this `.catch` swallows every failure of the call", calls[0][1])

    def _imports(self) -> None:
        if self._context.file.is_test or self._context.file.is_adapter:
            return
        for node, module in self.names.imports:
            sdk = sdk_of(module, JAVASCRIPT, "/")
            if sdk is not None:
                self._report(node, "vendor-type", f"{module} is imported outside an adapter", sdk.vendor)

    def _vendor_of_url(self, call: Node) -> str:
        for node in walk(call):
            if node.kind() in ("string", "template_string"):
                found = self._context.hosts.in_text(unquoted(node))
                if found is not None:
                    return found[1]
        return ""

    def _report(self, node: Node, rule: str, message: str, vendor: str) -> None:
        self._context.report(rule, *place(node), message, vendor)


def _looks_like_name_of_key(text: str) -> bool:
    """Whether an argument is a key in a variable, and no options."""
    return re.search(r"key|token|secret|sid|password", text, re.IGNORECASE) is not None
