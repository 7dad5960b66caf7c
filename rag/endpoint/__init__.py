"""The wire to a model server: one request, its retries, its breaker, its time."""
