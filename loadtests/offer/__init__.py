"""What a load sends, and what becomes of it: calls, the names they need, Locust, a record of each call."""
