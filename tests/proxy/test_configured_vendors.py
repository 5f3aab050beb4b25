"""Which vendors a configuration means, and what it may not change while Tidegate runs."""

from pathlib import Path

import pytest

from tests.tidegate.files import put
from tidegate.configfile.finding import VendorFileError
from tidegate.problems import UsageError
from tidegate.proxy.config import Config, load_config
from tidegate.proxy.configured_vendors import (
    RESTART_KEYS,
    flaws_of_routes,
    read_config,
    read_vendor,
    read_vendors,
    reason_left_out,
    sealing_of,
    unsealed_of,
    vendor_files,
)


def configured(folder: Path, text: str) -> Config:
    (folder / "tidegate.yaml").write_text(text)
    return load_config(folder / "tidegate.yaml")


def test_the_vendors_under_use_are_meant_or_else_every_one_that_is_found(tmp_path: Path) -> None:
    shop = put(tmp_path / "vendors" / "shop")
    everyone = vendor_files(configured(tmp_path, "vendors: [vendors]\n"))
    assert everyone["shop"] == shop
    assert "stripe" in everyone
    assert vendor_files(configured(tmp_path, "vendors: [vendors]\nuse: {shop: }\n")) == {"shop": shop}
    with pytest.raises(UsageError, match=r"use\.shpo: there is no vendor file of this name; did you mean shop"):
        vendor_files(configured(tmp_path, "vendors: [vendors]\nuse: {shpo: }\n"))


def test_a_vendor_is_read_whole_and_under_its_own_name(tmp_path: Path) -> None:
    read = read_vendor("shop", put(tmp_path / "shop"))
    assert set(read.plans) == set(read.document.operations)
    with pytest.raises(VendorFileError, match="TG112"):
        read_vendor("store", put(tmp_path / "store"))


def test_only_a_vendor_that_nobody_named_may_lack_its_secret(tmp_path: Path) -> None:
    loaded = read_vendor("shop", put(tmp_path / "shop")).loaded
    assert "SHOP_KEY is not set" in reason_left_out(Config(), loaded, {})
    assert reason_left_out(Config(), loaded, {"SHOP_KEY": "sk"}) == ""
    assert reason_left_out(Config.model_validate({"use": {"shop": {}}}), loaded, {}) == ""


def test_every_key_that_needs_a_restart_is_a_key_and_the_documents_say_so() -> None:
    page = (Path(__file__).parents[2] / "docs" / "tidegate-yaml.md").read_text()
    [sentence] = [line for line in page.split("\n\n") if line.startswith("These need a restart")]
    assert set(RESTART_KEYS) == {word for word in sentence.split("`")[1::2] if word != "restart"}


def test_all_that_needs_a_restart_is_told_at_once(tmp_path: Path) -> None:
    before = configured(tmp_path, "store: here.db\n")
    (tmp_path / "tidegate.yaml").write_text("store: there.db\nlisten: 127.0.0.1:9\ndrain: 3s\n")
    with pytest.raises(UsageError, match=r"^listen, store: a running Tidegate cannot change this; restart it"):
        read_config(tmp_path / "tidegate.yaml", before)


def test_only_what_is_new_or_elsewhere_is_read(tmp_path: Path) -> None:
    put(tmp_path / "vendors" / "shop")
    config = configured(tmp_path, "vendors: [vendors]\n")
    environ = {"SHOP_KEY": "sk"}
    assert set(read_vendors(config, {}, {}, environ).vendors) == {"shop"}
    assert set(read_vendors(config, {}, vendor_files(config), environ).vendors) == set(), (
        "it was found before, and left out"
    )


def test_a_source_that_fits_no_vendor_or_app_is_a_flaw_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "tidegate.yaml").write_text(
        """
inbox: {sources: {pay: {vendor: strpe, apps: [shop]}, mail: {vendor: anthropic, apps: [shop]}}}
apps: {shop: {webhooks: {url: "http://127.0.0.1:3000/", secrets: ["env:SHOP_HOOKS"]}}}
"""
    )
    first, second = flaws_of_routes(load_config(tmp_path / "tidegate.yaml"))
    assert first == "inbox.sources.pay.vendor: there is no vendor strpe that is served; did you mean stripe?"
    assert second.startswith("inbox.sources.mail.vendor: the file of anthropic does not say how it signs")


def test_the_keys_that_seal_are_read_whole_or_not_at_all(tmp_path: Path) -> None:
    config = configured(tmp_path, "sealing: {keys: ['env:NEW', 'env:OLD']}\n")
    new, old = ("bm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm5ubm4=", "b29vb29vb29vb29vb29vb29vb29vb29vb29vb29vb28=")
    assert sealing_of(config, {"NEW": new, "OLD": old}).secrets == (new, old)
    assert not sealing_of(Config(), {})
    for environ, why in (
        ({"NEW": new}, r"^env:OLD: the environment variable OLD is not set$"),
        ({"NEW": new, "OLD": new}, r"^sealing\.keys: env:OLD: this key stands there twice$"),
        ({"NEW": "canary", "OLD": old}, r"^sealing\.keys: env:NEW: it is not 32 bytes in base64"),
    ):
        with pytest.raises(UsageError, match=why) as refused:
            sealing_of(config, environ)
        assert "canary" not in str(refused.value)


def test_of_the_vendors_that_somebody_named_those_with_personal_data_are_unsealed_without_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert unsealed_of(configured(tmp_path, "use: {stripe: , openai: }\n")) == ["stripe"]
    assert unsealed_of(configured(tmp_path, "use: {stripe: }\nsealing: {keys: ['env:A']}\n")) == []
    assert unsealed_of(configured(tmp_path, "drain: 1s\n")) == []
