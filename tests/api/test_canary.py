"""What is secret or personal is in no metric, log or trace, wherever in a request it was sent."""

from __future__ import annotations

from msgspec.structs import replace

from api.app import create_app

CANARY = "canary-goldfinch-2718"


def test_a_canary_sent_anywhere_is_in_no_metric_log_or_trace(bench_house, exchange, caplog, capfd):
    app = create_app(replace(bench_house, settings=replace(bench_house.settings, metrics_token="")))
    headers = {
        "authorization": f"Bearer {CANARY}",
        "cookie": f"touchstone_session={CANARY}",
        "dpop": CANARY,
        "traceparent": CANARY,
        "tracestate": f"vendor={CANARY}",
        "user-agent": CANARY,
        "content-type": "application/x-www-form-urlencoded",
    }
    body = f"grant_type={CANARY}&client_secret={CANARY}&client_id={CANARY}&token={CANARY}".encode()
    told = []
    for method, path in (
        ("GET", f"/v1/sellers/{CANARY}"),
        ("GET", f"/{CANARY}"),
        (CANARY, "/v1/sellers"),
        ("POST", "/oauth/token"),
        ("POST", "/v1/sellers"),
    ):
        start, *_ = exchange(app, method, path, headers, [body])
        told += [value for name, value in start["headers"] if name != b"link"]
    metrics = exchange(app, "GET", "/metrics", {}, [b""], address="127.0.0.1")[1]["body"].decode()
    assert "touchstone_http_requests_total" in metrics
    logged = caplog.text + "".join(capfd.readouterr())
    assert "request" in logged
    assert [place for place in (metrics, logged, repr(told)) if CANARY in place] == []
