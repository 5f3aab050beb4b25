"""The forward proxy: absolute-form requests, CONNECT tunnelled or opened, its own CA. Imports stages and below."""
