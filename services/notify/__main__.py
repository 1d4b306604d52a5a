"""``python -m services.notify serve|relay|jobs|migrate|health|revision``."""

from chassis.runtime.main import main
from services.notify.service import SERVICE

if __name__ == "__main__":
    main(SERVICE)
