# Only forwards to run.py, which works alone too: python3 run.py run
PYTHON ?= python3
export PORT SCALE

.PHONY: setup run test check bench night
setup run test check bench night:
	@$(PYTHON) run.py $@
