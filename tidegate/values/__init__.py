"""Generated values: from examples, fixtures, names, formats and schemas, all seeded. Imports openapi."""
