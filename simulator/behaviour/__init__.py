"""Behaviour beside the document: idempotency keys, conditions, GraphQL, webhooks. Imports objects and below."""
