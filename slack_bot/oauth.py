"""Installing the app into a workspace with a browser: Bolt's OAuth flow, on pages of our own."""

import html
from collections.abc import Callable, Sequence
from urllib.parse import parse_qs

import aiohttp
from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from slack_bot.app import hidden_environment, web_client
from slack_bot.installations import STATE_SECONDS, Installations, Unavailable
from slack_bot.manifest import bot_scopes
from slack_bot.metrics import Metrics
from slack_bot.quiet_log import log_failure, slack_logger
from slack_bot.settings import InstallSettings, Settings

INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",  # the address of the redirect holds a code
    "X-Content-Type-Options": "nosniff",
}
_AGAIN = f'<a href="{INSTALL}">Begin again</a>.'
#: What an installer reads for Bolt's reasons; Slack's own reasons fall under the last.
_FAILURES = {
    "access_denied": f"The installation was cancelled, and nothing was changed. {_AGAIN}",
    "invalid_browser": "This page was not reached from icdlens's own installation page in this browser, or "
    f"was loaded twice. {_AGAIN}",
    "invalid_state": f"This installation was begun more than ten minutes ago, or is done already. {_AGAIN}",
    "missing_code": f"Slack sent no code. {_AGAIN}",
    "invalid_code": f"Slack does not know this installation any more. {_AGAIN}",
}
_OTHER = f"Slack could not install icdlens. {_AGAIN}"
_LATER = "icdlens cannot reach {} right now, and nothing was installed. Try again in a minute. " + _AGAIN
_TITLE = "icdlens: ICD-10-CM in Slack"


class InstallPages:
    """The two pages of an installation."""

    def __init__(
        self, settings: Settings, installs: InstallSettings, installations: Installations, metrics: Metrics
    ) -> None:
        self._metrics = metrics
        self._scopes = bot_scopes()
        with hidden_environment():  # Bolt would read scopes, for one, from it
            flow_settings = AsyncOAuthSettings(
                client_id=installs.client_id,
                client_secret=installs.client_secret,
                scopes=self._scopes,
                user_scopes=[],
                redirect_uri=installs.public_url + REDIRECT,
                install_path=INSTALL,
                redirect_uri_path=REDIRECT,
                callback_options=AsyncCallbackOptions(success=self._succeeded, failure=self._failed),
                authorization_url=settings.api_url.removesuffix("api/") + "oauth/v2/authorize",
                installation_store=installations,
                state_store=installations.states,
                state_expiration_seconds=STATE_SECONDS,
                logger=slack_logger(),
            )
        self._flow = _Flow(self._scopes, web_client(settings), flow_settings)

    async def install(self, request: Request) -> Response:
        """The page with the link to Slack. Its cookie ties what comes back to this browser."""
        self._metrics.install("started")
        # Without the query: Bolt would put a team named there into the link as it stands.
        return await self._answered(self._flow.handle_installation, request, "")

    async def redirect(self, request: Request) -> Response:
        """Where Slack sends the browser back to, with a code for the token."""
        query = request.url.query
        if any(len(values) != 1 for values in parse_qs(query).values()):
            self._metrics.install("refused")
            return _page(400, _OTHER)
        return await self._answered(self._flow.handle_callback, request, query)

    async def _answered(
        self, handle: Callable[[AsyncBoltRequest], object], request: Request, query: str
    ) -> Response:
        bolt_request = AsyncBoltRequest(body="", query=query, headers=dict(request.headers))
        try:
            response = to_starlette_response(await handle(bolt_request))  # type: ignore[misc]
        except Exception as error:
            log_failure("An installation failed", error)
            self._metrics.install("failed")
            if isinstance(error, Unavailable):
                return _page(503, _LATER.format("its database"))
            if isinstance(error, aiohttp.ClientError | SlackClientError | TimeoutError):
                return _page(503, _LATER.format("Slack"))
            return _page(500, _OTHER)
        response.headers.update(_HEADERS)
        return response

    async def _succeeded(self, args: AsyncSuccessArgs) -> BoltResponse:
        self._metrics.install("completed")
        team = html.escape(args.installation.team_name or "your workspace")
        said = f"icdlens is installed in {team}. In Slack, type <code>/icd M53.9</code>; close this page."
        return _bolt_page(200, said, self._flow.settings)

    async def _failed(self, args: AsyncFailureArgs) -> BoltResponse:
        self._metrics.install("refused")
        return _bolt_page(args.suggested_status_code, _FAILURES.get(args.reason, _OTHER), self._flow.settings)


class _Flow(AsyncOAuthFlow):
    """Bolt's flow, with an installation page that loads nothing from elsewhere."""

    def __init__(self, scopes: list[str], client: object, settings: AsyncOAuthSettings) -> None:
        super().__init__(client=client, logger=slack_logger(), settings=settings)  # type: ignore[arg-type]
        self._scopes = scopes

    async def build_install_page_html(self, url: str, _: AsyncBoltRequest) -> str:
        scopes = ", ".join(f"<code>{html.escape(scope)}</code>" for scope in self._scopes)
        return _html(
            "Your workspace's people can then look up ICD-10-CM codes with <code>/icd</code>. icdlens asks "
            f"for these permissions and no others: {scopes}. It keeps the token that Slack gives it, sealed; "
            f'texts are neither logged nor stored.</p>\n<p><a href="{html.escape(url)}">Add to Slack</a>'
        )


def _bolt_page(status: int, said: str, settings: AsyncOAuthSettings) -> BoltResponse:
    cookie = settings.state_utils.build_set_cookie_for_deletion()
    headers: dict[str, str | Sequence[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Set-Cookie": cookie,
    }
    return BoltResponse(status=status, headers=headers, body=_html(said))


def _page(status: int, said: str) -> Response:
    return HTMLResponse(_html(said), status, _HEADERS)


def _html(said: str) -> str:
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{_TITLE}</title>\n'
        f"<h1>{_TITLE}</h1>\n<p>{said}</p>\n</html>\n"
    )
