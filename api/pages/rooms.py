"""The rooms for people: where they sign in, look after how they do, and see their webhooks."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Request, Response, Router

from api.forms import MOST_BYTES
from api.pages import account, authorize, factors, hook_acts, hooks, joining, outside, sign_in
from api.pages.html import draw_text, show_page
from api.pages.script import get_page_script
from api.problems import headers_of, problem_of

log = structlog.get_logger("touchstone.pages")


def answer_on_page(_request: Request[Any, Any, Any], error: Exception) -> Response[str]:
    """What goes wrong is told in a sentence, without an echo of what was sent."""
    problem = problem_of(error)
    if problem.status >= 500:
        log.error("page failed", problem=problem.type, exc_info=error)
    answer = show_page("That did not work", draw_text(problem.detail), status=problem.status)
    answer.headers.update(headers_of(error))
    return answer


rooms = Router(
    "/",
    route_handlers=[
        authorize.authorize,
        sign_in.show_sign_in,
        sign_in.sign_in,
        sign_in.show_second_step,
        sign_in.take_second_step,
        sign_in.sign_out,
        joining.show_joining,
        joining.join_house,
        joining.show_reset,
        joining.reset_password,
        joining.show_forgotten,
        joining.ask_for_reset,
        account.show_account,
        account.end_other_session,
        account.remove_own_factor,
        account.make_recovery_codes,
        factors.show_new_code_generator,
        factors.add_code_generator,
        factors.show_new_passkey,
        factors.add_own_passkey,
        outside.start_outside_sign_in,
        outside.finish_outside_sign_in,
        hooks.show_hooks,
        hooks.show_hook,
        hook_acts.act_on_hook,
        get_page_script,
    ],
    include_in_schema=False,
    request_max_body_size=MOST_BYTES,
    exception_handlers={Exception: answer_on_page},
)
