"""What is carried out later: the workers of outbox and inbox. May import upstream, telemetry, store, policies, wire.

Accepting a write is a stage (tidegate.proxy.stages.defer); what becomes of a delivery is decided in
tidegate.proxy.policies.delivery.
"""
