from chassis.runtime.main import main
from tests.runtime.demo.service import SERVICE

main(SERVICE)
