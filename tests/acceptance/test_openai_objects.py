"""The official `openai` SDK's objects, pages, limits and errors, with our document and with the vendor's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.acceptance.documents import Shared, vendor_and_proxy
from tests.acceptance.programs import House
from tidegate.openapi.document import Document

pytestmark = pytest.mark.slow

shared = vendor_and_proxy("openai", "openai/openapi.json")
MESSAGES: Any = [{"role": "user", "content": "one two three"}]


@pytest.fixture
def sdk(shared: Shared) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="sk_of_the_app", base_url=f"{shared[1].gateway}/openai", max_retries=0) as made:
        yield made


def test_a_conversation_is_answered_whole_and_in_pieces(sdk: openai.OpenAI) -> None:
    whole = sdk.chat.completions.create(model="gpt-test", messages=MESSAGES)
    assert whole.choices[0].message.content == "You said: one two three"
    assert whole.usage is not None
    assert whole.usage.total_tokens == 8
    stream = sdk.chat.completions.create(
        model="gpt-test", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    pieces = list(stream)
    assert "".join(one.choices[0].delta.content or "" for one in pieces if one.choices) == "You said: one two three"
    assert pieces[-1].usage is not None
    assert pieces[-1].usage.total_tokens == 8


def test_a_response_is_answered_read_again_and_deleted(sdk: openai.OpenAI) -> None:
    made = sdk.responses.create(model="gpt-test", input="one two three", instructions="Repeat it.")
    assert (made.output_text, made.status) == ("You said: one two three", "completed")
    assert made.usage is not None
    assert made.usage.total_tokens == 8
    again = sdk.responses.retrieve(made.id)
    assert (again.output_text, again.instructions) == (made.output_text, "Repeat it.")
    sdk.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        sdk.responses.retrieve(made.id)


def test_a_response_comes_in_named_events(sdk: openai.OpenAI) -> None:
    heard = list(sdk.responses.create(model="gpt-test", input=MESSAGES, stream=True))
    assert [event.type for event in heard if event.type != "response.output_text.delta"] == [
        "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added",
        "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed",
    ]  # fmt: skip
    assert "".join(event.delta for event in heard if event.type == "response.output_text.delta") == (
        "You said: one two three"
    )
    last = heard[-1]
    assert last.type == "response.completed"
    assert last.response.usage is not None
    assert last.response.usage.output_tokens == 5
    assert sdk.responses.retrieve(last.response.id).output_text == last.response.output_text


def test_a_response_is_cut_at_the_most_tokens(sdk: openai.OpenAI) -> None:
    asked: Any = {"model": "gpt-test", "input": " ".join(["word"] * 20), "max_output_tokens": 16}
    with sdk.responses.stream(**asked) as stream:
        assert [event.type for event in stream][-1] == "response.incomplete"
    whole = sdk.responses.create(**asked)
    assert len(whole.output_text.split()) == 16
    assert whole.incomplete_details is not None
    assert whole.incomplete_details.reason == "max_output_tokens"


def test_the_events_of_a_response_are_as_the_vendor_documents_them(sdk: openai.OpenAI, specs: Path) -> None:
    events = Document.load(specs / "openai" / "openapi.json")
    schema = events.schemas.validator({"$ref": "#/components/schemas/ResponseStreamEvent"}, of="answer")
    for event in sdk.responses.create(model="gpt-test", input=MESSAGES, stream=True):
        flaws = [flaw.pointer for flaw in schema.errors(event.to_dict())]
        begun = event.type in ("response.created", "response.in_progress")
        assert flaws == (["/response/usage"] if begun else []), "the document's own examples have null there too"


def test_a_store_is_made_read_changed_and_deleted(sdk: openai.OpenAI) -> None:
    made = sdk.vector_stores.create(name="Handbook", metadata={"team": "support"})
    assert (made.name, made.metadata) == ("Handbook", {"team": "support"})
    assert sdk.vector_stores.retrieve(made.id).name == "Handbook"
    assert sdk.vector_stores.update(made.id, name="Guide").name == "Guide"
    assert sdk.vector_stores.retrieve(made.id).name == "Guide"
    gone = sdk.vector_stores.delete(made.id)
    assert (gone.id, gone.deleted) == (made.id, True)
    with pytest.raises(openai.NotFoundError) as error:
        sdk.vector_stores.retrieve(made.id)
    assert error.value.type == "invalid_request_error"
    assert made.id in error.value.message


def test_a_file_is_uploaded_downloaded_and_deleted(sdk: openai.OpenAI) -> None:
    content = bytes(range(256)) * 40
    made = sdk.files.create(file=("notes.bin", content, "application/x-notes"), purpose="assistants")
    assert (made.filename, made.purpose, made.bytes) == ("notes.bin", "assistants", len(content))
    assert sdk.files.retrieve(made.id).bytes == len(content)
    told = sdk.files.content(made.id)
    assert (told.content, told.response.headers["Content-Type"]) == (content, "application/x-notes")
    assert sdk.files.delete(made.id).deleted is True
    for ask in (sdk.files.retrieve, sdk.files.content):
        with pytest.raises(openai.NotFoundError):
            ask(made.id)


def test_pages_are_followed_to_their_end(shared: Shared, sdk: openai.OpenAI) -> None:
    for store in list(sdk.vector_stores.list(limit=100)):
        sdk.vector_stores.delete(store.id)
    made = {sdk.vector_stores.create(name=f"Number {number}").id for number in range(7)}
    before = len(shared[0].vendor.journal())
    assert {store.id for store in sdk.vector_stores.list(limit=3)} == made
    assert len(shared[0].vendor.journal()) - before == 3, "and the pages end"


def test_embeddings_come_as_numbers(sdk: openai.OpenAI) -> None:
    told = sdk.embeddings.create(model="text-embedding-test", input="Hello", encoding_format="float")
    assert all(isinstance(number, float | int) for number in told.data[0].embedding)


def test_a_bad_request_is_the_sdks_error_with_its_parameter(sdk: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as error:
        sdk.chat.completions.create(model="gpt-test", messages="Hello")  # type: ignore[arg-type]  # a mistake
    assert error.value.param == "messages"
    assert error.value.type == "invalid_request_error"


def test_the_limits_count_down_in_the_headers(sdk: openai.OpenAI) -> None:
    first = sdk.chat.completions.with_raw_response.create(model="gpt-test", messages=MESSAGES).headers
    second = sdk.chat.completions.with_raw_response.create(model="gpt-test", messages=MESSAGES).headers
    assert first["x-ratelimit-limit-requests"] == "60"
    for headers in (first, second):  # between the two some is given back: the vendor's clock goes on
        assert int(headers["x-ratelimit-remaining-tokens"]) < int(headers["x-ratelimit-limit-tokens"])
        assert int(headers["x-ratelimit-remaining-requests"]) < int(headers["x-ratelimit-limit-requests"])
    assert first["x-ratelimit-reset-tokens"].endswith("s")


@pytest.mark.parametrize(
    ("means", "code", "kind"),
    [("quota", "rate_limit_exceeded", "requests"), ("exhausted", "insufficient_quota", "insufficient_quota")],
)
def test_a_refusal_for_rate_or_money_is_the_sdks_error(tmp_path: Path, means: str, code: str, kind: str) -> None:
    with House(tmp_path, "openai") as house:
        base = f"{house.serve().gateway}/openai"
        house.vendor.fails(kind="throttle", means=means, first_n=10)
        with openai.OpenAI(api_key="sk_of_the_app", base_url=base, max_retries=0) as sdk:
            with pytest.raises(openai.RateLimitError) as error:
                sdk.chat.completions.create(model="gpt-test", messages=MESSAGES)
            assert (error.value.code, error.value.type) == (code, kind)
        if means == "exhausted":
            assert len(house.vendor.journal()) == 1, "no wait brings the money back"
