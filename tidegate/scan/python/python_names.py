"""What names stand for in a Python file: imports, and variables that hold an object of a library or an SDK.

`client = OpenAI()` makes `client.chat.completions.create` the name `openai.OpenAI().chat.completions.create`. It looks
at a whole file at once, without its order: near enough for finding calls, and never certain.
"""

import ast
from collections.abc import Iterable, Iterator

ROUNDS = 3
"""A variable that holds a variable that holds an object is followed so far."""
NESTED_MAX = 60

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_GIVING = (ast.Assign, ast.AnnAssign, ast.With, ast.AsyncWith, ast.arg)
"""What gives a variable a value."""


class PythonNames:
    """The names of one file."""

    def __init__(self, tree: ast.Module) -> None:
        self.imported: dict[str, str] = {}
        self._held: dict[tuple[ast.AST | None, str], str] = {}
        """Function (None for the module, and for what belongs to an object) and variable → what it holds."""
        self._functions: dict[ast.AST, ast.AST | None] = {tree: None}
        """Every node → the function around it."""
        self.imports: list[tuple[ast.stmt, str]] = []
        """Each import with the module that it names; relative ones are the app's own."""
        self.parents: dict[ast.AST, ast.AST] = {}
        self.nodes = list(self._noted(tree))
        """Every node of the file."""
        for node in self.nodes:
            self._learn_import(node)
        giving = [node for node in self.nodes if isinstance(node, _GIVING)]
        for _ in range(ROUNDS):
            for node in giving:
                self._learn_value(node)

    def _noted(self, tree: ast.Module) -> Iterator[ast.AST]:
        """Every node in the file's order, with the function and the node around it noted."""
        todo: list[ast.AST] = [tree]
        while todo:
            node = todo.pop()
            yield node
            around = node if isinstance(node, FUNCTIONS) else self._functions[node]
            children = list(ast.iter_child_nodes(node))
            for child in children:
                self._functions[child] = around
                self.parents[child] = node
            todo += reversed(children)

    def of(self, node: ast.AST, depth: int = 0) -> str:
        """The name that an expression stands for; empty where that is unknown."""
        if depth > NESTED_MAX:
            return ""
        match node:
            case ast.Name(id=name):
                return self._variable(node, name) or self.imported.get(name, "")
            case ast.Attribute(value=value, attr=attr):
                held = self._variable(node, _written(node))
                if held:
                    return held
                base = self.of(value, depth + 1)
                return f"{base}.{attr}" if base else ""
            case ast.Call(func=func):
                base = self.of(func, depth + 1)
                return f"{base}()" if base else ""
            case ast.Await(value=value):
                return self.of(value, depth + 1)
            case _:
                return ""

    def _variable(self, node: ast.AST, written: str) -> str:
        """What a variable holds in the function around a node, or in one around that, or in the module."""
        around = self._functions.get(node)
        for _ in range(NESTED_MAX):
            held = self._held.get((around, written))
            if held is not None or around is None:
                return held or ""
            around = self._functions.get(around)
        return ""

    def _learn_import(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.imports.append((node, alias.name))
                bound = alias.asname or alias.name.partition(".")[0]
                self.imported[bound] = alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            self.imports.append((node, node.module))
            for alias in node.names:
                self.imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def _learn_value(self, node: ast.AST) -> None:
        pairs: list[tuple[str, str]] = []
        around = self._functions.get(node)
        match node:
            case ast.Assign(targets=targets, value=value):
                pairs = [(_written(target), self._object(value)) for target in targets]
            case ast.AnnAssign(target=target, annotation=annotation, value=value):
                held = self._object(value) if value is not None else ""
                pairs = [(_written(target), held or self._annotated(annotation))]
            case ast.With(items=items) | ast.AsyncWith(items=items):
                pairs = [
                    (_written(one.optional_vars), self._object(one.context_expr)) for one in items if one.optional_vars
                ]
            case ast.arg(arg=name, annotation=annotation) if annotation is not None:
                pairs = [(name, self._annotated(annotation))]
        for written, held in pairs:
            if written and held:
                self._held[None if "." in written else around, written] = held

    def _object(self, value: ast.expr) -> str:
        """What a variable is given: an object that was made, or one that another variable holds."""
        name = self.of(value)
        return name if name.endswith("()") or (isinstance(value, ast.Name | ast.Attribute) and "()" in name) else ""

    def _annotated(self, annotation: ast.expr) -> str:
        if isinstance(annotation, ast.BinOp):  # `OpenAI | None`
            annotation = annotation.left
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value, mode="eval").body
            except (SyntaxError, ValueError):
                return ""
        name = self.of(annotation)
        return f"{name}()" if name and "()" not in name and name.rpartition(".")[2][:1].isupper() else ""


def _written(node: ast.AST) -> str:
    """`a.b.c` as it is written; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""


def inside(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node of some statements, without those of functions and classes that are defined there."""
    todo = list(statements)
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a call's keyword."""
    return next((one.value for one in call.keywords if one.arg == name), None)


def is_open(call: ast.Call) -> bool:
    """Whether a call has arguments that nobody can see: `**options`."""
    return any(one.arg is None for one in call.keywords)
