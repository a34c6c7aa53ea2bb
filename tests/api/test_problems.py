"""Every error has one shape, and each kind one status."""

import pytest
from sqlalchemy.exc import OperationalError

from api.problems import KINDS, Refusal, challenge, headers_of, problem_of
from partners import errors

DOMAIN = [
    (errors.NotFound("no such listing"), 404, "not-found"),
    (errors.Unauthorized("the token is revoked"), 401, "unauthorized"),
    (errors.Forbidden("not for you"), 403, "forbidden"),
    (errors.Conflict("it is closed"), 409, "conflict"),
    (errors.Conflict("shown once", type="secret_already_shown"), 409, "secret-already-shown"),
    (errors.RuleBroken([("/nice_classes/0", "46 is no Nice class")]), 422, "rule-broken"),
    (errors.PreconditionFailed("changed"), 412, "precondition-failed"),
    (errors.PreconditionRequired("send If-Match"), 428, "precondition-required"),
    (errors.NotReady("the registry is being loaded"), 503, "not-ready"),
    (OperationalError("select 1", {}, Exception("gone")), 503, "not-ready"),
    (RuntimeError("secret detail"), 500, "internal"),
    (KeyError("secret detail"), 500, "internal"),
]


@pytest.mark.parametrize(("error", "status", "slug"), DOMAIN)
def test_an_error_is_one_kind_of_problem(error, status, slug):
    problem = problem_of(error)
    assert (problem.status, problem.type) == (status, f"/problems/{slug}")
    assert "secret detail" not in problem.detail


@pytest.mark.parametrize("slug", KINDS)
def test_a_refusal_has_the_status_of_its_kind(slug):
    assert problem_of(Refusal(slug, "Because.")).status == KINDS[slug][0]


def test_not_yours_reads_like_not_there():
    assert problem_of(errors.NotFound("it is org_2's")) == problem_of(errors.NotFound("no such listing"))


def test_a_broken_rule_points_at_its_field():
    problem = problem_of(errors.RuleBroken([("/nice_classes/0", "46 is no Nice class")]))
    assert [(error.pointer, error.detail) for error in problem.errors] == [
        ("/nice_classes/0", "46 is no Nice class")
    ]


def test_who_comes_too_early_is_told_when_to_return():
    assert headers_of(errors.NotReady("loading", retry_after=7)) == {"Retry-After": "7"}


def test_a_challenge_names_what_is_wrong():
    assert challenge("invalid_token", "expired") == (
        'Bearer realm="touchstone", error="invalid_token", error_description="expired"'
    )
