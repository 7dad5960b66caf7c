"""What people leave in the library: conversations, keys, sessions and counts."""
