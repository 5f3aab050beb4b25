"""How a verdict is shown: tables, JSON, JUnit. Judges nothing."""
