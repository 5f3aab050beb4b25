"""The commands about pacts, cassettes, what vendors changed and what they end. Imports proof and proxy."""
