"""Who may call and what each may do: identity, rules, and TLS of the listeners. May import policies and the call."""
