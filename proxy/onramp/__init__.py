"""From the app: server, gateway, tokens, request bodies, the reply written. Imports upstream and call."""
