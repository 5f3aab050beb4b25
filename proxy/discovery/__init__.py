"""Discovery: which hosts and operations apps really call, and first vendor files of it. May import the ground alone."""
