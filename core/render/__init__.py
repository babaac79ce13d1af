"""Renderings of a card that several surfaces share: outline, Markdown, plain text, JSON."""
