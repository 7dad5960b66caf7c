"""How answers look to llama-index."""
