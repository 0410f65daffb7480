"""The kinds of files, each with what it checks and how it loads."""
