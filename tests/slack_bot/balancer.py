"""A load balancer in front of replicas: in turn, and to another one where the first takes no connection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle

import aiohttp
from aiohttp import web

_KEPT = ("content-type", "set-cookie", "location")


class Balancer:
    """Hands requests on, one connection each, and notes which broke once they were handed on."""

    def __init__(self, replicas: list[str]) -> None:
        self.origin = ""
        self.served = dict.fromkeys(replicas, 0)
        self.broken: dict[str, set[str]] = {replica: set() for replica in replicas}
        self._turns = cycle(range(len(replicas)))
        self._replicas = replicas
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True), auto_decompress=False
        )

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        first = next(self._turns)
        for replica in (*self._replicas[first:], *self._replicas[:first]):
            try:
                return await self._handed_on(replica, request, body)
            except aiohttp.ClientConnectorError:
                continue  # nothing was sent
            except (aiohttp.ClientError, OSError):
                # It may have been answered: not to be sent twice.
                self.broken[replica].add(request.headers.get("X-Test-Request", ""))
                return web.Response(status=502)
        return web.Response(status=503)

    async def _handed_on(self, replica: str, request: web.Request, body: bytes) -> web.Response:
        headers = {key: value for key, value in request.headers.items() if key.lower() != "host"}
        address = replica + request.path_qs
        async with self._session.request(
            request.method, address, data=body, headers=headers, allow_redirects=False
        ) as answer:
            content = await answer.read()
        self.served[replica] += 1
        kept = {key: value for key, value in answer.headers.items() if key.lower() in _KEPT}
        return web.Response(status=answer.status, body=content, headers=kept)

    async def close(self) -> None:
        await self._session.close()


@asynccontextmanager
async def running_balancer(replicas: list[str]) -> AsyncIterator[Balancer]:
    balancer = Balancer(replicas)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", balancer.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        balancer.origin = f"http://{host}:{port}"
        yield balancer
    finally:
        await runner.cleanup()
        await balancer.close()
