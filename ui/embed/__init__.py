"""The chat inside other pages: embeds, tickets, the frame and the loader."""
