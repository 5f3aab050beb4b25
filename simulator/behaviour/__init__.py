"""The vendor's behaviour beside its document: idempotency keys, conditions, deprecation, GraphQL, webhooks."""
