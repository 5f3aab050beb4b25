"""What a vendor adds to its document: keys, conditions, deprecation, GraphQL, webhooks."""
