"""The chat in somebody else's page: who may embed it, how a page's reader is let in, and what is loaded there."""
