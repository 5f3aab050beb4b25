"""TG006: credentials that are rotated and may do no more than they must. Their form was judged while reading."""

from collections.abc import Iterator

from tidegate.configfile.rule import Breach, rule
from tidegate.vendor.auth_facts import Auth


@rule("TG006", "credentials are references, are rotated, and ask for the least scope", Auth)
def check_credentials(auth: Auth) -> Iterator[Breach]:
    """The rotation period and the scopes are written."""
    if not auth.rotate_every:
        text = "no rotation period; write how old the secret may become, like rotate_every: 90d"
        yield Breach(("rotate_every",), text)
    if not (auth.scopes or "").strip():
        text = "no scopes; write in words the least that this credential must be allowed to do"
        yield Breach(("scopes",), text)
