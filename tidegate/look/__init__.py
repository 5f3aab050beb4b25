"""How every page of Tidegate looks, the console and the simulator alike: one style, one mark. Imports nothing."""
