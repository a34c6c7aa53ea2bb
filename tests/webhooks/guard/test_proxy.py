"""With an egress proxy every connection goes to it, and nothing goes past it."""

from __future__ import annotations

import asyncio

import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def through(internet, post, authority):
    """Send to a URL through a proxy; tells the outcome, and the first lines that the proxy has heard."""

    def make(url, tls=None):
        heard = []

        async def origin(reader, writer):
            await reader.readuntil(b"{}")
            writer.write(OK)
            await writer.drain()

        async def main():
            async with internet.serve(origin, tls) as (port, _):

                async def proxy(reader, writer):
                    heard.append((await reader.readuntil(b"\r\n\r\n")).splitlines()[0].decode())
                    if not heard[-1].startswith("CONNECT"):
                        await reader.readuntil(b"{}")
                        writer.write(OK)
                        return await writer.drain()
                    writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                    return await tunnel(reader, writer, await asyncio.open_connection(internet.host, port))

                async with internet.serve(proxy, host="127.0.0.54") as (place, _):
                    return await post(url, proxy=f"http://127.0.0.54:{place}", authorities=[authority.pem])

        return asyncio.run(main()), heard

    return make


async def tunnel(reader, writer, beyond):
    async def pump(source, sink):
        while content := await source.read(65_536):
            sink.write(content)
            await sink.drain()
        sink.close()

    await asyncio.gather(pump(reader, beyond[1]), pump(beyond[0], writer), return_exceptions=True)


def test_an_https_call_is_tunneled_and_its_certificate_checked_for_the_name(
    through, context, authority, internet
):
    outcome, heard = through(f"https://{internet.name}/in", context(authority.issue(internet.name)))
    assert (outcome.status, heard) == (200, [f"CONNECT {internet.name}:443 HTTP/1.1"])


def test_behind_the_proxy_too_a_wrong_certificate_is_refused(through, context, authority, internet):
    outcome, _ = through(f"https://{internet.name}/in", context(authority.issue("stranger.example")))
    assert (outcome.status, outcome.error) == (None, "certificate_rejected")


def test_a_plain_call_is_handed_to_the_proxy(through):
    outcome, heard = through("http://partner.example/in")
    assert (outcome.status, heard) == (200, ["POST http://partner.example/in HTTP/1.1"])


def test_an_inside_address_in_the_url_does_not_even_reach_the_proxy(through):
    for url in ("http://169.254.169.254/", "https://10.0.0.1/", "https://[::1]/"):
        outcome, heard = through(url)
        assert (outcome.error, heard) == ("address_refused", [])
