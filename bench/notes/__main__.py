"""``python -m bench.notes serve|relay``."""

from chassis.runtime.main import main  # isort: skip  first: it makes a serving process green

from bench.notes.service import SERVICE

main(SERVICE)
