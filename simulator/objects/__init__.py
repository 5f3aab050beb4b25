"""Objects: how they are made, changed and shown, and the lifecycle of each kind. Imports storage and below."""
