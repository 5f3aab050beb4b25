"""The ground: the world, the vendor file, the rules, problems and redaction. Knows no room built on it."""
