"""How much anybody may ask: rates, turns and the queue."""
