"""What went wrong, as problem details (RFC 9457): a sentence for people, a status for programs."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as Invalid

from desirepath.audit.refusal import Refused
from desirepath.audit.states import InvalidMove

KIND = "application/problem+json"


class WrongField(Schema):
    field: str
    message: str


class Problem(Schema):
    """Why nothing was done. ``detail`` is a sentence that may be shown to the person who asked."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[WrongField] = []


# what any address may answer beside what it is for
PROBLEMS: dict[int, Any] = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)


class WrongKeyError(Exception):
    """An Idempotency-Key was used for something else before."""


def problem(status: int, detail: str = "", errors: Iterable[tuple[str, str]] = ()) -> HttpResponse:
    told = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=[WrongField(field=field, message=message) for field, message in errors],
    )
    response = JsonResponse(told.model_dump(exclude_defaults=not told.errors), status=status)
    response.headers["Content-Type"] = KIND
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _invalid(error: Invalid) -> HttpResponse:
    # the first of a place's names says whether it stood in the body, the query or a header
    wrong = [(".".join(map(str, each["loc"][1:])), str(each["msg"])) for each in error.errors]
    return problem(422, "Something in the request is missing or can't be read.", wrong)


def _refused_fields(error: ValidationError) -> HttpResponse:
    wrong = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    pairs = [(field, text) for field, texts in wrong.items() for text in texts]
    return problem(422, "; ".join(text for _, text in pairs), pairs)


def tell_problems(api: NinjaAPI) -> None:
    """Whatever is raised below ``api`` is told as a problem."""
    answers: list[tuple[type[Exception], Any]] = [
        (Refused, lambda error: problem(409, str(error))),
        (InvalidMove, lambda error: problem(409, "Somebody else changed it first. Read it again.")),
        (WrongKeyError, lambda error: problem(422, str(error))),
        (Invalid, _invalid),
        (ValidationError, _refused_fields),
        (AuthenticationError, lambda error: problem(401, "Send a personal access token that still works.")),
        (PermissionDenied, lambda error: problem(403, str(error))),
        (PermissionError, lambda error: problem(403, "This is not yours to do.")),
        (Http404, lambda error: problem(404, "There is nothing here that you may see.")),
        (HttpError, lambda error: problem(error.status_code, str(error))),
    ]
    for kind, answer in answers:
        api.add_exception_handler(kind, _handler(answer))


def _handler(answer: Any) -> Any:
    def handle(request: HttpRequest, error: Exception) -> HttpResponse:
        response: HttpResponse = answer(error)
        return response

    return handle
