"""Models that run on this machine: found, fetched, started and stopped."""
