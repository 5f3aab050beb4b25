"""The expectations of each adapter about its vendor: one module for each pair, one Pact file for each module."""
