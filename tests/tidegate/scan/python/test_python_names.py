"""Names stand for what was imported, made, annotated or handed on, in the function where they are."""

import ast

import pytest

from tidegate.scan.python.python_names import PythonNames

SOURCE = """
import requests, os.path
import openai as ai
from openai import OpenAI as Client
from . import stripe
client = Client()
class A:
    def __init__(self, given: Client, other: "ai.OpenAI | None"):
        self.client = client
        self.given = given
        other.chat()
    def use(self):
        self.client.chat.create()
        self.given.chat.create()
def f():
    client = requests.Session()
    client.get()
def g():
    client.chat()
async def h():
    async with ai.AsyncOpenAI() as late:
        (await late).chat()
    stripe.charge()
    unknown.call()
    Client().chat()
"""


@pytest.fixture(scope="module")
def called() -> list[str]:
    tree = ast.parse(SOURCE)
    names = PythonNames(tree)
    return [names.of(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize(
    "name",
    ["openai.OpenAI().chat.create", "requests.Session().get", "openai.OpenAI().chat", "openai.AsyncOpenAI().chat",
     "openai.OpenAI", ""],
)  # fmt: skip
def test_a_call_has_its_name(name: str, called: list[str]) -> None:
    assert name in called


def test_a_variable_of_one_function_is_none_of_another(called: list[str]) -> None:
    assert called.count("requests.Session().get") == 1
    assert called.count("openai.OpenAI().chat.create") == 2


def test_a_chain_without_end_has_no_name() -> None:
    tree = ast.parse("a" + ".b()" * 200)
    assert PythonNames(tree).of(tree.body[0].value) == ""  # type: ignore[attr-defined]  # an expression
