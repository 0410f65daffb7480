"""Business verbs on backflushes."""
