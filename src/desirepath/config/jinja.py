"""The Jinja environment in which every page is made."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemBytecodeCache, PackageLoader

from desirepath.nhsuk import formats
from desirepath.nhsuk.components import error_lines
from desirepath.nhsuk.macros import DesignSystem


def environment(**options: Any) -> Environment:
    """Our templates first, then the design system's; compiled, they are kept for the next process too."""
    loader = ChoiceLoader([options.pop("loader"), PackageLoader("nhsuk_frontend_jinja")])
    kept = settings.HOME / "templates"
    # code lies there: nobody else may write it
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = Environment(  # noqa: S701 - Django's engine passes autoescape=True among the options
        **{
            **options,
            "loader": loader,
            # the design system's macros read parameters that nobody gave
            "undefined": ChainableUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "cache_size": -1,
            "bytecode_cache": FileSystemBytecodeCache(str(kept)),
        }
    )
    made.globals["nhs"] = DesignSystem(made)
    made.globals.update(static=static, url=url, address=url, error_lines=error_lines, plural=formats.plural)
    made.filters.update(formats.FILTERS)
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page by its name: ``url("bookings:booking", booking.public_id)``."""
    return reverse(name, args=args or None, kwargs=kwargs or None)
