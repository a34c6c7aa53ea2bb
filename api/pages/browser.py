"""A browser at our pages: its cookies, who is signed in with it, and forms that only it can send.

A form carries a seal: a keyed digest of the cookies it was shown to. Another site can make a browser send a
form, but knows no seal; and a browser that tells where a form comes from is believed.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Literal
from urllib.parse import parse_qsl

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.response.redirect import Redirect
from msgspec import Struct

from api.addresses import find_caller, read_networks
from api.forms import MOST_BYTES
from api.house import House
from api.problems import Refusal
from partners.signing_in import Opened, SignedIn, find_signed_in
from partners.throttling import DEVICE_LIFE, Attempt, know_device, read_device

SESSION, VISIT, DEVICE = "session", "visit", "device"
_MOST_FIELDS = 20
_FORM = "application/x-www-form-urlencoded"


class Browser(Struct, kw_only=True):
    """One request of a browser; what is to be set on it is kept until `dress`."""

    house: House
    request: Request[Any, Any, Any]
    visit: str
    is_new: bool

    @property
    def query(self) -> str:
        """The query as it was sent: an authorization request that goes on once the person is known."""
        text: bytes = self.request.scope["query_string"]
        return text.decode("ascii", "replace")

    @property
    def visitor(self) -> SignedIn | None:
        """Whose session it is, however far it has come."""
        cookie = self.cookie(SESSION)
        return find_signed_in(self.house.lobby, cookie, self.house.clock()) if cookie else None

    def cookie(self, name: str) -> str:
        return self.request.cookies.get(cookie_name(self.house, name), "")

    @property
    def seal(self) -> str:
        return urlsafe_b64encode(self.house.keyring.sign(self._sealed())).decode()

    def _sealed(self) -> bytes:
        return b"\0".join(
            (b"form", self.visit.encode("utf-8", "replace"), self.cookie(SESSION).encode("utf-8", "replace"))
        )

    def read_form(self, body: bytes) -> dict[str, str]:
        """Read a form that this browser was shown.

        Raises:
            Refusal: it comes from elsewhere, or is none (403, 400).
        """
        fields = _read_fields(self.request, body)
        site = self.request.headers.get("sec-fetch-site", "same-origin")
        origin = self.request.headers.get("origin", "null")
        if site not in {"same-origin", "none"} or origin not in {"null", self.house.settings.base_url}:
            raise Refusal("forbidden", "This form was sent from another site.")
        if self.is_new or not self._is_sealed(fields.pop("seal", "")):
            raise Refusal("forbidden", "This form is no longer good: open the page again.")
        return fields

    def _is_sealed(self, seal: str) -> bool:
        try:
            return self.house.keyring.is_signed(urlsafe_b64decode(seal.encode("ascii")), self._sealed())
        except ValueError:
            return False

    def attempt(self, account: str) -> Attempt:
        """A try at an account from here; a browser that is known to the account's person is told apart."""
        proxies = read_networks(self.house.settings.trusted_proxies)
        known = read_device(self.house.keyring, account, self.cookie(DEVICE), self.house.clock())
        return Attempt(account=account, source=find_caller(self.request.scope, proxies), device=known)

    def dress(self, response: Response[Any], opened: Opened | None = None) -> Response[Any]:
        """Set the cookies that an answer needs: a visit for what was shown first, a session just opened."""
        if self.is_new:
            response.set_cookie(make_cookie(self.house, VISIT, self.visit, samesite="lax"))
        if opened:
            response.set_cookie(make_cookie(self.house, SESSION, str(opened.cookie), samesite="lax"))
        return response

    def know(self, response: Response[Any], account: str) -> None:
        """Let this browser be known as one with which the account's person has signed in."""
        cookie = know_device(self.house.keyring, account, self.house.clock())
        seconds = int(DEVICE_LIFE.total_seconds())
        response.set_cookie(make_cookie(self.house, DEVICE, cookie, samesite="strict", max_age=seconds))

    def forget_session(self, response: Response[Any]) -> None:
        response.set_cookie(make_cookie(self.house, SESSION, "", samesite="lax", max_age=0))


def meet(request: Request[Any, Any, Any], house: House) -> Browser:
    """Who asks for a page."""
    visit = request.cookies.get(cookie_name(house, VISIT), "")
    return Browser(house=house, request=request, visit=visit or secrets.token_urlsafe(32), is_new=not visit)


def cookie_name(house: House, name: str) -> str:
    """With https a name that no neighbor can set (`__Host-`)."""
    prefix = "__Host-" if house.settings.base_url.startswith("https://") else ""
    return f"{prefix}touchstone_{name}"


def make_cookie(
    house: House,
    name: str,
    value: str,
    *,
    samesite: Literal["lax", "strict"],
    max_age: int | None = None,
) -> Cookie:
    return Cookie(
        key=cookie_name(house, name),
        value=value,
        path="/",
        max_age=max_age,
        secure=house.settings.base_url.startswith("https://"),
        httponly=True,
        samesite=samesite,
    )


def go_to(path: str, query: str = "") -> Response[Any]:
    """Lead to a page of ours, by GET; an authorization request comes along."""
    return Redirect(f"{path}?{query}" if query else path, status_code=303)


def _read_fields(request: Request[Any, Any, Any], body: bytes) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise Refusal("unsupported-media-type", f"Send {_FORM}.")
    if len(body) > MOST_BYTES:
        raise Refusal("too-large", "The form is too large.")
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise Refusal("malformed", "This is not a form.") from None
    fields = dict(pairs)
    if len(fields) != len(pairs) or any("\0" in value for value in fields.values()):
        raise Refusal("malformed", "This is not a form of ours.")
    return fields
