"""A simulator is put together from its document and its facts: what the facts do not declare is not there."""

from tests.simulator.conftest import ManualWorld, facts
from tidegate.openapi.document import Document
from tidegate.simulator.assembly import assemble


async def test_what_is_declared_is_there_and_what_is_not_is_not(document: Document) -> None:
    plain = assemble(ManualWorld(), document, facts(idempotency=None), 1, (), (), {})
    assert (plain.keys, plain.authority, plain.graphql) == (None, None, None)
    auth = {"scheme": "bearer", "secret": "env:UNUSED", "oauth": {"token": "/token"}}
    whole = assemble(ManualWorld(), document, facts(auth=auth), 1, (), (), {})
    assert whole.keys is not None
    assert whole.authority is not None
    assert whole.authority.owns("POST", "/token") == "oauth.token"


async def test_one_seed_names_things_alike_and_another_does_not(document: Document) -> None:
    names = [
        assemble(ManualWorld(), document, facts(), seed, (), (), {}).generator.letters("x", 8) for seed in (1, 1, 2)
    ]
    assert names[0] == names[1] != names[2]
