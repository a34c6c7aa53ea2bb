"""Answers that are slow, endless, huge, broken or cunning: each ends in its class, in time and in bounds."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from webhooks.delivery import RESPONSE_LIMIT, Target

MEGABYTE = 2**20
SLOW = 0.8  # seconds that an attempt may take here


async def until_closed(writer, chunk):
    """Stream until the other side has had enough; bounded all the same."""
    for _ in range(200_000):
        writer.write(chunk)
        await writer.drain()


async def slow_headers(writer):
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.05)


async def slow_body(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        writer.write(b"x")
        await asyncio.sleep(0.05)


async def no_end(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx")
    await asyncio.sleep(10)


async def ten_gigabytes(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")
    await until_closed(writer, b"x" * 65_536)


async def endless_chunks(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    await until_closed(writer, b"10000\r\n" + b"x" * 65_536 + b"\r\n")


async def eighty_megabytes_of_headers(writer):
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(20_000):
        writer.write(b"X-%d: %s\r\n" % (number, b"y" * 4000))
        await writer.drain()


async def one_endless_header(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    await until_closed(writer, b"y" * 65_536)


async def no_http(writer):
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    await writer.drain()


async def two_lengths(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nok")
    await writer.drain()


async def reset(writer):
    writer.transport.abort()


async def cut(writer):
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()


HOSTILE = [
    (slow_headers, None, "headers", {"timed_out"}),
    (slow_body, 200, "body", {"timed_out"}),
    (no_end, 200, "body", {"timed_out"}),
    (eighty_megabytes_of_headers, None, "headers", {"invalid_answer"}),
    (one_endless_header, None, "headers", {"invalid_answer"}),
    (no_http, None, "headers", {"invalid_answer"}),
    (two_lengths, None, "headers", {"invalid_answer"}),
    (reset, None, "headers", {"disconnected"}),
    (cut, 200, "body", {"disconnected", "invalid_answer"}),
]


@pytest.fixture
def meet(internet, post):
    """Send an event to a server that answers by `answer(writer)`; tells the outcome and the seconds."""

    def make(answer, deadline=SLOW):
        async def talk(reader, writer):
            await reader.readuntil(b"{}")
            await answer(writer)

        async def main():
            async with internet.serve(talk) as (port, _):
                began = asyncio.get_running_loop().time()
                outcome = await post(f"http://{internet.host}:{port}/", deadline)
                return outcome, asyncio.get_running_loop().time() - began

        return asyncio.run(main())

    return make


@pytest.mark.parametrize(("answer", "status", "phase", "errors"), HOSTILE)
def test_a_hostile_answer_ends_in_its_class_and_in_time(meet, grown, answer, status, phase, errors):
    outcome, seconds = meet(answer)
    assert (outcome.status, outcome.phase) == (status, phase)
    assert outcome.error in errors
    assert not outcome.is_success
    assert seconds < SLOW + 5
    assert grown() < 8 * MEGABYTE


@pytest.mark.parametrize("answer", [ten_gigabytes, endless_chunks])
def test_of_an_endless_body_16_kb_are_read_and_kept(meet, grown, answer):
    outcome, _ = meet(answer, deadline=10)
    assert outcome.is_success
    assert len(outcome.response) == RESPONSE_LIMIT
    assert grown() < 8 * MEGABYTE


def test_a_gzip_bomb_is_not_unpacked(meet, grown):
    bomb = gzip.compress(b"\0" * 50 * MEGABYTE)

    async def answer(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb))
        writer.write(bomb)
        await writer.drain()

    outcome, _ = meet(answer, deadline=10)
    assert outcome.response == bomb[:RESPONSE_LIMIT]


async def continued(writer):
    writer.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    await writer.drain()


async def no_content_with_a_body(writer):
    writer.write(b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello")
    await writer.drain()


def test_an_answer_behind_100_continue_is_read(meet):
    outcome, _ = meet(continued, deadline=10)
    assert (outcome.status, outcome.error, outcome.response) == (200, None, b"ok")


def test_a_body_behind_204_is_never_read(meet):
    outcome, _ = meet(no_content_with_a_body, deadline=10)
    assert (outcome.status, outcome.error) in {(204, None), (None, "invalid_answer")}
    assert outcome.response == b""


def test_what_follows_an_answer_never_counts_as_the_next_one(internet):
    """A 204 with a body, then another request: the left-over bytes must not be read as its answer."""

    async def talk(reader, writer):
        while await reader.readuntil(b"{}"):
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
            await writer.drain()

    async def main():
        sender = internet.sender()
        async with internet.serve(talk) as (port, _):
            target = Target(url=f"http://{internet.host}:{port}/")
            outcomes = [await sender.send(target, {}, b"{}", 5.0) for _ in range(3)]
        await sender.close()
        return outcomes

    assert b"forged" not in [outcome.response for outcome in asyncio.run(main())]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_the_inside_is_not_followed(meet, status):
    async def answer(writer):
        writer.write(b"HTTP/1.1 %d Moved\r\nLocation: http://169.254.169.254/latest/\r\n" % status)
        writer.write(b"Content-Length: 0\r\n\r\n")
        await writer.drain()

    outcome, _ = meet(answer, deadline=10)
    assert (outcome.status, outcome.peer, outcome.is_success) == (status, "127.0.0.53", False)
