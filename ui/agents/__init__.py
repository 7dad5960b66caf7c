"""On Record as tools for agents, over the Model Context Protocol: asked, searched and read like everything else."""
