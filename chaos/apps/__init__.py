"""The apps of a run, with Tidegate and without: retry loops, the SDK, a small HTTP client. Imports world."""
