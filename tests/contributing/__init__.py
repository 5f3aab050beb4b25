"""The examples of docs/contributing, built as the pages say."""
