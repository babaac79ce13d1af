"""``python -m bench.bare_bolt``: the least that Bolt can do. Acks ``/icd`` with a constant."""

import asyncio
import socket

import uvicorn
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from icdlens.demo import SECRET
from slack_bot.main import loop_factory


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-bare")


async def _icd(ack: AsyncAck) -> None:
    await ack("M53.9 Dorsopathy, unspecified")


def main() -> None:
    app = AsyncApp(authorize=_authorize, signing_secret=SECRET, process_before_response=True)
    app.command("/icd")(_icd)
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    figures = CollectorRegistry()
    ProcessCollector(registry=figures)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(figures))

    web = Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/metrics", metrics)])
    # As the bot listens: the protocol named, or each answer takes 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        print(f"http://127.0.0.1:{listener.getsockname()[1]}/slack/events", flush=True)
        config = uvicorn.Config(web, access_log=False, log_level="warning", ws="none", lifespan="off")
        with asyncio.Runner(loop_factory=loop_factory()) as runner:  # the bot's own event loop
            runner.run(uvicorn.Server(config).serve([listener]))


if __name__ == "__main__":
    main()
