"""``python -m services.resources serve|relay|jobs|migrate|health|revision``."""

from chassis.runtime.main import main
from services.resources.service import SERVICE

if __name__ == "__main__":
    main(SERVICE)
