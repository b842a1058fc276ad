"""Headers of every answer: what a browser may load, and what nobody may keep."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

# who is signed in can't be asked any more: it may be what failed
FAILED = 500


class ContentSecurityPolicy:
    """Everything from here, nothing inline; pages of somebody signed in are kept by no cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        # a view that says how long its answer keeps (a calendar feed) is not overruled
        if response.status_code >= FAILED or self._of_somebody(request):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @staticmethod
    def _of_somebody(request: HttpRequest) -> bool:
        return getattr(request, "user", None) is not None and request.user.is_authenticated
