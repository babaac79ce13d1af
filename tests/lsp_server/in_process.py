"""A session with a server in the test's own process: no start to wait for, and time is the test's."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from lsprotocol import types
from lsprotocol.converters import get_converter

from lsp_server.opening import Opening
from lsp_server.server import create_server
from lsp_server.session import CodeServer, Timing
from tests.conftest import IN_FY2026

URI = "file:///w/n.txt"


@dataclass(eq=False)
class Alarm:
    """Something that the server wants done later."""

    seconds: float
    act: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Time:
    """Time that passes only when the test says so."""

    now: float = 0.0
    alarms: list[Alarm] = field(default_factory=list)

    def after(self, seconds: float, act: Callable[[], None]) -> Alarm:
        alarm = Alarm(self.now + seconds, act)
        self.alarms.append(alarm)
        return alarm

    def clock(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and do what is due."""
        self.now += seconds
        due = [alarm for alarm in self.alarms if alarm.seconds <= self.now]
        self.alarms = [alarm for alarm in self.alarms if alarm not in due]
        for alarm in due:
            if not alarm.cancelled:
                alarm.act()


class InProcess:
    """A client's side of a session."""

    def __init__(self, server: CodeServer, time: Time) -> None:
        self.server = server
        self.time = time
        self.sent: list[dict[str, Any]] = []
        self.settings: Any = None
        self._numbers = count(1)
        self._version = count(2)
        server.protocol.set_writer(self)

    # What pygls writes to

    def write(self, data: bytes) -> None:
        message = json.loads(data.partition(b"\r\n\r\n")[2])
        self.sent.append(message)
        if "method" in message and "id" in message:
            result = None
            if message["method"] == "workspace/configuration":
                result = [self.settings for _ in message["params"]["items"]]
            answer = {"jsonrpc": "2.0", "id": message["id"], "result": result}
            asyncio.get_running_loop().call_soon(self._receive, answer)

    def close(self) -> None: ...

    # What a client does

    async def ask(self, method: str, params: object) -> Any:
        """The result of a request, or its error."""
        number = next(self._numbers)
        self._receive({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        while True:
            for message in self.sent:
                if message.get("id") == number and "method" not in message:
                    return message.get("result", message.get("error"))
            await asyncio.sleep(0.001)

    def notify(self, method: str, params: object) -> None:
        self._receive({"jsonrpc": "2.0", "method": method, "params": params})

    def open(self, text: str, uri: str = URI, version: int = 1) -> None:
        document = {"uri": uri, "languageId": "plaintext", "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def type(self, text: str, uri: str = URI, version: int | None = None) -> None:
        """Replace the whole text, as one edit."""
        document = {"uri": uri, "version": version or next(self._version)}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def shut(self, uri: str = URI) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    async def settle(self) -> None:
        """Wait until the server has done what is in its power."""
        while self.server._tasks:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0)

    def of(self, method: str) -> list[Any]:
        """The parameters of what the server has sent with a method, in order."""
        return [message.get("params") for message in self.sent if message.get("method") == method]

    def _receive(self, message: Mapping[str, object]) -> None:
        self.server.protocol.receive(json.dumps(message).encode())


@asynccontextmanager
async def in_process(
    data: Path,
    capabilities: types.ClientCapabilities,
    *,
    folders: tuple[str, ...] = (),
    options: object = None,
    settings: object = None,
    on: date = IN_FY2026,
) -> AsyncIterator[InProcess]:
    """A session from initialize on. ``settings`` is what the client answers when it is asked for them."""
    time = Time()
    server = create_server(Opening(data), lambda: on, Timing(after=time.after, clock=time.clock))
    client = InProcess(server, time)
    client.settings = settings
    await client.ask(
        "initialize",
        {
            "processId": None,
            "rootUri": None,
            "capabilities": get_converter().unstructure(capabilities),
            "workspaceFolders": [{"uri": folder, "name": "w"} for folder in folders],
            "initializationOptions": options,
        },
    )
    client.notify("initialized", {})
    await client.settle()
    try:
        yield client
    finally:
        server.end()
