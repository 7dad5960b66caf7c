"""Two statements side by side: where they differ, and whether both can hold."""
