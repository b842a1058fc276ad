"""A write that is asked for twice under one Idempotency-Key is done once, and answered twice alike."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from ninja import Header, Schema

from desirepath.audit.retrying import retried
from desirepath.organisations.api.access import ApiRequest
from desirepath.organisations.api.problems import WrongKeyError
from desirepath.organisations.models import IdempotentAnswer

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=100,
        pattern=r"^[!-~]+$",
        description="Chosen by the caller, new for each thing wanted: sent again, nothing is done again.",
    ),
]


def once(request: ApiRequest, key: str, act: Callable[[], Schema], status: int = 200) -> HttpResponse:
    """Do ``act`` and keep its answer in one transaction; where ``key`` was answered before, say that again.

    What is refused leaves nothing behind, so that the same key may try again. Raises WrongKeyError where the
    key stands for something else.
    """
    asked = hashlib.sha256(
        b"\n".join([(request.method or "").encode(), request.get_full_path().encode(), request.body])
    ).hexdigest()
    if known := _known(request, key, asked):
        return known

    @retried
    @transaction.atomic
    def first_time() -> IdempotentAnswer:
        answer = _begin(request, key, asked)
        answer.status, answer.body = status, act().model_dump_json()
        answer.save(update_fields=["status", "body"])
        return answer

    try:
        return _answer(first_time(), replayed=False)
    except _SameKeyError:
        # whoever was first has ended by now: the database let this one wait for it
        if known := _known(request, key, asked):
            return known
        raise


class _SameKeyError(Exception):
    """Another request holds the key."""


def _begin(request: ApiRequest, key: str, asked: str) -> IdempotentAnswer:
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(token=request.token, key=key, asked=asked)
    except IntegrityError as error:
        raise _SameKeyError from error


def _known(request: ApiRequest, key: str, asked: str) -> HttpResponse | None:
    found = IdempotentAnswer.objects.filter(token=request.token, key=key).first()
    if found is None:
        return None
    if found.asked != asked:
        raise WrongKeyError("This Idempotency-Key was used for something else. Choose a new one.")
    return _answer(found, replayed=True)


def _answer(kept: IdempotentAnswer, *, replayed: bool) -> HttpResponse:
    response = HttpResponse(kept.body, status=kept.status, content_type="application/json")
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response
