"""A server on the loopback interface that behaves like the official sites, at their best and their worst."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

ETAG = '"5f2d-61b"'


@dataclass
class OfficialSite:
    """What the server answers. ``statuses`` are given first, one a request, for paths that end so."""

    files: dict[str, bytes] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    #: Bytes after which the connection is closed, one a request.
    breaks: list[int] = field(default_factory=list)
    ranges: bool = True
    seconds_a_chunk: float = 0.0
    #: Each request: its path and its Range.
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def list_folder(self, folder: str, names: list[str]) -> None:
        """A folder's listing, as CDC's server prints it."""
        rows = "".join(f'<A HREF="{folder}{quote(n)}">{n}</A><br>' for n in names)
        self.pages[folder] = (
            f'<html><body><pre><A HREF="/pub/">[To Parent Directory]</A><br>{rows}</pre></html>'
        )

    @contextmanager
    def serving(self) -> Iterator[None]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                """No log."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join(10)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = unquote(request.path)
        self.asked.append((path, request.headers.get("Range", "")))
        for end, statuses in self.statuses.items():
            if path.endswith(end) and statuses:
                self._send(request, statuses.pop(0), b"<html>Sorry</html>", self.headers)
                return
        if path in self.redirects:
            self._send(request, 302, b"", {"Location": self.redirects[path]})
        elif path in self.pages:
            self._send(request, 200, self.pages[path].encode(), {"Content-Type": "text/html"})
        elif path in self.files:
            self._send_file(request, self.files[path])
        else:
            self._send(request, 404, b"<html>Not found</html>", {})

    def _send_file(self, request: BaseHTTPRequestHandler, content: bytes) -> None:
        asked = request.headers.get("Range", "")
        headers = {"ETag": ETAG}
        if self.ranges and asked and request.headers.get("If-Range") == ETAG:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self._send(request, 206, content[start:], headers)
        else:
            self._send(request, 200, content, headers)

    def _send(
        self, request: BaseHTTPRequestHandler, status: int, content: bytes, headers: dict[str, str]
    ) -> None:
        request.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            request.send_header(name, value)
        request.end_headers()
        if status < 300 and "ETag" in headers and self.breaks:
            content = content[: self.breaks.pop(0)]
        for start in range(0, len(content), 4096):
            request.wfile.write(content[start : start + 4096])
            time.sleep(self.seconds_a_chunk)
