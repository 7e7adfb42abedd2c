# Ficha's commands. A fresh machine needs Python 3.11 or newer with its venv module, make and a POSIX shell.
#
#   make demo    the demo shop on http://127.0.0.1:8000 (PORT= changes it)
#   make serve   the production server on PORT with what DATABASE_URL names
#   make test    lint, import contracts and every test: on SQLite, and on PostgreSQL where the database has a say
#   make bench   what the product does in a second beside what the database alone could (SCALE=0.01: a quick look)
#   make clean   remove what the other commands made, except the shop's data in var/
#
# Every line that runs for long is a single command: when make gets SIGTERM it passes it to that command itself.

PORT ?= 8000
WORKERS ?= 2
TESTS ?=
SCALE ?= 1
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; exit; }; done; echo python3)

BIN := .venv/bin
# The stamps carry the content of the requirements and the Python in their names: whatever changes, installs anew.
KEY := $(shell { cat requirements.txt requirements-dev.txt requirements-bench.txt; $(PYTHON) -V; } 2>&1 | cksum | cut -d' ' -f1)
RUNNING := .venv/ready-to-run-$(KEY)
TESTING := .venv/ready-to-test-$(KEY)
BENCHING := .venv/ready-to-bench-$(KEY)
# In the background with a trap, because a shell that waits in the foreground would leave pip behind on SIGTERM.
INSTALL = $(BIN)/python -m pip --disable-pip-version-check install --quiet --requirement $(1) & pip=$$!; \
	trap 'kill $$pip; exit 130' INT TERM; wait $$pip || { echo "The packages could not be installed; pip says" \
	"why above. Check the network (or PIP_INDEX_URL) and run the same command again." >&2; exit 1; }

# Bytecode is kept, whatever the surroundings say: the tests start dozens of Pythons, and each would compile anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo serve test bench lint test-sqlite test-postgres messages format clean
.NOTPARALLEL:

demo: $(RUNNING)
	@exec $(BIN)/python manage.py demo --port $(PORT)

serve: $(RUNNING)
	@exec $(BIN)/python manage.py serve --port $(PORT)

test: $(TESTING)  ## a failing step does not hide the next one's findings; any failure fails the whole
	@exec $(MAKE) --no-print-directory --keep-going lint test-sqlite test-postgres

lint: $(TESTING)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

test-sqlite test-postgres: test-%: $(TESTING)
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --db $* $(TESTS)

bench: $(BENCHING)
	@exec $(BIN)/python -m loyalty_site.bench --scale $(SCALE)

messages: $(TESTING)  ## collect the texts to translate and compile the translations; needs GNU gettext
	$(BIN)/python manage.py makemessages -l es --no-wrap --add-location file --no-obsolete -i .venv -i var -i tests -i staticfiles
	$(BIN)/python manage.py compilemessages -l es

format: $(TESTING)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNNING):
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON) on this machine." \
		"Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11." \
		"Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) has no venv module." \
		"Install it (Debian, Ubuntu: apt install python3-venv; Fedora: dnf install python3-libs)" >&2; exit 1; }
	@echo "Installing packages into .venv ..."
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(call INSTALL,requirements.txt)
	@touch $@

$(TESTING): $(RUNNING)
	@echo "Installing the test tools into .venv ..."
	@$(call INSTALL,requirements-dev.txt)
	@touch $@

$(BENCHING): $(TESTING)
	@echo "Installing what the bench compares with into .venv ..."
	@$(call INSTALL,requirements-bench.txt)
	@touch $@
