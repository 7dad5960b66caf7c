"""On Record as a model that any OpenAI client can ask: requests read, answers put into one text, and its wire forms."""
