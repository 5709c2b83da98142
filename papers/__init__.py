"""The eight papers, one folder each."""
