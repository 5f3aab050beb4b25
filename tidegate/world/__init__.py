"""Clock, randomness, wire and disk: protocols, and the real ones. Imports nothing of ours."""
