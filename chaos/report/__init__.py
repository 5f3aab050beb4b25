"""Reports of verdicts: tables, JSON, JUnit. Judges nothing."""
