"""What each adapter expects of its vendor: one module for each pair, one Pact file for each module."""
