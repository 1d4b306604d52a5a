# A thin alias of ./run: `make pilot` is `./run pilot`; arguments go through ARGS, as in `make test ARGS=tests/unit`.
COMMANDS := pilot up status logs scale down test check bench verify lock openapi help clean

.PHONY: $(COMMANDS)
.DEFAULT_GOAL := help

$(COMMANDS):
	@./run $@ $(ARGS)
