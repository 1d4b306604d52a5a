"""``python -m services.projects serve|trail|relay|jobs|migrate|health|revision``."""

from chassis.runtime.main import main
from services.projects.service import SERVICE, TRAIL

if __name__ == "__main__":
    main(SERVICE, trail=TRAIL)
