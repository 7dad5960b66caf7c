"""Who is asking: the ways in which a request can say so, each checked."""
