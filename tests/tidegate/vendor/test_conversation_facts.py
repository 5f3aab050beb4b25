"""A conversation is declared with an answer; its events may come for each word, or only where they are asked for."""

import pytest
from pydantic import ValidationError

from tidegate.vendor.conversation_facts import Conversation

ANSWER = {"id": "{id}", "text": "{text}"}


def test_an_answer_alone_is_enough() -> None:
    conversation = Conversation.model_validate({"answer": ANSWER})
    assert (conversation.question, conversation.most, conversation.kept, conversation.events) == (
        "/messages",
        (),
        False,
        (),
    )


def test_an_answer_says_something() -> None:
    with pytest.raises(ValidationError, match="answer"):
        Conversation.model_validate({"answer": {}})


def test_an_event_has_data() -> None:
    with pytest.raises(ValidationError, match="data"):
        Conversation.model_validate({"answer": ANSWER, "events": ({"name": "begun"},)})


def test_a_question_is_a_pointer() -> None:
    with pytest.raises(ValidationError, match="question"):
        Conversation.model_validate({"answer": ANSWER, "question": "messages"})
