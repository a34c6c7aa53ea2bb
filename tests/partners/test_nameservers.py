"""The stub resolver, against a name server on loopback."""

from __future__ import annotations

import asyncio
import struct
from ipaddress import ip_address

import pytest

from partners.nameservers import NameserverFailed, Nameservers, SystemNames, make_query, read_answer


def compose(query, addresses, flags=0x8180):
    """An answer to a query: an alias first, then the addresses, names compressed."""
    alias = struct.pack("!HHHIH", 0xC00C, 5, 1, 60, 2) + b"\xc0\x0c"
    records = [alias]
    for text in addresses:
        packed = ip_address(text).packed
        kind = 1 if len(packed) == 4 else 28
        records.append(struct.pack("!HHHIH", 0xC00C, kind, 1, 60, len(packed)) + packed)
    return query[:2] + struct.pack("!5H", flags, 1, len(records), 0, 0) + query[12:] + b"".join(records)


class Server(asyncio.DatagramProtocol):
    def __init__(self, answer):
        self.answer = answer

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        for reply in self.answer(data):
            self.transport.sendto(reply, addr)


def ask(answer, host="partner.example"):
    """Look a name up at a server that answers by a function from query to datagrams."""

    async def main():
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: Server(answer), ("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        try:
            return await Nameservers((f"127.0.0.1:{port}",))(host)
        finally:
            transport.close()

    return asyncio.run(main())


def by_kind(v4, v6=()):
    return lambda query: [compose(query, v4 if query[-3] == 1 else v6)]


def test_both_kinds_of_addresses_are_found_behind_an_alias():
    found = ask(by_kind(["192.0.2.1", "192.0.2.2"], ["2001:db8::1"]))
    assert found == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]


def test_a_name_that_is_not_there_has_no_address():
    assert ask(lambda query: [query[:2] + struct.pack("!5H", 0x8183, 1, 0, 0, 0) + query[12:]]) == []


def test_an_answer_with_another_id_or_question_is_passed_over():
    def spoofed(query):
        forged = bytes([query[0] ^ 1]) + query[1:]
        other = query[:12] + query[12:].replace(b"partner", b"portner")
        return [compose(forged, ["192.0.2.66"]), compose(other, ["192.0.2.66"]), compose(query, [])]

    assert ask(spoofed) == []


@pytest.mark.parametrize("flags", [0x8182, 0x8185])
def test_a_failing_server_is_reported(flags):
    with pytest.raises(NameserverFailed):
        ask(lambda query: [compose(query, [], flags)])


def test_a_silent_server_fails_in_time():
    with pytest.raises(NameserverFailed):
        ask(lambda _query: [])


def test_the_next_server_is_asked_when_the_first_fails():
    async def main():
        loop = asyncio.get_running_loop()
        bad, _ = await loop.create_datagram_endpoint(
            lambda: Server(lambda query: [compose(query, [], 0x8182)]), ("127.0.0.1", 0)
        )
        good, _ = await loop.create_datagram_endpoint(
            lambda: Server(by_kind(["192.0.2.1"])), ("127.0.0.1", 0)
        )
        servers = tuple(f"127.0.0.1:{one.get_extra_info('sockname')[1]}" for one in (bad, good))
        try:
            return await Nameservers(servers)("partner.example")
        finally:
            bad.close()
            good.close()

    assert asyncio.run(main()) == ["192.0.2.1"]


def test_a_cut_answer_is_asked_for_again_over_tcp():
    async def main():
        async def serve(reader, writer):
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            query = await reader.readexactly(length)
            answer = compose(query, ["192.0.2.9"] if query[-3] == 1 else [])
            writer.write(struct.pack("!H", len(answer)) + answer)
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        cut, _ = await loop.create_datagram_endpoint(
            lambda: Server(lambda query: [compose(query, [], 0x8380)]), ("127.0.0.1", port)
        )
        try:
            return await Nameservers((f"127.0.0.1:{port}",))("partner.example")
        finally:
            cut.close()
            server.close()

    assert asyncio.run(main()) == ["192.0.2.9"]


def test_localhost_is_never_asked_outside():
    assert asyncio.run(Nameservers(("192.0.2.1",))("localhost")) == ["127.0.0.1", "::1"]


@pytest.mark.parametrize("length", range(12, 60, 3))
def test_an_answer_cut_anywhere_is_refused(length):
    query = make_query("partner.example", 1)
    answer = compose(query, ["192.0.2.1"])
    if length < len(answer):
        with pytest.raises(NameserverFailed):
            read_answer(answer[:length], query)


def test_the_system_knows_this_host_without_blocking_the_loop():
    async def main():
        names = SystemNames(threads=1)
        try:
            return await names("localhost")
        finally:
            names.close()

    assert "127.0.0.1" in asyncio.run(main())
