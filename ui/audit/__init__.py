"""The audit log: what was asked of the server by whom, in lines that cannot be changed unseen."""
