"""When tokens, certificates and the CA end can be seen before they do."""

from pathlib import Path

from tests.authority import BEGIN, Authority
from tests.proxy.town import Town, play
from tidegate.proxy.access.listener_tls import TlsFiles
from tidegate.proxy.identity.access_config import AppToken, ListenerTls
from tidegate.proxy.reload.expiry_metrics import ExpiryMetrics

DAY = 86_400.0
ENDS = BEGIN.timestamp() + 36_500 * DAY
NOW = ENDS - 10 * DAY


def test_the_last_of_an_apps_tokens_a_certificate_and_the_ca_are_shown_and_what_never_ends_is_not(
    tmp_path: Path,
) -> None:
    cert, key = Authority(tmp_path).issue("gateway", "localhost")
    tls = TlsFiles("tls.gateway", ListenerTls(cert=cert, key=key))
    tokens = [
        {"app": "shop", "token": "env:ONE", "expires": "2119-12-01"},
        {"app": "shop", "token": "env:TWO", "expires": "2119-12-08"},
        {"app": "desk", "token": "env:THREE"},
    ]

    async def story(town: Town) -> dict[tuple[str, str], float]:
        [family] = ExpiryMetrics(town.proxy.parts, lambda: NOW + 5 * DAY, [tls], lambda: NOW).collect()
        return {(one.labels["kind"], one.labels["name"]): one.value / DAY for one in family.samples}

    config = {"tokens": [AppToken.model_validate(token, strict=False) for token in tokens]}
    environ = {name: name.lower() * 8 for name in ("ONE", "TWO", "THREE")}
    seen = play(tmp_path, [200], story, config=config, environ=environ)
    assert {name: round(days) for name, days in seen.items()} == {
        ("app token", "shop"): 10, ("CA", "forward.ca"): 5, ("certificate", "tls.gateway"): 10,
    }  # fmt: skip
