"""Pages: plain HTML that works without scripts; every value is escaped where it is put in."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape

from litestar import MediaType, Response
from msgspec import Struct

_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:#f4f3f0;color:#1c1b19}"
    "main{max-width:26rem;margin:8vh auto;padding:2rem;background:#fff;border:1px solid #d8d5ce;"
    "border-radius:.5rem}h1{font-size:1.3rem;margin:0 0 1rem}h2{font-size:1.05rem;margin:1.5rem 0 .5rem}"
    "label{display:block;margin:.8rem 0 .2rem}input{font:inherit;width:100%;box-sizing:border-box;"
    "padding:.5rem;border:1px solid #77736a;border-radius:.25rem}button{font:inherit;margin-top:1rem;"
    "padding:.5rem 1rem;border:0;border-radius:.25rem;background:#1c1b19;color:#fff;cursor:pointer}"
    "button.plain{background:none;color:#1c1b19;text-decoration:underline;padding:0;margin:0}"
    ":focus-visible{outline:3px solid #2667c9;outline-offset:2px}"
    ".said{padding:.6rem .8rem;background:#fbe9e7;border-left:4px solid #b3261e}"
    ".done{padding:.6rem .8rem;background:#e8f3ec;border-left:4px solid #2e7d4f}"
    "main:has(table){max-width:72rem;box-sizing:border-box}"
    "table{width:100%;border-collapse:collapse;margin:.5rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #d8d5ce}"
    "td form{display:inline}td label{margin-top:0}summary{cursor:pointer}"
    ".acts{display:flex;flex-wrap:wrap;gap:0 1rem}.scrolled{overflow-x:auto}"
    "th,td button{white-space:nowrap}td{overflow-wrap:break-word}"
    "code,li,td a{overflow-wrap:anywhere}svg{display:block;margin:1rem auto;max-width:100%}"
)
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEAD = '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'


class Form(Struct, frozen=True, kw_only=True):
    """A form that is sent back to us: fields, hidden values and the words on its button."""

    action: str
    button: str
    fields: str = ""
    hidden: Mapping[str, str] = {}
    is_plain: bool = False
    mark: str = ""  # by which the script finds it


def show_page(
    title: str, *parts: str, said: str = "", status: int = 200, leads_to: Sequence[str] = (), script: str = ""
) -> Response[str]:
    """A page; `said` is what went wrong, `leads_to` the origins that its forms may end at."""
    notice = f'<p class="said" role="alert">{escape(said)}</p>' if said else ""
    loaded = f'<script src="{escape(script)}" defer></script>' if script else ""
    body = (
        f'<!doctype html><html lang="en"><head>{_HEAD}<title>{escape(title)} – Touchstone</title>'
        f"<style>{_STYLE}</style>{loaded}</head><body><main><h1>{escape(title)}</h1>"
        f"{notice}{''.join(parts)}</main></body></html>"
    )
    return Response(
        body,
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": _policy(leads_to, has_script=bool(script))},
    )


def _policy(leads_to: Sequence[str], *, has_script: bool) -> str:
    """Nothing is loaded but our style and our script, and nobody frames a page."""
    parts = [
        "default-src 'none'",
        f"style-src 'sha256-{_STYLE_HASH}'",
        "form-action " + " ".join(["'self'", *leads_to]),
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
    return "; ".join([*parts, "script-src 'self'"] if has_script else parts)


def draw_form(form: Form, seal: str) -> str:
    """A form with the seal that proves that we have shown it (see `api.pages.browser`)."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in {"seal": seal, **form.hidden}.items()
    )
    kind = ' class="plain"' if form.is_plain else ""
    mark = f' id="{escape(form.mark)}"' if form.mark else ""
    return (
        f'<form method="post" action="{escape(form.action)}"{mark}>{hidden}{form.fields}'
        f"<button{kind}>{escape(form.button)}</button></form>"
    )


def draw_field(name: str, label: str, *, kind: str = "text", **attributes: str) -> str:
    """An input with its label."""
    given = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items())
    return (
        f'<label for="{escape(name)}">{escape(label)}</label>'
        f'<input id="{escape(name)}" name="{escape(name)}" type="{kind}" required{given}>'
    )


def draw_text(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def draw_heading(text: str) -> str:
    return f"<h2>{escape(text)}</h2>"


def draw_link(target: str, text: str) -> str:
    return f'<p><a href="{escape(target)}">{escape(text)}</a></p>'


def draw_note(text: str) -> str:
    """What was done at one's word."""
    return f'<p class="done" role="status">{escape(text)}</p>'


def draw_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; its cells are drawn already."""
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    drawn = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scrolled">{drawn}</div>'


def draw_facts(facts: Mapping[str, str]) -> str:
    """A table of names and what they are, drawn already."""
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{cell}</td></tr>' for name, cell in facts.items()
    )
    return f"<table><tbody>{rows}</tbody></table>"


def draw_details(summary: str, inside: str) -> str:
    """What is opened by a click, without a script; both are drawn already."""
    return f"<details><summary>{summary}</summary>{inside}</details>"
