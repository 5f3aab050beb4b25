"""The whole house from outside: processes, sockets, official SDKs."""
