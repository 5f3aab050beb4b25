"""The scan of JavaScript, TypeScript and Go by ast-grep. Imports the scan's context and data."""
