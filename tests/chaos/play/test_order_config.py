"""The order flow is configured alike in the virtual world and live; its outage can be left out."""

from tidegate.chaos.play.order_config import SECRETS, SHOP, TOPICS, WAREHOUSE, configuration, shipped_orders
from tidegate.proxy.config import Config

ADDRESSES = {SHOP: "http://shop.test", WAREHOUSE: "http://wms.test", "app": "http://127.0.0.1:3000/orders"}


def test_the_configuration_is_one_that_tidegate_takes() -> None:
    config = Config.model_validate(configuration(ADDRESSES, ports=(1, 2)), strict=False)
    assert (config.listen.port, {*config.use}) == (1, {SHOP, WAREHOUSE})
    assert config.inbox is not None
    assert config.inbox.listen.port == 2
    assert tuple(config.inbox.sources[SHOP].events) == TOPICS


def test_no_secret_stands_in_it() -> None:
    assert not any(secret in str(configuration(ADDRESSES)) for secret in SECRETS.values())


def test_the_shipped_scenario_has_an_outage_that_can_be_left_out() -> None:
    assert [fault.outage for fault in shipped_orders().faults].count(True) == 1
    assert not any(fault.outage for fault in shipped_orders(outage=False).faults)
