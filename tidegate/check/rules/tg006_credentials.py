"""TG006: credentials that are rotated and may do no more than they must. Their form was judged while reading."""

from collections.abc import Iterator

from tidegate.configfile.rule import Breach, rule
from tidegate.vendor.auth_facts import Auth

_HOLDS = "credentials are references, are rotated, and ask for the least scope"


@rule("TG006", _HOLDS, Auth)
def check_credentials(auth: Auth) -> Iterator[Breach]:
    """The rotation period and the scopes are written."""
    if not auth.rotate_every:
        text = "no rotation period; write how old the secret may become, like rotate_every: 90d"
        yield Breach(("rotate_every",), text)
    if not (auth.scopes or "").strip():
        text = "no scopes; write in words the least that this credential must be allowed to do"
        yield Breach(("scopes",), text)


@rule("TG006", _HOLDS, Auth)
def check_token_scopes(auth: Auth) -> Iterator[Breach]:
    """What `tokens.scope` asks for is what `oauth.needs` names, where both are written."""
    if auth.tokens is None or auth.oauth is None or not auth.tokens.scope or not auth.oauth.needs:
        return
    asked = set(auth.tokens.scope.split())
    needed = {scope for scopes in auth.oauth.needs.values() for scope in scopes.split()}
    for what, scopes in (("lacks", needed - asked), ("asks for more than oauth.needs names:", asked - needed)):
        if scopes:
            yield Breach(("tokens", "scope"), f"it {what} {' '.join(sorted(scopes))}", (("oauth", "needs"),))
