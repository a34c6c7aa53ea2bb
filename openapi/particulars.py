"""Operations that our types cannot describe alone: the token endpoint's form, and the watchers' rooms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_OAUTH_ERROR = {
    "application/json": {
        "schema": {
            "type": "object",
            "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
            "required": ["error"],
        },
        "examples": {"refused": {"value": {"error": "invalid_client"}}},
    }
}
_TOKEN = {
    "type": "object",
    "properties": {
        "access_token": {"type": "string", "description": "a JWT (RFC 9068)"},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer", "description": "seconds"},
        "scope": {"type": "string"},
    },
    "required": ["access_token", "token_type", "expires_in", "scope"],
}
_FORM = {
    "type": "object",
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "scope": {"type": "string", "description": "space-separated; all that is registered when left out"},
        "client_id": {"type": "string"},
        "client_assertion_type": {
            "type": "string",
            "enum": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
        },
        "client_assertion": {"type": "string", "description": "a JWT of the client's own key (RFC 7523)"},
    },
    "required": ["grant_type"],
}
_ISSUE_TOKEN = {
    "security": [{"client_secret": []}, {}],
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": _FORM,
                "examples": {"ordinary": {"value": {"grant_type": "client_credentials"}}},
            }
        },
    },
    "responses": {
        "200": {
            "description": "An access token.",
            "content": {"application/json": {"schema": _TOKEN}},
        },
        "400": {"description": "The request is not one we grant (RFC 6749).", "content": _OAUTH_ERROR},
        "401": {
            "description": "The client did not prove itself.",
            "headers": {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "RFC 6749"}},
            "content": _OAUTH_ERROR,
        },
        "406": {"$ref": "#/components/responses/NotAcceptable"},
        "408": {"description": "The form did not come in time.", "content": _OAUTH_ERROR},
        "413": {"description": "The form is too large.", "content": _OAUTH_ERROR},
        "429": {
            "description": "More than one address may ask for: come back after `Retry-After` seconds.",
            "headers": {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}},
            "content": _OAUTH_ERROR,
        },
        "503": {"description": "Too many clients prove themselves at once.", "content": _OAUTH_ERROR},
    },
}

PARTICULARS: Mapping[str, dict[str, Any]] = {
    "issue_token": _ISSUE_TOKEN,
    "get_readiness": {
        "responses": {
            str(status): {
                "description": text,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReadinessOut"}}},
            }
            for status, text in ((200, "It can serve."), (503, "A part is not ready."))
        }
        | {"400": {"$ref": "#/components/responses/Malformed"}}
        | {"406": {"$ref": "#/components/responses/NotAcceptable"}}
    },
    "get_metrics": {
        "responses": {
            "200": {
                "description": "Counters in Prometheus' text format.",
                "content": {"text/plain": {"schema": {"type": "string"}}},
            },
            "400": {"$ref": "#/components/responses/Malformed"},
            "401": {"$ref": "#/components/responses/Unauthorized"},
            "403": {"description": "Callers from elsewhere need the token.", "content": _PROBLEM},
            "406": {"$ref": "#/components/responses/NotAcceptable"},
        }
    },
}
CLIENT_SECRET = {
    "type": "http",
    "scheme": "basic",
    "description": "A client's id and secret, at the token endpoint only.",
}
