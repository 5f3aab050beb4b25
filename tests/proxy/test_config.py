"""Tests of tidegate.proxy.config."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from tidegate.configfile.units import SecretRef
from tidegate.problems import UsageError
from tidegate.proxy.app_config import AppEndpoint, AppSettings, AppWebhooks, CallQuota, PlaceholderUse
from tidegate.proxy.config import (
    AppToken,
    Config,
    ConfigError,
    ListenAddress,
    TelemetrySettings,
    VendorUse,
    load_config,
)
from tidegate.proxy.identity.access_config import AdminToken, ListenerTls, SocketSettings, TlsSettings
from tidegate.proxy.inbox_config import InboxSettings, InboxSource
from tidegate.proxy.settings.forward_config import ForwardCA, ForwardRule, ForwardSettings
from tidegate.proxy.store_config import OutboxSettings, RetentionSettings, SealingSettings

DOCS = Path(__file__).parents[2] / "docs" / "tidegate-yaml.md"


EXPECTED = (
    r"""
tidegate.yaml:1:1: listen: 8080 is not an address; write host:port, like 127.0.0.1:8080 or [::1]:8080 [TG104]
tidegate.yaml:2:1: tokns: there is no field tokns here; did you mean tokens? [TG103]
tidegate.yaml:4:12: use.stripe.base_url: this has not the right form, like https://api.vendor.com; \
it must match ^https?://[^/]+(/.*)?$ [TG104]
tidegate.yaml:4:38: use.stripe.secret: this is a literal secret; \
write a reference to it, like env:STRIPE_KEY or file:/run/secrets/key [TG106]
tidegate.yaml:5:1: drain: 30 is not a duration; write a number with its unit, like 250ms, 2s, 5m, 24h or 90d [TG104]
tidegate.yaml:7:6: tokens[0].app: this has not the right form, like checkout; \
it must match ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$ [TG104]
tidegate.yaml:8:5: tokens[1]: write either token, a reference, or hash, and not both [TG104]
tidegate.yaml:9:13: telemetry.sample: 5 is not a share; write a percentage, like 10% [TG104]
tidegate.yaml:9:24: telemetry.otlp: this has not the right form, like http://127.0.0.1:4318; \
it must match ^https?://[^/]+(/.*)?$ [TG104]
tidegate.yaml:10:1: body_max_bytes: a whole number is expected here [TG104]
tidegate.yaml:11:1: colour: there is no field colour here; known here: listen, admin, hosts, public_url, region, \
residency, store, outbox, retention, sealing, secrets, vendors, use, tokens, admin_tokens, tls, socket, inbox, \
apps, placeholders, events, forward, telemetry, drain, head_timeout, connections_max, source_connections_max, \
headers_max_bytes, body_max_bytes, body_kept_bytes, cache_max_bytes, transport [TG103]
""".replace("\\\n", "")
    .strip()
    .splitlines()
)


def read(folder: Path, text: str) -> Config:
    file = folder / "tidegate.yaml"
    file.write_text(text)
    return load_config(file)


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as wrong:
        read(folder, text)
    return [line.removeprefix(f"{folder}/") for line in str(wrong.value).splitlines()]


def test_without_a_file_the_defaults_hold_and_nobody_else_can_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config()
    assert (str(config.listen), str(config.admin)) == ("127.0.0.1:8080", "127.0.0.1:8081")
    assert config.listen.loopback
    assert config.telemetry.sample == 0.05
    assert config.drain == 30.0


def test_a_file_where_one_stands_is_read_without_being_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tidegate.yaml").write_text("drain: 5s\n")
    assert load_config().drain == 5.0


def test_a_link_to_nothing_is_not_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for target in ("nowhere.yaml", "tidegate.yaml"):
        Path("tidegate.yaml").symlink_to(target)
        with pytest.raises(UsageError, match=r"tidegate\.yaml: cannot be read: "):
            load_config()
        Path("tidegate.yaml").unlink()


def test_a_whole_file(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        """
        listen: 0.0.0.0:8080
        admin: "[::1]:0"
        store: data/store.db
        vendors: [vendors, /etc/tidegate/vendors]
        use:
          stripe: {base_url: "http://127.0.0.1:9100", private_addresses: allow, secret: "env:KEY", ca: ca.pem}
          twilio:
        tokens:
          - {app: checkout, token: "env:CHECKOUT"}
          - {app: checkout, token: "file:/run/secrets/checkout"}
        telemetry: {log: tidegate.log, otlp: "http://127.0.0.1:4318", sample: 10%}
        drain: 1m
        headers_max_bytes: 16384
        body_max_bytes: 1048576
        """,
    )
    assert config.admin == ListenAddress("::1", 0)
    assert config.store == tmp_path / "data/store.db"
    assert config.vendors == (tmp_path / "vendors", Path("/etc/tidegate/vendors"))
    assert config.use["stripe"].private_addresses == "allow"
    assert config.use["twilio"] == VendorUse()
    assert [token.token for token in config.tokens] == [
        SecretRef("env", "CHECKOUT"),
        SecretRef("file", "/run/secrets/checkout"),
    ]
    assert (config.telemetry.sample, config.drain) == (0.1, 60.0)


def test_the_url_of_a_store_is_not_taken_for_a_path(tmp_path: Path) -> None:
    assert read(tmp_path, "store: postgresql://tidegate@db/tidegate").store == "postgresql://tidegate@db/tidegate"


def test_a_password_in_the_url_of_a_store_is_a_mistake_with_its_place_and_a_cure(tmp_path: Path) -> None:
    [line] = mistakes(tmp_path, "store: postgresql://tidegate:canary@db/tidegate")
    assert line.startswith("tidegate.yaml:1:1: store: this URL holds a password; write a reference to the whole URL")
    assert "canary" not in line


def test_a_file_that_holds_the_url_of_a_store_is_beside_tidegate_yaml(tmp_path: Path) -> None:
    (tmp_path / "store.url").write_text("postgresql://tidegate@db/tidegate")
    assert read(tmp_path, "store: file:store.url").store == SecretRef("file", str(tmp_path / "store.url"))
    assert read(tmp_path, "store: env:STORE_URL").store == SecretRef("env", "STORE_URL")


def test_a_store_that_is_no_text_is_a_mistake(tmp_path: Path) -> None:
    [line] = mistakes(tmp_path, "store: 5")
    assert line == "tidegate.yaml:1:1: store: text is expected here; write it in quotes [TG104]"


def test_every_mistake_is_told_at_once_with_its_place_and_a_cure(tmp_path: Path) -> None:
    assert (
        mistakes(
            tmp_path,
            """\
listen: 8080
tokns: []
use:
  stripe: {base_url: "ftp://vendor", secret: sk_live_canary}
drain: 30
tokens:
  - {app: a b, token: "env:X"}
  - app: c
telemetry: {sample: 5, otlp: here}
body_max_bytes: "12"
colour: blue
""",
        )
        == EXPECTED
    )


def test_other_machines_may_call_only_with_tokens(tmp_path: Path) -> None:
    [line] = mistakes(tmp_path, "drain: 1s\nlisten: 0.0.0.0:8080\n")
    assert line.startswith("tidegate.yaml:2:1: listen: other machines can reach 0.0.0.0:8080 and there are no tokens")
    assert read(tmp_path, "listen: 0.0.0.0:80\ntokens: [{app: a, token: 'env:A'}]\n").listen.port == 80


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("drain: 1s\ndrain: 2s\n", "tidegate.yaml:2:1: drain: the key drain is here twice"),
        ("drain: [1s\n", "tidegate.yaml:2:1: this is not YAML: "),
        ("a: b: c\n", "tidegate.yaml:1:5: this is not YAML: "),
        ("- 1\n", "tidegate.yaml:1:1: a block of fields is expected"),
        ("text\n", "tidegate.yaml:1:1: a block of fields is expected"),
    ],
)
def test_what_is_no_configuration_tells_its_place(text: str, line: str, tmp_path: Path) -> None:
    [found] = mistakes(tmp_path, text)
    assert found.startswith(line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("sealing: {keys: [no-reference]}", "1:18: sealing.keys[0]: this is a literal secret"),
        (
            "forward: {rules: [{hosts: ['*'], action: deny}]}",
            "1:28: forward.rules[0].hosts[0]: this has not the ",
        ),
        ("apps: {shop: {approve: write}}", "1:15: apps.shop.approve: this is none of the known words; write 'writes'"),
        ("apps: {shop: {approve: {stripe: 1}}}", "1:25: apps.shop.approve.stripe: a list is expected here"),
        ("apps: {b!: {}}", "1:8: apps.b!: this name has not the right form, like checkout; it must match"),
        ("public_url: gate", "1:1: public_url: this has not the right form, like https://tidegate.example/egress; it"),
        ("hosts: ['*.example']", "1:9: hosts[0]: this has not the right form, like tidegate.internal; it must match"),
    ],
)
def test_a_mistake_is_told_once_in_the_words_of_the_file_and_with_an_example(
    text: str, line: str, tmp_path: Path
) -> None:
    [found] = mistakes(tmp_path, text)
    assert found.startswith(f"tidegate.yaml:{line}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "drain: 1.5",
            "1:1: drain: 1.5 is not a duration; write a number with its unit, like 250ms, 2s, 5m, 24h or 90d",
        ),
        ("drain: 2022-11-15", "1:1: drain: '2022-11-15' is not a duration; write a number with its unit, like 250ms"),
        ("drain: " + "9" * 400 + "s", "1:1: drain: this duration is longer than a hundred years"),
        ("body_kept_bytes: 36893488147419103232", "1:18: body_kept_bytes: this number is larger than Tidegate reads"),
        ("body_kept_bytes: 1024.5", "1:1: body_kept_bytes: "),
        ("cache_max_bytes: .inf", "1:18: cache_max_bytes: this is no number that can be used here"),
        ('store: "\\ud800.db"', "1:8: store: this text has half a character (a lone surrogate); write the whole one"),
        ('store: "a\\0b"', "1:8: store: this text has a NUL character, which no text here may have"),
        ("store: !!binary aGk=", "1:8: store: the tag !!binary is not read; write the value without it"),
        ("telemetry: {sample: .nan}", "1:21: telemetry.sample: this is no number that can be used here"),
        ("use: 1.5", "1:1: use: "),
        ("1.5", "1:1: "),
    ],
)
def test_a_value_that_only_yaml_has_is_one_sentence_at_its_place(text: str, line: str, tmp_path: Path) -> None:
    (only,) = mistakes(tmp_path, text)
    assert only.startswith(f"tidegate.yaml:{line}")


def test_a_float_is_read_where_a_number_may_stand(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"tidegate\.yaml:1:\d+: use\.things\.base_url: "):
        read(tmp_path, "use: {things: {base_url: 1.5}}")


@pytest.mark.parametrize("word", ["stderr", "none"])
def test_a_word_for_the_log_is_no_path(word: str, tmp_path: Path) -> None:
    assert read(tmp_path, f"telemetry: {{log: {word}}}").telemetry.log == word


def test_an_empty_file_means_the_defaults(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing\n").listen == Config().listen


def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.yaml: cannot be read: No such file"):
        load_config(tmp_path / "nothing.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        load_config(tmp_path / "bad.yaml")


def keys_of(part: type[BaseModel], prefix: str) -> set[str]:
    return {prefix + name for name in part.model_fields}


def test_the_document_of_tidegate_yaml_has_every_key_and_no_other() -> None:
    keys = keys_of(Config, "") | keys_of(VendorUse, "use.<vendor>.") | keys_of(AppToken, "tokens[].")
    keys |= keys_of(TelemetrySettings, "telemetry.") | keys_of(InboxSettings, "inbox.")
    keys |= keys_of(InboxSource, "inbox.sources.<source>.") | keys_of(AppSettings, "apps.<app>.")
    keys |= keys_of(AppWebhooks, "apps.<app>.webhooks.") | keys_of(AppEndpoint, "events.")
    keys |= keys_of(OutboxSettings, "outbox.") | keys_of(RetentionSettings, "retention.")
    keys |= keys_of(SealingSettings, "sealing.") | keys_of(AdminToken, "admin_tokens[].")
    keys |= keys_of(TlsSettings, "tls.") | keys_of(ListenerTls, "tls.gateway.") | keys_of(SocketSettings, "socket.")
    keys |= keys_of(CallQuota, "apps.<app>.calls.")
    keys |= keys_of(ForwardSettings, "forward.")
    keys |= keys_of(ForwardRule, "forward.rules[].") | keys_of(ForwardCA, "forward.ca.")
    keys |= keys_of(PlaceholderUse, "placeholders.<name>.")
    assert set(re.findall(r"^\| `([^`]+)` \|", DOCS.read_text(), re.MULTILINE)) == keys


def test_the_example_in_the_document_is_valid(tmp_path: Path) -> None:
    first, *others = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert read(tmp_path, first).tokens
    for example in others:
        read(tmp_path, example)
    assert any(str(read(tmp_path, example).store).startswith("postgresql://") for example in others)


def test_the_document_tells_the_defaults_as_they_are() -> None:
    told = dict(re.findall(r"^\| `([^`]+)` \| ([^|]*?) \|", DOCS.read_text(), re.MULTILINE))
    config = Config()
    assert told["listen"] == f"`{config.listen}`"
    assert told["admin"] == f"`{config.admin}`"
    assert told["store"] == f"`{config.store}`"
    assert told["drain"] == f"`{config.drain:g}s`"
    assert told["head_timeout"] == f"`{config.head_timeout:g}s`"
    assert told["headers_max_bytes"] == f"`{config.headers_max_bytes}`"
    assert told["body_max_bytes"] == f"`{config.body_max_bytes}`"
    assert told["telemetry.sample"] == f"`{config.telemetry.sample:.0%}`"
    assert told["telemetry.log"] == f"`{config.telemetry.log}`"
    assert told["use.<vendor>.private_addresses"] == f"`{VendorUse().private_addresses}`"
