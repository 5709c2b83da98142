"""Corpora: where they come from, how they are read, cut, and stored as token ids."""
