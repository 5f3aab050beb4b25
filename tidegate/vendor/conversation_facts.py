"""Conversations with a language-model vendor: the form of its answer, whole and as a stream of events.

Templates only. The simulator fills them; to the proxy such an answer is one like others.
"""

from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block, Pointer


class ConversationEvent(Block):
    """One event of the stream."""

    name: str | None = None
    """Its name: what stands after `event:`. It may hold places."""
    data: object
    """Its data: JSON with places, or a text as it is, like `[DONE]`."""
    answer: Pointer | None = None
    """Where in the data the whole answer stands; what the data itself has there wins over it."""
    each: bool = False
    """Whether it comes once for each word of the answer, with the word as {piece}."""
    when: Pointer | None = None
    """It comes only where the request says `true` there, like `/stream_options/include_usage`."""


class StructuredText(Block):
    """A text that is JSON, where the request wants it so."""

    kind: Pointer = "/response_format/type"
    """Where the request says `json_object` or `json_schema`."""
    schema_at: Pointer = "/response_format/json_schema/schema"
    """Where the request has the schema that the JSON fits."""


class Vectors(Block):
    """A vector for what was said, of length one: the same for the same text."""

    dimensions: Pointer = "/dimensions"
    """Where the request says how many numbers it has."""
    otherwise: Annotated[int, Field(gt=0, le=16_384)] = 1536
    """How many it has where the request does not say."""
    encoding: Pointer = "/encoding_format"
    """Where the request says `base64`: then it comes as the bytes of its numbers, four each, the lowest first."""


class ToolCall(Block):
    """A call of one of the request's tools, with arguments by its schema: the answer where the request demands one."""

    tools: Pointer = "/tools"
    """Where the request has the tools: each with `name` and `parameters`, or `input_schema`, also inside `function`."""
    choice: Pointer = "/tool_choice"
    """Where it demands one: by `required` or `any`, or by the name of a tool."""
    words: dict[str, object] = Field(default={})
    """Words for such an answer, instead of `whole`, like `{finish: tool_calls}`."""
    answer: Annotated[dict[str, object], Field(min_length=1)]
    """The answer. Its further places: {tool} (the name), {call} (24 letters) and {arguments} (an object); {text} is
    these as JSON."""
    events: tuple[ConversationEvent, ...] = ()
    """The stream that comes instead."""


class Likelihoods(Block):
    """How likely each token of the answer was, where the request wants to know."""

    asked: Pointer = "/logprobs"
    """Where the request says so: by `true`, or by a list with a text that ends with `logprobs`."""
    most: Pointer = "/top_logprobs"
    """Where it says how many other tokens are told at each place."""


class Conversation(Block):
    """An operation that answers a conversation. The simulator repeats what was said last; a token is a word.

    Places of the templates: {id} (24 letters), {now} (seconds), {text} (the answer), {asked}, {answered} and {total}
    (tokens), {vector}, {tokens} and {logprobs} (how likely they were: a list, and that as `content` of an object or
    null), the words of `whole` or `cut`, and every field of the request. A list of one entry that has the place
    {choice} has as many entries as answers are wanted, counted from 0; an event with it comes for each of them. Events
    have {number} and {piece} too.
    """

    question: Pointer = "/messages"
    """Where the request holds what was said: a text, or a list of messages."""
    most: tuple[Pointer, ...] = ()
    """Where the request says how many tokens the answer may have; the first that is there counts."""
    count: Pointer | None = None
    """Where the request says how many answers it wants, by a number, or by a list of that many questions."""
    json_text: StructuredText | None = None
    """Where the request says that the text must be JSON."""
    vectors: Vectors | None = None
    """What {vector} is."""
    tool_call: ToolCall | None = None
    """What is answered where the request demands the call of a tool."""
    likelihoods: Likelihoods | None = None
    """What {tokens} and {logprobs} are."""
    answer: Annotated[dict[str, object], Field(min_length=1)]
    """The answer, with places. What else the document says that it must have stands beside it."""
    whole: dict[str, object] = Field(default={})
    """Words for an answer that ends by itself, like `{finish: stop}`."""
    cut: dict[str, object] = Field(default={})
    """Words for one that ends at the most tokens, like `{finish: length}`."""
    kept: bool = False
    """Whether the answer is an object that can be read again."""
    events: tuple[ConversationEvent, ...] = ()
    """The stream that comes instead where the request says `stream: true`."""
