"""The full-text index on Whoosh, the search over it, and the library that surfaces open."""
