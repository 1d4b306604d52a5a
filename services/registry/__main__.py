"""``python -m services.registry serve|relay|jobs|migrate|revision|health|bootstrap|import-places``."""

from chassis.runtime.main import main  # isort: skip  first: it makes a serving process green

from services.registry.bootstrap import bootstrap, import_district
from services.registry.service import SERVICE

main(SERVICE, bootstrap=bootstrap, **{"import-places": import_district})
