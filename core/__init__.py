"""The classification: codes, releases, the catalogue and the card. Knows no editor, chat or index."""
