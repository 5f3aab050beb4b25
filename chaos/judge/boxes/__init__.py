"""The promises of outbox and inbox, as functions of the evidence. Imports what its parent does."""
