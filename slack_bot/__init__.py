"""The chat: the Slack app, over Socket Mode and over HTTP."""
