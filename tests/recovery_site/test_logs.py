import logging.config
import re

from recovery_site import logs


def test_lines_tell_the_offset_of_their_clock():
    """So that they can be laid beside the trail, which is in UTC."""
    config = {"version": 1, "formatters": logs.CONFIG["formatters"]}
    maker = logging.config.DictConfigurator(config)
    formatter = maker.configure_formatter(config["formatters"]["private"])
    line = formatter.format(logging.LogRecord("a.b", logging.INFO, "", 0, "said", (), None))
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4} INFO a\.b: said", line)
