"""The bounds on what a stranger's webhook may ask of us before it is known to be the vendor's."""

BODY_BYTES_MAX = 25 * 1024 * 1024
"""As GitHub caps its payloads; other vendors stay far below."""
PARSED_BYTES_MAX = 1024 * 1024
"""The most bytes of a verified body that is read for its id."""
UNVERIFIED_BYTES_MAX = 256 * 1024
"""The most bytes of a body that is read before it is verified: a form, or JSON that holds its own signature."""
HEADERS_MAX = 256
HEADER_BYTES_MAX = 8192
"""Of a header that counts. Ten signatures of Ed25519 need 1000."""
URL_BYTES_MAX = 16_384
ID_BYTES_MAX = 256
"""Of an id in a header."""
PARTS_MAX = 64
"""Parts of a signature header, those of other versions included."""
SIGNATURES_MAX = 16
"""Signatures of the version that counts."""
ASYMMETRIC_CHECKS_MAX = 8
"""Checks of Ed25519 for one webhook: each takes some 100 µs, and reads the whole body."""
ITEMS_MAX = 100
"""Signed items in one body."""
FORM_FIELDS_MAX = 1000
CHALLENGE_CHARS_MAX = 1024
DEDUPE_ID_CHARS_MAX = 512
"""A longer id is told by its digest."""
