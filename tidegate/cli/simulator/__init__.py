"""Commands that run a simulator, steer it, or make what it plays. Imports the simulator."""
