"""E-mail addresses, phone numbers, hosts, social handles and account numbers brought to one spelling.

Each function answers "" when the text holds nothing that could identify anybody.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

import phonenumbers
from msgspec import Struct

_FREE_MAIL = """
    gmail.com googlemail.com yahoo.com hotmail.com outlook.com live.com msn.com icloud.com me.com
    aol.com gmx.com gmx.de gmx.net web.de t-online.de mail.ru yandex.ru bk.ru list.ru inbox.ru
    proton.me protonmail.com tutanota.com qq.com foxmail.com 163.com 126.com sina.com sohu.com
    aliyun.com yeah.net 139.com 189.cn naver.com daum.net hanmail.net yahoo.co.jp yahoo.fr
    yahoo.co.uk yahoo.de orange.fr free.fr wanadoo.fr laposte.net libero.it hotmail.fr hotmail.co.uk
    hotmail.it zoho.com mail.com seznam.cz wp.pl o2.pl onet.pl interia.pl rediffmail.com
"""
# On these hosts the path, not the host, tells whose page it is.
_SHARED_HOSTS = """
    facebook.com instagram.com tiktok.com twitter.com x.com youtube.com pinterest.com linkedin.com
    vk.com t.me wa.me telegram.me weibo.com whatsapp.com threads.net amazon.com amazon.de
    amazon.co.uk ebay.com ebay.de ebay.co.uk etsy.com aliexpress.com alibaba.com taobao.com
    tmall.com temu.com shein.com wish.com dhgate.com 1688.com walmart.com shopee.com lazada.com
    mercadolibre.com allegro.pl google.com sites.google.com linktr.ee
"""
FREE_MAIL = frozenset(_FREE_MAIL.split())
SHARED_HOSTS = frozenset(_SHARED_HOSTS.split())
_DOTLESS_MAIL = frozenset({"gmail.com", "googlemail.com"})
_NOT_ALNUM = re.compile(r"[\W_]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_HANDLE = re.compile(r"^\s*(?P<platform>[a-z ]{2,20}?)\s*[:/]\s*@?(?P<handle>[^\s/:]+)\s*$")
_LEAST_DIGITS = 7
_LEAST_NUMBER = 4


class Phone(Struct, frozen=True):
    """A phone number: `national` is its significant digits, `e164` is "" when the country is not known."""

    national: str = ""
    e164: str = ""


def fold_email(email: str) -> str:
    """One spelling of a mailbox: lower case, no +tag, no dots where the host ignores them."""
    plain = unicodedata.normalize("NFKC", email).strip().casefold()
    if not _EMAIL.fullmatch(plain):
        return ""
    mailbox, _, host = plain.rpartition("@")
    mailbox = mailbox.split("+", 1)[0]
    if host in _DOTLESS_MAIL:
        mailbox, host = mailbox.replace(".", ""), "gmail.com"
    return f"{mailbox}@{host}" if mailbox else ""


def own_mail_host(email: str) -> str:
    """The host of an address whose domain is the seller's own, "" for free mail services."""
    host = fold_email(email).rpartition("@")[2]
    return "" if host in FREE_MAIL else host


@lru_cache(maxsize=65_536)
def fold_phone(phone: str, country: str = "") -> Phone:
    """A number as dialed from abroad, read in `country` (ISO 3166-1 alpha-2) when it names none itself."""
    plain = unicodedata.normalize("NFKC", phone).strip()
    plain = re.sub(r"^(?:\(\+\)|\+|00(?=[1-9]))\s*", "+", plain)
    try:
        number = phonenumbers.parse(plain, country or None)
    except phonenumbers.NumberParseException:
        digits = "".join(str(unicodedata.decimal(letter)) for letter in plain if letter.isdecimal())
        digits = digits.lstrip("0")
        return Phone(digits) if len(digits) >= _LEAST_DIGITS else Phone()
    national = phonenumbers.national_significant_number(number)
    if len(national) < _LEAST_DIGITS or len(set(national)) == 1:
        return Phone()
    return Phone(national, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def fold_site(url: str) -> str:
    """The host that is the seller's own, or host and page where many sellers share a host."""
    plain = unicodedata.normalize("NFKC", url).strip().casefold()
    try:
        parts = urlsplit(plain if "//" in plain else f"//{plain}")
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").rstrip(".")
    except ValueError:
        return ""
    if "." not in host:
        return ""
    if host not in SHARED_HOSTS:
        return host
    page = parts.path.strip("/")
    return f"{host}/{page}" if page else ""


def fold_social(handle: str) -> str:
    """A social handle, with its platform where it names one: "WeChat: Abc_1" -> wechat/abc_1."""
    plain = unicodedata.normalize("NFKC", handle).strip().casefold()
    if "." in plain and "/" in plain:
        host, _, page = fold_site(plain).partition("/")
        page = page.split("/", 1)[0].removeprefix("@")
        return f"{host.rsplit('.', 1)[0]}/{page}" if page else host
    named = _HANDLE.fullmatch(plain)
    if named:
        return f"{named['platform'].replace(' ', '')}/{named['handle']}"
    bare = plain.removeprefix("@")
    return bare if len(bare) >= _LEAST_NUMBER else ""


def fold_number(number: str) -> str:
    """A register, tax or account number as bare capitals and digits: "DE 123.456-789" -> DE123456789."""
    plain = _NOT_ALNUM.sub("", unicodedata.normalize("NFKC", number)).upper()
    if len(plain) < _LEAST_NUMBER or len(set(plain)) == 1:
        return ""
    return plain


def fold_tax_id(number: str) -> str:
    """A tax number without the country letters that VAT numbers put in front: DE123456789 -> 123456789."""
    plain = fold_number(number)
    if len(plain) > 6 and plain[:2].isalpha() and plain[2:].isdigit():
        return plain[2:]
    return plain
