"""What names stand for in a JavaScript or TypeScript file: imports, and variables that hold a client or an instance."""

from tidegate.scan.syntax.syntax_tree import Node, arguments, field_text, unquoted, walk
from tidegate.scan.vendor_sdks import JAVASCRIPT, VendorSdk, sdk_of

FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition", "class_body"}
)


class JavaScriptNames:
    """The names of one file."""

    def __init__(self, root: Node) -> None:
        self.imported: dict[str, tuple[str, str]] = {}
        """Local name → module and what is imported of it: a name, `default`, or empty for all."""
        self.imports: list[tuple[Node, str]] = []
        self.clients: dict[str, VendorSdk] = {}
        """`stripe` or `this.stripe` → the SDK whose client it holds."""
        self.instances: dict[str, bool] = {}
        """A variable that holds an instance of axios → whether that has a timeout."""
        nodes = list(walk(root))
        for node in nodes:
            self._learn_import(node)
        for node in nodes:
            if node.kind() in ("variable_declarator", "assignment_expression", "public_field_definition"):
                self._learn_value(node)

    def _learn_import(self, node: Node) -> None:
        if node.kind() == "import_statement":
            source = node.field("source")
            if source is None:
                return
            module = unquoted(source)
            self.imports.append((node, module))
            for inner in walk(node):
                self._bind(inner, module)
        elif node.kind() == "call_expression" and field_text(node, "function") in ("require", "import"):
            given = arguments(node)
            if given and given[0].kind() == "string":
                self._required(node, unquoted(given[0]))

    def _bind(self, inner: Node, module: str) -> None:
        parent = inner.parent()
        if inner.kind() == "import_specifier":
            name = field_text(inner, "name")
            self.imported[field_text(inner, "alias") or name] = (module, name)
        elif inner.kind() == "identifier" and parent is not None and parent.kind() == "import_clause":
            self.imported[inner.text()] = (module, "default")
        elif inner.kind() == "identifier" and parent is not None and parent.kind() == "namespace_import":
            self.imported[inner.text()] = (module, "")

    def _required(self, call: Node, module: str) -> None:
        self.imports.append((call, module))
        for holder in call.ancestors():
            if holder.kind() == "variable_declarator":
                target = holder.field("name")
                if target is not None and target.kind() == "identifier":
                    self.imported[target.text()] = (module, "default")
                elif target is not None:
                    for one in walk(target):
                        if one.kind() in ("shorthand_property_identifier_pattern", "identifier"):
                            self.imported[one.text()] = (module, one.text())
                return
            if holder.kind() in ("statement_block", "program"):
                return

    def sdk_of(self, name: str) -> tuple[VendorSdk, str] | None:
        """The SDK that a local name is of, and what it is there."""
        module, what = self.imported.get(name.partition(".")[0], ("", ""))
        sdk = sdk_of(module, JAVASCRIPT, "/") if module else None
        if sdk is None:
            return None
        return sdk, what or name.partition(".")[2] or what

    def client_of(self, made: Node) -> tuple[VendorSdk, str] | None:
        """The client that `new Stripe(…)`, `twilio(…)` or `require("stripe")(…)` makes."""
        maker = made.field("constructor") if made.kind() == "new_expression" else made.field("function")
        if maker is None:
            return None
        if maker.kind() == "call_expression" and field_text(maker, "function") == "require":
            given = arguments(maker)
            sdk = sdk_of(unquoted(given[0]), JAVASCRIPT, "/") if given else None
            return (sdk, "default") if sdk is not None else None
        known = self.sdk_of(maker.text())
        if known is None or known[1] not in known[0].clients:
            return None
        return known if made.kind() == "new_expression" or known[1] == "default" or known[1][:1].islower() else None

    def _learn_value(self, node: Node) -> None:
        target = node.field("name") or node.field("left")
        value = node.field("value") or node.field("right")
        if target is None or value is None:
            return
        if value.kind() == "await_expression":
            value = value.children()[-1]
        if value.kind() in ("new_expression", "call_expression"):
            known = self.client_of(value)
            name = target.text() if node.kind() != "public_field_definition" else f"this.{target.text()}"
            if known is not None:
                self.clients[name] = known[0]
            elif field_text(value, "function") == "axios.create":
                self.instances[name] = "timeout" in value.text()

    def client_called(self, function: str) -> VendorSdk | None:
        """The SDK whose client a call goes to: `stripe.charges.create`."""
        parts = function.replace("?.", ".").split(".")
        for end in range(len(parts) - 1, 0, -1):
            sdk = self.clients.get(".".join(parts[:end]))
            if sdk is not None:
                return sdk
        return None
