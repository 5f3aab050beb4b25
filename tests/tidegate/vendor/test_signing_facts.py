"""A declaration of a signature that could not work is refused where it is read."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidegate.vendor.signing_facts import AwsSigning, HmacSigning, MessageSigning


@pytest.mark.parametrize(
    ("grammar", "flaw"),
    [
        ({"text": "{method"}, "a brace of text is not closed"),
        ({"text": "method}"}, "a brace of text is not closed"),
        ({"text": "{verb}"}, "text has no place {verb}; known are method"),
        ({"text": "{header:}"}, "text has no place {header:}"),
        ({"text": "{body}", "value": "{sig}"}, "value has no place {sig}"),
        ({"text": "{body}", "value": "none"}, "the signature does not stand in value"),
        ({"text": "{body}", "timestamp_header": "X-Time"}, "a time that is not signed proves nothing"),
        ({"text": "{timestamp}"}, "the vendor cannot know the time"),
        ({"text": "{nonce}"}, "the vendor cannot know the nonce"),
        ({"text": "{key_id}"}, "key_id is named and not written"),
        ({"text": "{body}", "key_id_header": "X-Key"}, "key_id is named and not written"),
    ],
)
def test_a_grammar_that_makes_no_sense_is_refused(grammar: dict[str, Any], flaw: str) -> None:
    with pytest.raises(ValidationError, match=flaw.replace("{", r"\{").replace("}", r"\}")):
        HmacSigning.model_validate(grammar)


@pytest.mark.parametrize(
    ("grammar", "needs_body"),
    [
        ({"text": "{body}"}, True),
        ({"text": "{body_digest}"}, True),
        ({"text": "{url}", "body_digest_header": "X-Digest"}, True),
        ({"text": "{url}"}, False),
        ({"text": "{timestamp}", "value": "t={timestamp},v1={signature}"}, False),
    ],
)
def test_what_needs_the_whole_body_says_so(grammar: dict[str, Any], needs_body: bool) -> None:
    assert HmacSigning.model_validate(grammar).needs_body is needs_body


def test_the_other_schemes_say_so_too() -> None:
    assert MessageSigning(algorithm="ed25519", key_id="k").needs_body
    assert not MessageSigning(algorithm="ed25519", key_id="k", components=("@method",)).needs_body
    assert AwsSigning(service="s3", region="eu").needs_body
    assert not AwsSigning(service="s3", region="eu", unsigned_payload=True).needs_body
