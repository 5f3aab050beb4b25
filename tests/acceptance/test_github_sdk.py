"""PyGithub, unmodified, with its base address set to the proxy: the addresses in the answers lead back through it."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import github
import pytest
from github import Auth, Github, GithubException
from github.Repository import Repository

from tests.acceptance.documents import Shared, in_seconds, vendor_and_proxy
from tests.acceptance.programs import House, Proxy

pytestmark = pytest.mark.slow

NUMBERS = count(1)
shared = vendor_and_proxy("github", "github/api.github.com.json", in_seconds)


def client(proxy: Proxy, per_page: int = 30) -> Github:
    """The SDK as an app has it: it neither waits between requests nor retries."""
    return Github(
        auth=Auth.Token("token_of_the_app"),
        base_url=f"{proxy.gateway}/github",
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
        per_page=per_page,
    )


@pytest.fixture
def repository(shared: Shared) -> Iterator[Repository]:
    """A repository of the test's own."""
    sdk = client(shared[1])
    made = sdk.get_user().create_repo(f"hello-{next(NUMBERS)}", description="A greeting")
    yield made
    made.delete()
    with pytest.raises(github.UnknownObjectException):
        sdk.get_repo(made.full_name)


def test_a_repository_is_made_read_and_changed(shared: Shared, repository: Repository) -> None:
    found = client(shared[1]).get_repo(repository.full_name)
    assert (found.full_name, found.description) == (f"octocat/{repository.name}", "A greeting")
    found.edit(description="A farewell")
    assert client(shared[1]).get_repo(repository.full_name).description == "A farewell"
    assert found.url.startswith(shared[1].gateway), "through the proxy, not around it"


def test_an_issue_is_opened_read_changed_and_closed(shared: Shared, repository: Repository) -> None:
    issue = repository.create_issue("It is too short", body="Only one word.")
    assert (issue.number, issue.state) == (1, "open")
    found = repository.get_issue(1)
    assert (found.title, found.body) == ("It is too short", "Only one word.")
    found.edit(title="It is short", state="closed")
    assert repository.get_issue(1).state == "closed"
    house = shared[0]
    assert [entry["operation"] for entry in house.vendor.journal()][-2:] == ["issues/update", "issues/get"]


def test_comments_come_and_go(repository: Repository) -> None:
    issue = repository.create_issue("Say something")
    comment = issue.create_comment("Hello")
    comment.edit("Hello, world")
    assert issue.get_comment(comment.id).body == "Hello, world"
    assert [one.id for one in issue.get_comments()] == [comment.id]
    comment.delete()
    with pytest.raises(github.UnknownObjectException) as error:
        issue.get_comment(comment.id)
    assert (error.value.status, error.value.data["message"]) == (404, "Not Found")


def test_pages_are_followed_to_their_end(shared: Shared, repository: Repository) -> None:
    made = [repository.create_issue(f"Number {number}").number for number in range(7)]
    client_of_small_pages = client(shared[1], per_page=3)
    listed = client_of_small_pages.get_repo(repository.full_name).get_issues(state="all")
    assert sorted(issue.number for issue in listed) == made
    assert listed.totalCount == 7
    pages = [entry["path"] for entry in shared[0].vendor.journal() if "per_page=3" in entry["path"]]
    assert len(pages) >= 3


def test_a_label_is_found_by_its_name_until_it_is_deleted(repository: Repository) -> None:
    made = repository.create_label("urgent", "ff0000", "Now")
    assert repository.get_label("urgent").color == "ff0000"
    made.delete()
    with pytest.raises(github.UnknownObjectException):
        repository.get_label("urgent")


def test_a_bad_request_is_the_sdks_exception_with_the_field(repository: Repository) -> None:
    with pytest.raises(GithubException) as error:
        repository.create_issue("Ajar").edit(state="ajar")
    assert error.value.status == 422
    assert error.value.data["message"] == "Validation Failed"
    assert error.value.data["errors"][0]["field"] == "state"


def test_the_limit_counts_down_and_what_is_known_already_is_free(shared: Shared, repository: Repository) -> None:
    sdk = client(shared[1])
    sdk.get_repo(repository.full_name)
    remaining, limit = sdk.rate_limiting
    assert limit == 5000
    found = sdk.get_repo(repository.full_name)
    assert sdk.rate_limiting[0] == remaining - 1
    assert found.update() is False, "304: nothing has changed"
    assert sdk.rate_limiting[0] == remaining - 1
    assert sdk.rate_limiting_resettime > 0


def test_a_used_up_limit_is_the_sdks_rate_limit_exception(tmp_path: Path) -> None:
    with House(tmp_path, "github") as house:
        proxy = house.serve()
        house.vendor.fails(kind="throttle", first_n=10)
        with pytest.raises(github.GithubException) as error:
            client(proxy).get_repo("octocat/any")
        assert error.value.status in (403, 429)


def test_issues_of_a_repository_that_nobody_made_have_labels_and_are_found_by_them(tmp_path: Path) -> None:
    with House(tmp_path, "github") as house:
        proxy = house.serve()
        repository = client(proxy).get_repo("octocat/hello")
        assert (repository.full_name, repository.url) == (
            "octocat/hello",
            f"{proxy.gateway}/github/repos/octocat/hello",
        )
        made = [repository.create_issue("Leak", labels=names) for names in (["wet"], ["wet", "urgent"], [])]
        assert [[label.name for label in issue.labels] for issue in made] == [["wet"], ["wet", "urgent"], []]
        assert {issue.number for issue in repository.get_issues(labels=["wet"])} == {1, 2}
        assert [issue.number for issue in repository.get_issues(labels=["urgent", "wet"])] == [2]
