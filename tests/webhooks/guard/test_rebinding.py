"""A live name server on loopback that changes its mind, and an environment that points to a proxy."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from partners.nameservers import SystemNames
from webhooks.delivery import Target

A, CNAME, AAAA = 1, 5, 28
INSIDE = "169.254.169.254"


async def talk(reader, writer):
    while await reader.readuntil(b"{}"):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()


@pytest.fixture
def visit(internet):
    """Send so many events to a name; `answers(turn)` are its records at each look-up of addresses."""

    def make(answers, times=1, pause=0.0, **options):
        turn = iter(range(1000))

        def answer(kind, _name):
            return (
                [record for record in answers(next(turn)) if record[0] in {kind, CNAME}]
                if kind == A
                else [record for record in answers(0) if record[0] == AAAA]
            )

        async def main():
            async with internet.serve(talk) as (port, met), internet.names(answer) as names:
                sender = internet.sender(names=[names], **options)
                target = Target(url=f"http://{internet.name}:{port}/")
                outcomes = []
                for _ in range(times):
                    outcomes.append(await sender.send(target, {}, b"{}", 5.0))
                    await asyncio.sleep(pause)
                await sender.close()
                return outcomes, len(met)

        return asyncio.run(main())

    return make


def test_a_name_that_turns_inside_after_the_first_look_is_refused_then(visit, internet):
    def answers(turn):
        return [(A, internet.host if turn == 0 else INSIDE)]

    (first, second), met = visit(answers, 2, 0.2, idle_seconds=0.05, lookup_seconds=0)
    assert (first.status, second.detail, met) == (200, "address_not_public", 1)


@pytest.mark.parametrize("bad", ["10.0.0.1", INSIDE, "127.0.0.1", "224.0.0.1", "168.63.129.16"])
def test_one_bad_address_among_good_ones_refuses_the_name(visit, internet, bad):
    (outcome,), met = visit(lambda _: [(A, internet.host), (A, bad)])
    assert (outcome.error, outcome.detail, met) == ("address_refused", "address_not_public", 0)


@pytest.mark.parametrize(
    "bad", ["::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "fe80::1", "::1"]
)
def test_an_inside_address_in_ipv6_clothes_refuses_the_name(visit, internet, bad):
    (outcome,), met = visit(lambda _: [(A, internet.host), (AAAA, bad)])
    assert (outcome.detail, met) == ("address_not_public", 0)


def test_an_alias_is_judged_by_the_address_at_its_end(visit, internet):
    (good,), _ = visit(lambda _: [(CNAME, "front.example"), (A, internet.host)])
    (bad,), met = visit(lambda _: [(CNAME, "metadata.example"), (A, INSIDE)])
    assert (good.status, bad.detail, met) == (200, "address_not_public", 0)


def test_no_connection_outlives_a_changed_name_for_long(visit, internet):
    def answers(turn):
        return [(A, internet.host if turn == 0 else INSIDE)]

    outcomes, met = visit(answers, 12, 0.1, connection_seconds=0.5, lookup_seconds=0)
    assert met == 1
    assert [outcome.status for outcome in outcomes][:2] == [200, 200]
    assert outcomes[-1].detail == "address_not_public"


def test_proxies_of_the_environment_are_ignored(visit, internet, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    (outcome,), met = visit(lambda _: [(A, internet.host)])
    assert (outcome.status, met) == (200, 1)


def test_names_that_never_answer_keep_their_own_tenant_waiting_and_nobody_else():
    stuck = threading.Event()

    def look_up(host):
        if host.startswith("tarpit"):
            stuck.wait(20)
        return ["192.0.2.7"]

    async def main():
        names = SystemNames(threads=6, per_tenant=2, look_up=look_up)
        hanging = [asyncio.create_task(names(f"tarpit-{n}.example", "org_bad")) for n in range(20)]
        await asyncio.sleep(0.1)
        began = time.monotonic()
        found = await asyncio.gather(*(names(f"good-{n}.example", f"org_{n}") for n in range(50)))
        spent = time.monotonic() - began
        for task in hanging:
            task.cancel()
        stuck.set()
        await asyncio.gather(*hanging, return_exceptions=True)
        names.close()
        return found, spent

    found, spent = asyncio.run(main())
    assert found == [["192.0.2.7"]] * 50
    assert spent < 5


def test_a_look_up_that_nobody_waits_for_any_more_still_counts_until_it_ends():
    stuck, begun = threading.Event(), []

    def look_up(host):
        begun.append(host)
        stuck.wait(20)
        return []

    async def main():
        names = SystemNames(threads=6, per_tenant=2, look_up=look_up)
        for number in range(5):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(names(f"tarpit-{number}.example", "org_bad"), 0.05)
        stuck.set()
        names.close()

    asyncio.run(main())
    assert len(begun) == 2
