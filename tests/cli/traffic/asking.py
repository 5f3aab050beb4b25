"""A call of an app's through the running proxy."""

import urllib.error
import urllib.request

import pytest

from tests.cli.proxy.post_office import TOKEN, PostOffice


def ask(office: PostOffice) -> str:
    """A read that meets nobody; its id."""
    url = f"http://127.0.0.1:{office.gateway}/stripe/v1/customers/cus_1"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever another test has set up
    with pytest.raises(urllib.error.HTTPError) as failed:
        straight.open(request)
    with failed.value as answer:
        return str(answer.headers["Tidegate-Call"])
