"""Plays somebody's own vendors: from their files and documents, and what is asked of them. May import what play may."""
