"""What a follow-up leaves out, carried from the turns before it."""
