"""Imports of every form, and variables that hold a client."""

from tidegate.scan.syntax.javascript_names import JavaScriptNames
from tidegate.scan.syntax.syntax_tree import parse_syntax

SOURCE = """
import Stripe, { type Charge as C } from 'stripe';
import * as openai from 'openai';
const { WebClient } = require('@slack/web-api');
const mail = await import('@sendgrid/mail');
const late = require('stripe')('tg');
class A { stripe = new Stripe('tg'); constructor() { this.web = new WebClient('t'); } }
const api = axios.create({ timeout: 1 });
"""


def test_imports_and_clients() -> None:
    names = JavaScriptNames(parse_syntax(SOURCE, "typescript"))
    assert names.imported["Stripe"] == ("stripe", "default")
    assert names.imported["C"] == ("stripe", "Charge")
    assert names.imported["openai"] == ("openai", "")
    assert names.imported["WebClient"] == ("@slack/web-api", "WebClient")
    assert {name: sdk.vendor for name, sdk in names.clients.items()} == {
        "late": "stripe", "this.stripe": "stripe", "this.web": "slack",
    }  # fmt: skip
    assert names.instances == {"api": True}
    called = names.client_called("this.stripe?.charges.create")
    assert called is not None
    assert called.vendor == "stripe"
    assert names.client_called("other.charges") is None
