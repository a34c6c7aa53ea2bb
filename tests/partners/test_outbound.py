"""The one way out, against servers and a name server on loopback."""

from __future__ import annotations

import asyncio
import struct
from contextlib import asynccontextmanager
from ipaddress import ip_address

import httpx
import pytest

from partners.destinations import AddressRules, OutboundRefused
from partners.outbound import Egress, open_transport, refusal_of
from partners.progress import follow_call

HOST = "127.0.0.53"
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def egress(**changes):
    return Egress(rules=AddressRules(allow_http=True, allowed=(f"{HOST}/32",)), **changes)


@asynccontextmanager
async def server(answer=HELLO, host=HOST):
    """A server that answers every request with these bytes; yields its port and its connections."""
    met = []

    async def serve(reader, writer):
        met.append(writer)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    running = await asyncio.start_server(serve, host, 0)
    try:
        yield running.sockets[0].getsockname()[1], met
    finally:
        running.close()


@asynccontextmanager
async def nameserver(*answers):
    """A name server that gives each answer once, the last one for ever; yields its place."""
    left = list(answers)

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, addr):
            addresses = (left.pop(0) if len(left) > 1 else left[0]) if data[-3] == 1 else []
            records = b"".join(
                struct.pack("!HHHIH", 0xC00C, 1, 1, 0, 4) + ip_address(text).packed for text in addresses
            )
            head = data[:2] + struct.pack("!5H", 0x8180, 1, len(addresses), 0, 0)
            self.transport.sendto(head + data[12:] + records, addr)

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Server, ("127.0.0.1", 0))
    try:
        yield "127.0.0.1:{}".format(transport.get_extra_info("sockname")[1])
    finally:
        transport.close()


async def get(transport, url):
    response = await transport.handle_async_request(
        httpx.Request("GET", url, extensions={"timeout": {"connect": 1.0}})
    )
    try:
        return response.status_code, b"".join([part async for part in response.stream])
    finally:
        await response.aclose()


async def refused(transport, url):
    """The guard's reason for refusing a URL."""
    follow_call()
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is the transport's matter
        await get(transport, url)
    return refusal_of(caught.value)


def run(work, **changes):
    """Run a piece of work with an open transport."""

    async def main():
        transport = open_transport(egress(**changes))
        try:
            return await work(transport)
        finally:
            await transport.aclose()

    return asyncio.run(main())


def test_an_allowed_address_is_reached_and_the_peer_told():
    async def work(transport):
        async with server() as (port, _):
            progress = follow_call()
            answer = await get(transport, f"http://{HOST}:{port}/")
            return answer, progress.peer, progress.phase

    assert run(work) == ((200, b"hello"), HOST, "body")


def test_an_address_literal_is_judged_though_no_name_is_looked_up():
    async def work(transport):
        async with server(host="127.0.0.1") as (port, met):
            return await refused(transport, f"http://127.0.0.1:{port}/"), met

    assert run(work) == ("address_not_public", [])


def test_a_name_is_refused_when_any_of_its_addresses_is_bad():
    async def work(_):
        async with server() as (port, met), nameserver([HOST, "10.0.0.1"]) as names:
            transport = open_transport(egress(dns_servers=(names,)))
            reason = await refused(transport, f"http://partner.example:{port}/")
            await transport.aclose()
            return reason, met

    assert run(work) == ("address_not_public", [])


def test_a_name_that_changes_to_an_inside_address_is_refused_at_the_next_connection():
    async def work(_):
        async with server() as (port, met), nameserver([HOST], ["169.254.169.254"]) as names:
            transport = open_transport(egress(dns_servers=(names,), idle_seconds=0.05, lookup_seconds=0))
            first = await get(transport, f"http://partner.example:{port}/")
            await asyncio.sleep(0.2)
            second = await refused(transport, f"http://partner.example:{port}/")
            await transport.aclose()
            return first[0], second, len(met)

    assert run(work) == (200, "address_not_public", 1)


def test_a_connection_is_used_again_and_not_beyond_its_age():
    async def work(transport):
        async with server() as (port, met):
            for _ in range(3):
                await get(transport, f"http://{HOST}:{port}/")
            young = len(met)
            await asyncio.sleep(0.4)
            await get(transport, f"http://{HOST}:{port}/")
            return young, len(met)

    assert run(work, connection_seconds=0.3) == (1, 2)


def test_a_redirect_is_an_answer_and_not_followed():
    answer = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"

    async def work(transport):
        async with server(answer) as (port, _):
            return await get(transport, f"http://{HOST}:{port}/")

    assert run(work) == (302, b"")


def test_a_cookie_is_not_kept():
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"

    async def main():
        seen = []

        async def serve(reader, writer):
            for _ in range(2):
                seen.append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(answer)
            writer.close()

        running = await asyncio.start_server(serve, HOST, 0)
        port = running.sockets[0].getsockname()[1]
        transport = open_transport(egress())
        for _ in range(2):
            await get(transport, f"http://{HOST}:{port}/")
        await transport.aclose()
        running.close()
        return seen

    assert b"cookie" not in asyncio.run(main())[1].lower()


def test_proxies_of_the_environment_are_ignored(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")

    async def work(transport):
        async with server() as (port, _):
            return await get(transport, f"http://{HOST}:{port}/")

    assert run(work) == (200, b"hello")


@pytest.mark.parametrize(
    "headers", [b"".join(b"X-%d: y\r\n" % n for n in range(200)), b"X: " + b"y" * 20_000 + b"\r\n"]
)
def test_an_answer_with_too_many_or_too_long_headers_is_refused(headers):
    async def work(transport):
        async with server(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n") as (port, _):
            with pytest.raises(Exception, match=r"(?i)header|line|400"):
                await get(transport, f"http://{HOST}:{port}/")

    run(work)


def test_the_phase_tells_a_closed_port_from_a_broken_handshake():
    async def work(transport):
        phases = []
        async with server() as (port, _):
            for url in (f"https://{HOST}:{port}/", f"http://{HOST}:1/", "http://nowhere.invalid/"):
                progress = follow_call()
                with pytest.raises(httpx.HTTPError):
                    await get(transport, url)
                phases.append(progress.phase)
        return phases

    assert run(work) == ["tls", "tcp", "dns"]


def test_a_port_that_is_not_allowed_gets_no_socket():
    async def main():
        transport = open_transport(Egress(rules=AddressRules(allowed=(f"{HOST}/32",))))
        try:
            return await refused(transport, f"https://{HOST}:8444/")
        finally:
            await transport.aclose()

    assert asyncio.run(main()) == "port_not_allowed"


def test_a_refusal_is_found_behind_other_errors():
    outer = OSError("hidden")
    outer.__cause__ = OutboundRefused("address_not_public")
    assert refusal_of(outer) == "address_not_public"
    assert refusal_of(ValueError("else")) is None
