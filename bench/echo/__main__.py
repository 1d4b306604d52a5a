"""``python -m bench.echo serve|migrate``."""

from chassis.runtime.main import main  # isort: skip  first: it makes a serving process green

import sys

from bench.echo.service import BARE, BareExecutor, service
from chassis.runtime import nameko_host

if __name__ == "__main__":
    if BARE.get() and sys.argv[1:] == ["serve"]:
        vars(nameko_host)["Executor"] = BareExecutor  # the host makes its executor by this name
    main(service())
