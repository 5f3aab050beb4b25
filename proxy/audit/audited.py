"""What is recorded in the audit log: each kind of row, and what it means. Another kind is a mistake of ours."""

from collections.abc import Mapping

AUDITED: Mapping[str, str] = {
    "admin.login": "somebody logged in to the console",
    "admin.refused": "somebody asked the admin port for something without its token",
    "audit.lost": "rows could not be written for so long that some were given up; `rows` says how many",
    "breaker.forced": "a person keeps a breaker open or closed",
    "breaker.released": "a person lets a breaker go again",
    "ca.used": "a proxy began to open tunnels with a CA that it had not used before since its start",
    "delivery.approve": "a person let a write go that waited for approval",
    "delivery.refuse": "a person refused a write that waited for approval",
    "delivery.cancel": "a person gave a delivery up",
    "delivery.confirm": "a person noted a delivery as carried out",
    "delivery.redo": "a person had a delivery sent again under a new key",
    "delivery.replay": "a person had a delivery sent again under its key",
    "operation.ending": "a vendor said for the first time, or otherwise than before, that an operation ends",
    "proxy.drained": "the proxy stopped taking calls and waited for those under way",
    "proxy.started": "a proxy began to listen",
    "reload.accepted": "a changed file came into force",
    "reload.asked": "a person had every file read anew",
    "reload.refused": "a changed file was not put in force; the one before stays",
    "secret.fallback": "the vendor refused a new secret, and the one before is used again",
    "secret.refused": "a new value of a secret was not put in force",
    "secret.revoked": "a secret was taken out of force for good",
    "secret.rotated": "a new value of a secret came into force",
    "token.reauth": "a vendor's refresh token is no longer good, and a person has to sign in anew",
    "token.refused": "calls with a token, certificate or peer that is no app's, or over; sampled, `times` counts them",
}
