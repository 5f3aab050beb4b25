"""Generated values: from examples, the vendor's fixtures, names, formats and schemas, all seeded."""
