"""The access check of a request, in the vendor's order: its region, its credential, its address, its scope.

Each of these is a file of its own; here is only their order, and whom the document or the vendor file lets do what.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from tidegate.openapi.document import Document, Match
from tidegate.openapi.operations.security import DocumentSecurity
from tidegate.simulator.answer import errors
from tidegate.simulator.door.credentials import Credentials, Requester, app_of, check_scopes
from tidegate.simulator.door.operation_match import OperationMatcher
from tidegate.simulator.door.request_signature import ReceivedForm
from tidegate.simulator.door.security_check import SecurityCheck
from tidegate.simulator.record.journal import JournalEntry
from tidegate.vendor.vendor import Facts

WHOLE = ("body", "hmac", "message-signature", "aws-sigv4")
"""Schemes that say who asks by more than head lines. The simulator has no TLS: what it is called by is `http`."""


class AccessCheck:
    """The access check of one vendor."""

    def __init__(self, facts: Facts, credentials: Credentials, document: Document, addresses: OperationMatcher) -> None:
        self._facts = facts
        self._credentials = credentials
        self._document = document
        self._addresses = addresses
        self._needed: dict[str, frozenset[str]] = {}
        self._reads_all = facts.auth.scheme in WHOLE
        self._requirements = DocumentSecurity(document)
        by_document = facts.auth.requirements == "document"
        self._security = SecurityCheck(self._requirements, credentials.admitted) if by_document else None

    def identify(
        self, entry: JournalEntry, match: Match | None, headers: Mapping[str, str], query: str, body: bytes = b""
    ) -> Requester:
        """The requester. Raises errors.VendorError where it may not come in, or nothing is there to answer with."""
        if self._facts.hosts:
            self._in_its_region(headers.get("Host", ""))
        if self._security is not None:
            return self._by_document(self._security, entry, match, headers, query)
        received = (
            ReceivedForm(entry.method, "http", entry.path, headers, body, entry.wall) if self._reads_all else None
        )
        public = match is not None and _public(match)
        asking = self._credentials.identify(headers, query, entry.at, public=public, received=received)
        entry.app = app_of(asking.name)
        if match is None and not entry.played:
            raise self._no_route(entry.method, entry.path.partition("?")[0])
        if asking.scopes is not None:
            check_scopes(asking, self._needs(entry.operation))
        return asking

    def _by_document(
        self, security: SecurityCheck, entry: JournalEntry, match: Match | None, headers: Mapping[str, str], query: str
    ) -> Requester:
        """The requester by the operation's own requirements; where there is no operation, nothing is asked for."""
        if match is None and not entry.played:
            raise self._no_route(entry.method, entry.path.partition("?")[0])
        if match is None:
            return Requester("")
        asking = security.identify(match.operation, headers, query, entry.at)
        entry.app = app_of(asking.name)
        return asking

    def _no_route(self, method: str, path: str) -> errors.VendorError:
        allowed = self._addresses.allowed(path)
        return errors.no_such_method(method, path, allowed) if allowed else errors.no_such_url(method, path)

    def _in_its_region(self, host: str) -> None:
        """An address that is no host of the vendor's, like a test's own, is of the vendor's region."""
        region = self._facts.hosts.get(host.rpartition(":")[0] or host, self._facts.region)
        if region != self._facts.region:
            raise errors.wrong_region(str(region), str(self._facts.region))

    def _needs(self, operation: str) -> frozenset[str]:
        if operation not in self._needed:
            self._needed[operation] = self._scopes_of(operation)
        return self._needed[operation]

    def _scopes_of(self, operation: str) -> frozenset[str]:
        oauth = self._facts.auth.oauth
        for pattern, scope in (oauth.needs if oauth is not None else {}).items():
            if fnmatchcase(operation, pattern):
                return frozenset(scope.split())
        known = self._document.operations.get(operation)
        requirements = self._requirements.of(known) if known is not None else ()
        named = (scopes for requirement in requirements for _, scopes in requirement.schemes)
        return next(filter(None, named), frozenset())


def _public(match: Match) -> bool:
    """True where the document lets anybody in here: `security: []`, or an alternative that asks for nothing."""
    listed = match.operation.node.get("security")
    return isinstance(listed, list) and (not listed or {} in listed)
