"""A head that has no end, in size or in time, ends the connection."""

import asyncio

import pytest
from msgspec import json
from uvicorn.config import Config
from uvicorn.server import ServerState

from api.protocol import BoundedProtocol


class Bounded(BoundedProtocol):
    most_bytes = 2_000
    most_seconds = 0.2


async def greet(_scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


@pytest.fixture
def talk():
    """Send a server pieces, each after a pause; returns all that it said until it closed or fell silent."""

    def run(*pieces, pause=0.0):
        async def speak():
            config = Config(greet, lifespan="off", log_config=None)
            config.load()
            loop = asyncio.get_running_loop()
            server = await loop.create_server(lambda: Bounded(config, ServerState(), {}), "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(pause)
            heard = b""
            try:
                async with asyncio.timeout(0.6):
                    while more := await reader.read(4096):
                        heard += more
                closed = True
            except TimeoutError:
                closed = False
            writer.close()
            server.close()
            return heard, closed

        return asyncio.run(speak())

    return run


HEAD = b"POST / HTTP/1.1\r\nhost: x\r\n"


def test_an_ordinary_request_is_answered_and_its_connection_kept(talk):
    heard, closed = talk(
        HEAD + b"content-length: 2\r\n\r\nhi", HEAD + b"content-length: 2\r\n\r\nhi", pause=0.05
    )
    assert heard.count(b"200 OK") == 2
    assert not closed


def test_a_body_larger_than_any_head_is_none_of_its_business(talk):
    heard, _ = talk(HEAD + b"content-length: 9000\r\n\r\n", b"x" * 4500, b"x" * 4500)
    assert b"200 OK" in heard


@pytest.mark.parametrize("pieces", [[b"x: " + b"y" * 3000], [b"a: b\r\n" * 400], [b"x" * 3000]])
def test_a_head_without_end_is_refused(talk, pieces):
    heard, closed = talk(HEAD, *pieces, pause=0.02)
    assert heard.startswith(b"HTTP/1.1 431")
    assert closed


@pytest.mark.parametrize("pieces", [[], [HEAD], [HEAD, b"a: b\r\n", b"c: d\r\n", b"e: f\r\n", b"g: h\r\n"]])
def test_a_head_that_does_not_come_is_refused(talk, pieces):
    heard, closed = talk(*pieces, pause=0.05)
    assert heard.startswith(b"HTTP/1.1 408")
    assert closed


@pytest.mark.parametrize(
    "head", [b"NONSENSE\r\n\r\n", HEAD + b"transfer-encoding: identity\r\n\r\n", b"\0" * 9]
)
def test_what_cannot_be_read_is_answered_by_a_problem(talk, head):
    heard, closed = talk(head)
    said, _, body = heard.partition(b"\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n")
    assert json.decode(body)["type"] == "/problems/malformed"
    assert closed


def test_a_second_head_on_a_kept_connection_is_bounded_too(talk):
    heard, closed = talk(HEAD + b"content-length: 0\r\n\r\n", HEAD, b"a: b\r\n", pause=0.05)
    assert heard.count(b"HTTP/1.1") == 2
    assert b"HTTP/1.1 408" in heard
    assert closed
