"""The JSON API, the OpenAI-compatible one and MCP: bodies to calls, values to JSON."""
