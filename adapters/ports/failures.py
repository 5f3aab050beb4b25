"""The failures of a call to a vendor: one exception for each thing that an app may do about it.

Shared by all ports. A port adds what only its domain knows (a declined payment). Nothing here knows HTTP, or a vendor's
words; which answer becomes which failure is decided in adapters/gateway.py for Tidegate's own problems and in each
vendor's adapter for the vendor's.
"""


class VendorFailure(Exception):
    """Any of the failures below. `call_id` is Tidegate's number of the call, empty where none was given."""

    def __init__(self, message: str, *, call_id: str = "") -> None:
        super().__init__(f"{message} (call {call_id})" if call_id else message)
        self.call_id = call_id


class Rejected(VendorFailure):
    """The request is wrong: nothing was done, and sending it again will not help.

    `field` is the name that the vendor, or this adapter, objects to; empty where it named none. `code` is the vendor's.
    """

    def __init__(self, message: str, *, field: str = "", code: str = "", call_id: str = "") -> None:
        super().__init__(message, call_id=call_id)
        self.field = field
        self.code = code


class Unsuited(Rejected):
    """This vendor cannot do it for this one at all: nothing was sent. Another vendor of the port may."""


class NotFound(VendorFailure):
    """The vendor knows no such thing."""


class RateLimited(VendorFailure):
    """Refused for its rate, by our own quota or by the vendor: nothing was done. `retry_after_s` where it is known."""

    def __init__(self, message: str, *, retry_after_s: float | None = None, call_id: str = "") -> None:
        super().__init__(message, call_id=call_id)
        self.retry_after_s = retry_after_s


class Unavailable(VendorFailure):
    """The vendor, or Tidegate, cannot be reached now, or not in time: nothing was done. Try again later."""

    def __init__(self, message: str, *, retry_after_s: float | None = None, call_id: str = "") -> None:
        super().__init__(message, call_id=call_id)
        self.retry_after_s = retry_after_s


class OutcomeUnknown(VendorFailure):
    """The write may or may not have happened. Repeat it only under the same key; `record_url` tells what became of it.

    `record_url` is empty where Tidegate could not name a record (the connection to it was lost).
    """

    def __init__(self, message: str, *, record_url: str = "", call_id: str = "") -> None:
        super().__init__(message, call_id=call_id)
        self.record_url = record_url


class Parked(OutcomeUnknown):
    """A write whose outcome only a person can tell: it waits for one, at `record_url`, and is not tried again."""


class Undelivered(VendorFailure):
    """Tidegate had accepted this very write, and it ended without success: a dead letter, for a person."""


class Conflict(VendorFailure):
    """Something else is at work on the same thing, or under the same key: nothing was done. Try again later."""

    def __init__(self, message: str, *, retry_after_s: float | None = None, call_id: str = "") -> None:
        super().__init__(message, call_id=call_id)
        self.retry_after_s = retry_after_s


class KeyReused(VendorFailure):
    """This key was used before, for another request: nothing was done. A mistake of the app's."""


class Misconfigured(VendorFailure):
    """The app's token, the vendor's credential, the address or the vendor's name is wrong: for an operator to repair.

    `problem` is Tidegate's name for it, empty where the vendor said so.
    """

    def __init__(self, message: str, *, problem: str = "", call_id: str = "") -> None:
        super().__init__(message, call_id=call_id)
        self.problem = problem


class VendorContractBroken(VendorFailure):
    """The answer is not what the contract says. `pointer` (RFC 6901) is the place in its body, empty for the whole.

    `applied` says that the vendor had answered the request as done, so a write has happened all the same. The value
    that was found is left out on purpose: it may be personal data.
    """

    def __init__(self, pointer: str, expected: str, *, found: str, applied: bool = False, call_id: str = "") -> None:
        super().__init__(f"{pointer or 'the body'}: expected {expected}, found {found}", call_id=call_id)
        self.pointer = pointer
        self.expected = expected
        self.found = found
        self.applied = applied
