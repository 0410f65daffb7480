"""Business verbs on signatures."""
