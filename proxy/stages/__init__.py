"""The stages, which carry the policies out: one a file, in the order of tidegate.proxy.pipeline.AROUND."""
