"""The tables of deliveries in PostgreSQL. See tidegate.proxy.store.sqlite.delivery.delivery_tables for their sense.

There are no counters: all proxies would wait for the same few rows. What waits is counted from an index.
"""

DELIVERY_TABLES = """
CREATE TABLE deliveries (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text NOT NULL UNIQUE,
    box text NOT NULL, app text NOT NULL, vendor text NOT NULL, operation text NOT NULL, key text NOT NULL,
    fingerprint text NOT NULL, method text NOT NULL, destination text NOT NULL,
    accepted double precision NOT NULL, accepted_wall double precision NOT NULL, deadline double precision NOT NULL,
    keep_s double precision NOT NULL, order_key text NOT NULL, ordering text NOT NULL, skip_after bigint NOT NULL,
    priority bigint NOT NULL, first_not_before double precision NOT NULL, first_state text NOT NULL,
    trace text NOT NULL, bytes bigint NOT NULL,
    state text NOT NULL, resting text NOT NULL, blocked boolean NOT NULL, ripe boolean NOT NULL,
    not_before double precision NOT NULL, updated_wall double precision NOT NULL,
    attempts bigint NOT NULL DEFAULT 0, leases_lost bigint NOT NULL DEFAULT 0, ever_sent boolean NOT NULL,
    lease_token bigint NOT NULL DEFAULT 0, settled_token bigint NOT NULL DEFAULT 0,
    lease_until double precision NOT NULL DEFAULT 0, boot bigint NOT NULL DEFAULT 0, claim text NOT NULL DEFAULT '',
    dead_reason text NOT NULL DEFAULT '', detail text NOT NULL DEFAULT '', status bigint NOT NULL DEFAULT 0,
    reference text NOT NULL DEFAULT '', keep_until double precision NOT NULL DEFAULT 0,
    live boolean GENERATED ALWAYS AS
        (state IN ('queued', 'waiting', 'unknown', 'leased', 'sending', 'parked')) STORED,
    due boolean GENERATED ALWAYS AS (NOT blocked AND state IN ('queued', 'waiting', 'unknown')) STORED,
    unsent boolean GENERATED ALWAYS AS (NOT ever_sent AND state IN ('queued', 'waiting')) STORED,
    leased boolean GENERATED ALWAYS AS (state IN ('leased', 'sending')) STORED,
    holds boolean GENERATED ALWAYS AS (
        order_key <> '' AND state IN ('queued', 'waiting', 'unknown', 'leased', 'sending', 'parked')
        AND NOT (ordering = 'skip' AND attempts >= skip_after)) STORED,
    rank bigint GENERATED ALWAYS AS (-priority) STORED,
    UNIQUE (box, app, vendor, operation, key)
);
CREATE TABLE delivery_bodies (
    seq bigint PRIMARY KEY REFERENCES deliveries (seq) ON DELETE CASCADE, headers bytea NOT NULL, body bytea NOT NULL
);
CREATE TABLE delivery_answers (
    seq bigint PRIMARY KEY REFERENCES deliveries (seq) ON DELETE CASCADE,
    answer_headers bytea NOT NULL, answer_body bytea NOT NULL
);
CREATE TABLE delivery_attempts (
    seq bigint NOT NULL REFERENCES deliveries (seq) ON DELETE CASCADE, n bigint NOT NULL,
    lease_token bigint NOT NULL, began_wall double precision NOT NULL, ended_wall double precision NOT NULL DEFAULT 0,
    outcome text NOT NULL DEFAULT '', status bigint NOT NULL DEFAULT 0, problem text NOT NULL DEFAULT '',
    call_id text NOT NULL, late boolean NOT NULL DEFAULT false,
    PRIMARY KEY (seq, n)
);
CREATE TABLE delivery_former_keys (
    box text NOT NULL, app text NOT NULL, vendor text NOT NULL, operation text NOT NULL, key text NOT NULL,
    seq bigint NOT NULL REFERENCES deliveries (seq) ON DELETE CASCADE,
    PRIMARY KEY (box, app, vendor, operation, key)
);
CREATE TABLE delivery_audit (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, delivery_id text NOT NULL, mark text NOT NULL UNIQUE,
    keep_until double precision NOT NULL, line text NOT NULL
);
CREATE INDEX deliveries_ripe ON deliveries (box, rank, app, vendor, seq) WHERE due AND ripe;
CREATE INDEX deliveries_unripe ON deliveries (box, not_before) WHERE due AND NOT ripe;
CREATE INDEX deliveries_leased ON deliveries (box, lease_until) WHERE leased;
CREATE INDEX deliveries_unsent ON deliveries (box, deadline) WHERE unsent;
CREATE INDEX deliveries_holding ON deliveries (box, app, vendor, order_key, seq) WHERE holds;
CREATE INDEX deliveries_blocked ON deliveries (box, app, vendor, order_key, seq) WHERE blocked;
CREATE INDEX deliveries_claimed ON deliveries (claim) WHERE leased;
CREATE INDEX deliveries_live ON deliveries (box, state) INCLUDE (bytes, accepted) WHERE live;
CREATE INDEX deliveries_ended ON deliveries (keep_until) WHERE NOT live;
CREATE INDEX deliveries_by_kind ON deliveries (box, app, vendor, state, dead_reason, seq)
    INCLUDE (bytes, accepted_wall);
CREATE INDEX delivery_former_keys_by_seq ON delivery_former_keys (seq);
CREATE INDEX delivery_audit_by_id ON delivery_audit (delivery_id, n);
CREATE INDEX delivery_audit_by_end ON delivery_audit (keep_until);
"""
