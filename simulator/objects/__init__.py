"""The objects that the simulator holds, how they are made, found and listed, and how they live on."""
