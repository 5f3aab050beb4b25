"""Objects: how they are made, changed and answered with, and the lifecycle of each kind. Imports storage and below."""
