"""Operations that our types cannot describe alone: the token endpoint's form, and the watchers' rooms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openapi.responses import RATES

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
        "token_type": {"type": "string", "enum": ["Bearer", "DPoP"]},
        "expires_in": {"type": "integer", "description": "seconds"},
        "scope": {"type": "string"},
        "refresh_token": {"type": "string", "description": "for a code: good as long as the session"},
    },
    "required": ["access_token", "token_type", "expires_in", "scope"],
}
_TEXT: dict[str, Any] = {"type": "string", "maxLength": 65_536}  # as long as a whole form may be
_CLIENT = {
    "client_id": _TEXT,
    "client_secret": {**_TEXT, "description": "instead of HTTP Basic, where the client opted in"},
    "client_assertion_type": {
        "type": "string",
        "enum": ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"],
    },
    "client_assertion": {**_TEXT, "description": "a JWT of the client's own key (RFC 7523)"},
}
# each parameter once, and one way of authentication
_ONCE: dict[str, Any] = {
    "additionalProperties": _TEXT,
    "maxProperties": 20,
    "not": {"required": ["client_secret", "client_assertion"]},
}
_FORM = {
    "type": "object",
    "properties": {
        "grant_type": {
            "type": "string",
            "enum": ["client_credentials", "authorization_code", "refresh_token"],
        },
        "code": {**_TEXT, "description": "for authorization_code: what the browser brought"},
        "redirect_uri": {**_TEXT, "description": "for authorization_code: where it brought it"},
        "code_verifier": {**_TEXT, "description": "for authorization_code: of S256 (RFC 7636)"},
        "refresh_token": {**_TEXT, "description": "for refresh_token"},
        "scope": {**_TEXT, "description": "space-separated; all that is registered when left out"},
        **_CLIENT,
    },
    "required": ["grant_type"],
    **_ONCE,
}
_TOKEN_FORM = {
    "type": "object",
    "properties": {
        "token": {**_TEXT, "minLength": 1, "description": "a token of the client's own"},
        "token_type_hint": {**_TEXT, "description": "read by nobody"},
        **_CLIENT,
    },
    "required": ["token"],
    **_ONCE,
}
_ACTIVE = {
    "type": "object",
    "properties": {
        "active": {"type": "boolean", "description": "false: nothing else is told"},
        "scope": {"type": "string"},
        "client_id": {"type": "string"},
        "token_type": {"type": "string", "enum": ["Bearer", "DPoP"]},
        "exp": {"type": "integer"},
        "iat": {"type": "integer"},
        "sub": {"type": "string"},
        "aud": {"type": "string"},
        "iss": {"type": "string"},
        "jti": {"type": "string"},
        "organization_id": {"type": "string"},
        "kind": {"type": "string"},
        "cnf": {
            "type": "object",
            "properties": {"jkt": {"type": "string", "description": "thumbprint of its key (RFC 9449)"}},
            "required": ["jkt"],
        },
    },
    "required": ["active"],
}
_PROOF = {
    "name": "DPoP",
    "in": "header",
    "description": "a proof of the key that the token is bound to (RFC 9449); customs always send one",
    "schema": {"type": "string", "maxLength": 8192},
}


def _describe_form(schema: dict[str, Any], example: dict[str, str], told: dict[str, Any]) -> dict[str, Any]:
    """An operation of the authorization server: a form comes in, `told` is its answer."""
    return {
        "security": [{"client_secret": []}, {}],
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": schema,
                    "examples": {"ordinary": {"value": example}},
                }
            },
        },
        "responses": {"200": told | {"headers": RATES}, **_FORM_REFUSALS},
    }


_FORM_REFUSALS: dict[str, Any] = {
    "400": {
        "description": "The request is not one we grant (RFC 6749).",
        "headers": RATES,
        "content": _OAUTH_ERROR,
    },
    "401": {
        "description": "The client did not prove itself.",
        "headers": RATES | {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "RFC 6749"}},
        "content": _OAUTH_ERROR,
    },
    "406": {"$ref": "#/components/responses/NotAcceptable"},
    "408": {"description": "The form did not come in time.", "headers": RATES, "content": _OAUTH_ERROR},
    "413": {"description": "The form is too large.", "headers": RATES, "content": _OAUTH_ERROR},
    "429": {
        "description": "More than one address may ask for: come back after `Retry-After` seconds.",
        "headers": RATES | {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}},
        "content": _OAUTH_ERROR,
    },
    "503": {"description": "Too many clients prove themselves at once.", "content": _OAUTH_ERROR},
}


def _answer(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_EXAMPLE_TOKEN = {"token": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"}
PARTICULARS: Mapping[str, dict[str, Any]] = {
    "issue_token": {
        "parameters": [_PROOF],
        **_describe_form(_FORM, {"grant_type": "client_credentials"}, _answer("An access token.", _TOKEN)),
    },
    "revoke_token": _describe_form(
        _TOKEN_FORM, _EXAMPLE_TOKEN, _answer("It is not good, or not any longer.", {"type": "object"})
    ),
    "introspect_token": _describe_form(
        _TOKEN_FORM, _EXAMPLE_TOKEN, _answer("Whether it is good, and what it says.", _ACTIVE)
    ),
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
