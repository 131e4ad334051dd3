"""How the site logs: to the console, without the words of an error."""

import logging
from types import TracebackType
from typing import Any

CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "private": {
            "()": "recovery_site.logs.RedactingFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            # Milliseconds would stand behind the offset.
            "datefmt": "%Y-%m-%d %H:%M:%S%z",
            "style": "{",
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "private"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        # It logs the ids of passkeys.
        "fido2": {"level": "WARNING"},
        # A visitor's wrong address is not our error.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
    },
}


class RedactingFormatter(logging.Formatter):
    """Logs tracebacks with the place and class of an error, without its message.

    The message of an exception may quote what a visitor wrote.
    """

    def formatException(  # noqa: N802
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        kind, error, trace = ei
        if kind is None or error is None:
            return ""
        lines = []
        cause = error.__cause__ or error.__context__
        if cause is not None and not error.__suppress_context__:
            lines.append(self.formatException((type(cause), cause, cause.__traceback__)))
        while trace is not None:
            code = trace.tb_frame.f_code
            lines.append(f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}')
            trace = trace.tb_next
        lines.append(f"{kind.__module__}.{kind.__qualname__}")
        return "\n".join(lines)
