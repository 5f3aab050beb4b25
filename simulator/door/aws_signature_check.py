"""AWS Signature Version 4, verified from the header `Authorization` alone, as AWS documents it."""

import calendar
import hmac
import re
import time
from hashlib import sha256
from urllib.parse import quote, unquote_to_bytes

from tidegate.simulator.door.request_signature import ReceivedForm, unsigned, wrongly_signed
from tidegate.vendor.signing_facts import AwsSigning

SKEW_S = 300.0
_FORM = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,\s]+)/(?P<scope>\d{8}/[^/]+/[^/]+/aws4_request),\s*"
    r"SignedHeaders=(?P<names>[a-z0-9;-]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)


class AwsSignatureCheck:
    """See the module. With a secret of None every signature is right."""

    def __init__(self, signing: AwsSigning, secret: str | None) -> None:
        self._signing = signing
        self._key, _, rest = (secret or "").partition(":")
        self._secret, _, self._token = rest.partition(":")
        self._checks = secret is not None

    def signer(self, received: ReceivedForm) -> str:
        """See SignatureCheck."""
        given = received.headers.get("Authorization", "")
        if not given:
            raise unsigned()
        found = _FORM.fullmatch(given)
        if found is None:
            raise wrongly_signed("Authorization is not written as AWS4-HMAC-SHA256 has it")
        if self._checks:
            self._verify(received, found)
        return found["key"]

    def _verify(self, received: ReceivedForm, found: re.Match[str]) -> None:
        headers, names = received.headers, found["names"].split(";")
        stamp = headers.get("X-Amz-Date", "")
        try:
            moment = calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
        except ValueError:
            raise wrongly_signed("X-Amz-Date is missing") from None
        date, region, service, _ = found["scope"].split("/")
        if abs(moment - received.wall) > SKEW_S or not stamp.startswith(date):
            raise wrongly_signed("its time is too far off")
        if (region, service) != (self._signing.region, self._signing.service) or found["key"] != self._key:
            raise wrongly_signed("it is of another key, region or service")
        if headers.get("X-Amz-Security-Token", "") != self._token:
            raise wrongly_signed("the session token is another")
        if "host" not in names or any(
            name.lower().startswith("x-amz-") and name.lower() not in names for name in headers
        ):
            raise wrongly_signed("a header that must be signed is not")
        canonical = self._canonical(received, names)
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{found['scope']}\n{sha256(canonical.encode('latin-1')).hexdigest()}"
        step = f"AWS4{self._secret}".encode()
        for part in (date, region, service, "aws4_request", text):
            step = hmac.new(step, part.encode(), sha256).digest()
        if not hmac.compare_digest(step.hex(), found["signature"]):
            raise wrongly_signed("it is not of this request")

    def _canonical(self, received: ReceivedForm, names: list[str]) -> str:
        """The canonical request, of the headers that are signed."""
        content = sha256(received.body).hexdigest()
        if self._signing.unsigned_payload:
            content = "UNSIGNED-PAYLOAD"
        headers = received.headers
        path, _, query = received.target.partition("?")
        raw = (pair.partition("=")[::2] for pair in query.split("&") if pair)
        listed = sorted((_as_aws(name), _as_aws(value)) for name, value in raw)
        return "\n".join(
            [
                received.method,
                "/".join(map(_as_aws, path.split("/"))) if self._signing.service == "s3" else quote(path, safe="/~"),
                "&".join("=".join(pair) for pair in listed),
                *(f"{name}:{' '.join(headers.get(name, '').split())}" for name in names),
                "",
                ";".join(names),
                content,
            ]
        )


def _as_aws(part: str) -> str:
    """A segment or a part of the query, decoded and encoded again with capital digits."""
    return quote(unquote_to_bytes(part), safe="-_.~")
