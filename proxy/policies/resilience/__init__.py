"""Try, wait, stop or replay: retry, breaker, budget, deadline, idempotency. Imports dialects and call."""
