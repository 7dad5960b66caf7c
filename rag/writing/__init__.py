"""What a model is told, and what its lines are read as."""
