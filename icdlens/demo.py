"""``make demo``: the main job, done for real through every door, and printed.

A card in the terminal; a hover and a completion through a language-server session over stdio; a
signed ``/icd M53.9`` over HTTP. Everything stays on this machine: Slack's own API, which the bot asks
once who it is, is played by a server on the loopback interface.
"""

import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import click

COMMAND = [sys.executable, "-P", "-m", "icdlens"]
_NOTE = ("Assessment: chronic back trouble, M53.9", "dx: low back pa")
_URI = "untitled:note"
SECRET = "demonstration0only0not0a0secret0"
_SECONDS = 30


def main() -> None:
    """Run all parts. A part that fails ends the demonstration with its error."""
    _headline("In the terminal: icdlens lookup M53.9")
    subprocess.run([*COMMAND, "lookup", "M53.9"], check=True)
    with Editor(_NOTE) as editor:
        _headline("In the editor: a hover on M53.9, through a language-server session over stdio")
        click.echo(_NOTE[0])
        click.echo()
        click.echo(editor.hover(line=0, character=_NOTE[0].index("M53.9")))
        _headline(f"In the editor: completion after '{_NOTE[1]}'")
        for item in editor.complete(line=1, character=len(_NOTE[1]))[:6]:
            click.echo(f"{item['label']:<10}{item.get('detail', '')}")
    with slack_api() as api, running_bot(api) as events:
        _headline("In Slack: a signed /icd M53.9, answered over HTTP on the loopback interface")
        click.echo(_readable(slash_command(events, "M53.9")))


class Editor:
    """A minimal editor: one language-server process, one open text (LSP 3.17, base protocol)."""

    def __init__(
        self, note: Sequence[str], command: Sequence[str] = (*COMMAND, "lsp"), language: str = "plaintext"
    ) -> None:
        self._note = "\n".join(note)
        self._command = command
        self._language = language

    def __enter__(self) -> "Editor":
        self._server = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._last = 0
        capabilities = {"textDocument": {"hover": {"contentFormat": ["markdown"]}, "diagnostic": {}}}
        self._request("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities})
        self._send({"method": "initialized", "params": {}})
        document = {"uri": _URI, "languageId": self._language, "version": 1, "text": self._note}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        return self

    def __exit__(self, *_: object) -> None:
        self._request("shutdown", None)
        self._send({"method": "exit"})
        self._server.wait(_SECONDS)

    def hover(self, line: int, character: int) -> str:
        found = self._request("textDocument/hover", _at(line, character))
        return str(found["contents"]["value"])

    def diagnose(self) -> list[dict[str, Any]]:
        """What is to be remarked on in the note."""
        found = self._request("textDocument/diagnostic", {"textDocument": {"uri": _URI}})
        return list(found["items"])

    def diagnose_edited(self, number: int) -> list[dict[str, Any]]:
        """The same after an edit of the first character, which differs from number to number."""
        at = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
        document = {"uri": _URI, "version": number + 2}
        params = {"textDocument": document, "contentChanges": [{"range": at, "text": str(number % 10)}]}
        self._send({"method": "textDocument/didChange", "params": params})
        return self.diagnose()

    def complete(self, line: int, character: int) -> list[dict[str, Any]]:
        found = self._request("textDocument/completion", _at(line, character))
        return list(found["items"])

    def _request(self, method: str, params: object) -> Any:
        self._last += 1
        self._send({"id": self._last, "method": method, "params": params})
        while (message := self._receive()).get("id") != self._last or "method" in message:
            pass  # a notification, or a request of the server's
        return message["result"]

    def _send(self, message: dict[str, object]) -> None:
        assert self._server.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        length = 0
        while (header := self._server.stdout.readline().strip()) or not length:
            if not header:
                raise RuntimeError("the language server ended")
            if header.lower().startswith(b"content-length:"):
                length = int(header.partition(b":")[2])
        message: dict[str, Any] = json.loads(self._server.stdout.read(length))
        return message


def _at(line: int, character: int) -> dict[str, object]:
    return {"textDocument": {"uri": _URI}, "position": {"line": line, "character": character}}


@contextmanager
def slack_api() -> Iterator[str]:
    """Slack's Web API as far as the bot asks it at start: who am I?"""
    identity = {
        "ok": True,
        "team_id": "T1",
        "user_id": "U1",
        "bot_id": "B1",
        "url": "https://demo.slack.com/",
    }

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps(identity).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/"
        finally:
            server.shutdown()


@contextmanager
def running_bot(api: str) -> Iterator[str]:
    """The running bot; yields the address for Slack's requests, which it prints when it listens."""
    settings = {
        "SLACK_BOT_TOKEN": "xoxb-demonstration",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": api,
        "ICDLENS_SLACK_PORT": "0",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    command = [*COMMAND, "slack", "--http"]
    with subprocess.Popen(
        command, env={**os.environ, **settings}, stderr=subprocess.PIPE, encoding="utf-8"
    ) as bot:
        assert bot.stderr is not None
        said = ""
        try:
            for line in bot.stderr:
                said += line
                if address := re.search(r"http://\S+?/slack/events", line):
                    break
            else:
                raise RuntimeError(f"the bot did not start: {said}")
            yield address.group()
        finally:
            bot.terminate()


def slash_command(events: str, text: str) -> list[dict[str, Any]]:
    """Send the command as Slack does; the blocks of its answer."""
    body, headers = signed_command(text)
    request = urllib.request.Request(events, body, headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy does not reach us
    with direct.open(request, timeout=_SECONDS) as response:
        answer: dict[str, Any] = json.load(response)
    return list(answer["blocks"])


def signed_command(text: str, user: str = "U2") -> tuple[bytes, dict[str, str]]:
    """A command's form and its headers, signed."""
    form = {"command": "/icd", "text": text, "team_id": "T1", "user_id": user}
    body = urllib.parse.urlencode(form).encode()
    return body, signed(body)


def signed(body: bytes) -> dict[str, str]:
    """The headers of a form that is signed now (Slack, "Verifying requests from Slack")."""
    timestamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={signature}",
    }


def _readable(blocks: list[dict[str, Any]]) -> str:
    """The texts of the blocks, a line for each block."""
    lines = []
    for block in blocks:
        parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        texts = (part["text"] for part in parts if part and "text" in part)
        lines.append("  ".join(f"[{text['text']}]" if isinstance(text, dict) else text for text in texts))
    return "\n".join(line for line in lines if line)


def _headline(text: str) -> None:
    click.secho(f"\n{text}\n{'─' * len(text)}", bold=True)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
