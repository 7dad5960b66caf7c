"""Which sentences of a passage answer a question."""
