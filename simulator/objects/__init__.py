"""How objects are made, changed and answered with, and how each kind lives. What is stored is in storage below."""
