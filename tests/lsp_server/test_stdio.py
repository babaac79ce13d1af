import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pygls.io_ import StdinAsyncReader

from lsp_server.stdio import messages, open_reader

pytestmark = pytest.mark.asyncio


async def bodies(data: bytes, limit: int = 2**16) -> list[bytes]:
    reader = asyncio.StreamReader(limit=limit)
    reader.feed_data(data)
    reader.feed_eof()
    return [body async for body in messages(reader)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"Content-Length: 2\r\n\r\n{}", [b"{}"]),
        (b"content-length:2\r\n\r\n{}Content-Length: 1\r\n\r\n1", [b"{}", b"1"]),
        (b"Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc\r\n\r\n{}", [b"{}"]),
        (b"Content-Type: x\r\nContent-Length: 2\r\n\r\n{}", [b"{}"]),
        (b"Content-Length: 2\n\n{}", [b"{}"]),
        (b"\x00junk\r\n\r\nContent-Length: x\r\nContent-Length: 2\r\n\r\n{}", [b"{}"]),
        (b"Content-Length: 0\r\n\r\nContent-Length: 2\r\n\r\n{}", [b"", b"{}"]),
        (b"Content-Length: 99\r\n\r\n{}", []),
        (b"Content-Length: 99", []),
    ],
)
async def test_bodies_of_messages(data: bytes, expected: list[bytes]) -> None:
    assert await bodies(data) == expected


async def test_a_line_without_end_is_skipped() -> None:
    data = b"x" * 300 + b"\r\nContent-Length: 2\r\n\r\n{}"
    assert await bodies(data, limit=100) == [b"{}"]


async def test_a_body_may_be_longer_than_the_buffer() -> None:
    body = b'"' + b"x" * 100_000 + b'"'
    assert await bodies(b"Content-Length: %d\r\n\r\n" % len(body) + body, limit=100) == [body]


async def test_a_file_is_read_through_a_thread(tmp_path: Path) -> None:
    path = tmp_path / "session"
    path.write_bytes(b"Content-Length: 2\r\n\r\n{}Content-Length: 9\r\n\r\n{}")
    with path.open("rb") as file, ThreadPoolExecutor(1) as pool:
        reader = await open_reader(file, pool)
        assert isinstance(reader, StdinAsyncReader)
        assert [body async for body in messages(reader)] == [b"{}"]


async def test_an_input_that_no_loop_can_take_is_read_through_a_thread() -> None:
    with ThreadPoolExecutor(1) as pool:
        reader = StdinAsyncReader(io.BytesIO(b"Content-Length: 2\r\n\r\n{}"), pool)
        assert [body async for body in messages(reader)] == [b"{}"]
