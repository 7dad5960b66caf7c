"""Keeping the library from a page: what librarians see, add, remove and sync again, as jobs of one worker."""
