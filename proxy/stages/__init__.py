"""What carries the policies out: one stage a file, in the order of tidegate.proxy.pipeline.AROUND."""
