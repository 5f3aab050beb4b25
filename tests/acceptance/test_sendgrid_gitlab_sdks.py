"""The official `sendgrid` SDK and `python-gitlab`, unmodified but for their address, through proxy and simulator."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.conformance.town import TOKEN, PortTown, port_town

pytestmark = pytest.mark.slow

gitlab = pytest.importorskip("gitlab", reason="python-gitlab is not installed")
sendgrid = pytest.importorskip("sendgrid", reason="sendgrid is not installed")


def sends_a_mail(town: PortTown) -> tuple[int, str, list[str]]:
    """Status and id of a mail that was sent, and what the key may do."""
    client: Any = sendgrid.SendGridAPIClient(TOKEN, host=f"{town.url}/sendgrid")
    mail = sendgrid.Mail("shop@example.com", "ada@example.com", "Your parcel", "It is on its way.")
    answer = client.send(mail)
    return answer.status_code, answer.headers["X-Message-Id"], client.client.scopes.get().to_dict["scopes"]


async def test_the_mail_sdk_sends_a_mail(tmp_path: Path) -> None:
    async with port_town(tmp_path, ("sendgrid",)) as town:
        status, name, scopes = await asyncio.to_thread(sends_a_mail, town)
        [(_, mail)] = town.vendor("sendgrid").resources.items()["message"]
    assert (status, name, bool(scopes)) == (202, mail["msg_id"], True)


def labels_issues(address: str) -> list[Any]:
    """Labels that came as one text, as another SDK sends them, and the issues that are found by them."""
    project = gitlab.Gitlab(address, private_token=TOKEN).projects.get("sea/gate", lazy=True)
    made = [project.issues.create({"title": "Leak", "labels": labels}) for labels in ("wet,urgent", ["wet"])]
    return [*(issue.labels for issue in made), [issue.iid for issue in project.issues.list(labels=["wet", "urgent"])]]


async def test_the_tracker_sdk_finds_issues_by_labels(tmp_path: Path) -> None:
    async with port_town(tmp_path, ("gitlab",)) as town:
        assert await asyncio.to_thread(labels_issues, f"{town.url}/gitlab") == [["wet", "urgent"], ["wet"], [1]]


def keeps_issues(town: PortTown) -> dict[str, Any]:
    """What becomes of issues that are made, changed, listed and deleted."""
    client = gitlab.Gitlab(f"{town.url}/gitlab", private_token=TOKEN, retry_transient_errors=False)
    project = client.projects.get("sea/gate", lazy=True)
    made = [project.issues.create({"title": f"Leak {n}", "description": "At high water."}) for n in range(3)]
    made[0].state_event = "close"
    made[0].save()
    made[1].delete()
    listed = [issue.iid for issue in project.issues.list(iterator=True, per_page=1, sort="asc")]
    try:
        project.issues.get(made[1].iid)
    except gitlab.exceptions.GitlabGetError as error:
        missing = error.response_code
    else:
        missing = None
    return {"state": project.issues.get(made[0].iid).state, "listed": listed, "missing": missing,
            "made": [issue.iid for issue in made]}  # fmt: skip


def asks_with_an_oauth_token(address: str) -> str:
    """The state of an issue that is made with a token which goes behind `Bearer`."""
    client = gitlab.Gitlab(address, oauth_token=TOKEN, retry_transient_errors=False)
    return str(client.projects.get("sea/gate", lazy=True).issues.create({"title": "Leak"}).state)


async def test_the_tracker_sdk_may_have_an_oauth_token(tmp_path: Path) -> None:
    async with port_town(tmp_path, ("gitlab",)) as town:
        assert await asyncio.to_thread(asks_with_an_oauth_token, f"{town.url}/gitlab") == "opened"


async def test_the_tracker_sdk_keeps_issues_and_follows_pages(tmp_path: Path) -> None:
    async with port_town(tmp_path, ("gitlab",)) as town:
        came = await asyncio.to_thread(keeps_issues, town)
    assert came == {"state": "closed", "listed": [came["made"][0], came["made"][2]], "missing": 404, "made": [1, 2, 3]}
