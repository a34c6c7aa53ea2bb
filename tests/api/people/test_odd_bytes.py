"""No byte that somebody sends to the code flow or to a page upsets the service, or leads a browser astray."""

from __future__ import annotations

ODD = ["\0", "\r\nX-Evil: 1", "\u202e", "'\"<>", "\U0001f600", "\ufffd", "%00", "a" * 3_000]
PAGES = ["/sign-in", "/sign-in/second", "/join", "/reset", "/forgotten", "/account", "/account/generator"]
NAMES = ["response_type", "client_id", "redirect_uri", "state", "scope", "code_challenge", "dpop_jkt"]
BROKEN = ["%ED%A0%80", "%FF", "%C0%80", "%zz", "%", "+", "%0d%0aX-Evil:%201"]


def test_an_odd_authorization_request_ends_on_a_page_or_at_the_registered_address(console, member):
    for name in NAMES:
        for odd in ODD:
            answer = console.ask(member.browser, **{name: odd})
            if answer.status_code == 303:
                assert console.read(answer)["iss"] == "http://localhost:8000", (name, odd)
            else:
                assert answer.status_code == 400, (name, odd)
            assert "x-evil" not in answer.headers


def test_an_odd_code_verifier_or_refresh_token_is_refused(console):
    for odd in ODD[:4]:
        for asked in (
            {"grant_type": "authorization_code", "code": odd},
            {"grant_type": "authorization_code", "code": "c", "code_verifier": odd, "redirect_uri": odd},
            {"grant_type": "refresh_token", "refresh_token": odd},
        ):
            assert console.post(**asked).status_code in {400, 401}, asked


def test_odd_queries_cookies_and_forms_of_pages_are_refused_or_start_anew(open_browser):
    browser = open_browser()
    for page in PAGES:
        for odd in BROKEN:
            browser.cookies = {f"touchstone_{name}": odd for name in ("session", "visit", "device")}
            shown = browser.get(f"{page}?token={odd}&state={odd}")
            sent = browser.post(page, f"seal={odd}&email={odd}&password={odd}&code={odd}&token={odd}")
            assert shown.status_code in {200, 303, 400}, (page, odd)
            assert sent.status_code in {303, 400, 403, 405}, (page, odd)
            assert {answer.headers.get("location", "/")[0] for answer in (shown, sent)} == {"/"}
