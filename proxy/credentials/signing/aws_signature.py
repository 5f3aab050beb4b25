"""AWS Signature Version 4 in the header (docs.aws.amazon.com, "Create a signed AWS API request").

botocore is what it is compared with in tests; nothing of it is needed to run.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from time import gmtime, strftime
from urllib.parse import quote, unquote_to_bytes

from tidegate.problems import UsageError
from tidegate.proxy.credentials.signing.signed_request import RequestSigner, SignedRequest
from tidegate.redaction.secret import Secret
from tidegate.vendor.signing_facts import AwsSigning

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
_SLASH = re.compile("%2[Ff]")


class AwsSignature(RequestSigner):
    """See the module. `wall` is the wall clock. Raises UsageError where the secret is not `access:secret[:token]`."""

    def __init__(self, signing: AwsSigning, secret: Secret, wall: Callable[[], float]) -> None:
        self._access, _, rest = secret.reveal().partition(":")
        key, _, self._token = rest.partition(":")
        if not self._access or not key:
            raise UsageError("auth.secret is not written as access key, colon, secret key")
        self._signing, self._wall, self._key = signing, wall, b"AWS4" + key.encode()
        self.needs_body = signing.needs_body
        self.headers = frozenset({"authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"})

    def sign(self, request: SignedRequest) -> None:
        """See RequestSigner.sign."""
        signing, time = self._signing, strftime("%Y%m%dT%H%M%SZ", gmtime(self._wall()))
        digest = UNSIGNED if signing.unsigned_payload else hashlib.sha256(request.body).hexdigest()
        request.put("X-Amz-Date", time)
        if signing.service == "s3" or signing.unsigned_payload:
            request.put("X-Amz-Content-SHA256", digest)
        if self._token:
            request.put("X-Amz-Security-Token", self._token)
        names = sorted({name.lower() for name, _ in request.lines if _is_signed(name.lower())})
        canonical = canonical_request(request, names, digest, twice=signing.service != "s3")
        scope = f"{time[:8]}/{signing.region}/{signing.service}/aws4_request"
        text = "\n".join((ALGORITHM, time, scope, hashlib.sha256(canonical.encode("latin-1")).hexdigest()))
        key = self._key
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        request.put(
            "Authorization",
            f"{ALGORITHM} Credential={self._access}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}",
        )


def _is_signed(name: str) -> bool:
    return name in ("host", "content-type", "content-md5") or name.startswith("x-amz-")


def canonical_request(request: SignedRequest, names: list[str], digest: str, *, twice: bool) -> str:
    """The canonical request. `twice`: a path that is percent-encoded is encoded once more; S3 alone does not."""
    path = quote(_normal(request.path), safe="/~") if twice else _encoded(request.path or "/", safe="/~")
    pairs = [pair.partition("=")[::2] for pair in request.query.split("&") if pair]
    query = "&".join(f"{name}={value}" for name, value in sorted((_encoded(name), _encoded(it)) for name, it in pairs))
    lines = "".join(f"{name}:{' '.join(request.header(name).split())}\n" for name in names)
    return "\n".join((request.method, path, query, lines, ";".join(names), digest))


def _encoded(text: str, safe: str = "~") -> str:
    """A text as AWS encodes it, however it was encoded: `%2f` and `:` become `%2F` and `%3A`. A `%2F` is no slash."""
    return "%2F".join(quote(unquote_to_bytes(part), safe=safe) for part in _SLASH.split(text))


def _normal(path: str) -> str:
    """A path without empty and dot segments (RFC 3986 §6.2.2.3)."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    end = "/" if parts and path.endswith("/") else ""
    return f"/{'/'.join(parts)}{end}"
