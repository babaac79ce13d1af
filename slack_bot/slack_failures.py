"""What a failed call to Slack's Web API says, in whichever shape slack_sdk raises it."""

from slack_sdk.errors import SlackApiError

_LONGEST_SECONDS = 300


def http_status(error: SlackApiError) -> int:
    """The response's status. Of what is no JSON, slack_sdk keeps aiohttp's response and not its own."""
    response = error.response
    return int(getattr(response, "status_code", 0) or getattr(response, "status", 0))


def reason(error: SlackApiError) -> str:
    """Slack's own word for it, such as ``invalid_auth``: more of the response may hold a token."""
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "no reason given") if isinstance(data, dict) else "no reason given"


def seconds_to_wait(error: BaseException) -> int:
    """How long Slack wants to be left alone, at most five minutes; 0 where it does not say."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    asked = str(headers.get("Retry-After", ""))
    return min(int(asked), _LONGEST_SECONDS) if asked.isascii() and asked.isdigit() else 0
