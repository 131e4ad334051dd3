PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON := .venv/bin/python

.PHONY: help run dev test check bench drill lock sbom packages dev-packages

help: ## list these commands
	@sed -n 's/^\([a-z]*\):[^#]*## /\1|/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F '|' '{ printf "make %-7s %s\n", $$1, $$2 }'

run: packages ## serve the site with its background jobs; PORT=8001 HOST=0.0.0.0 choose where
	@$(PYTHON) -m recovery_site.environment.make_env_file
	@exec $(PYTHON) manage.py serve --host "$(HOST)" --port "$(PORT)"

dev: packages ## the same with developer error pages and reload on change
	@$(PYTHON) -m recovery_site.environment.make_env_file
	@exec env DEBUG=True $(PYTHON) manage.py serve --dev --host "$(HOST)" --port "$(PORT)"

test: dev-packages ## every check, then all tests on SQLite and PostgreSQL and in Chromium
	@$(PYTHON) -m tests

check: dev-packages ## lint, format, types, templates, deploy check, migrations
	@$(PYTHON) -m tests --check

bench: packages ## measure the site beside nginx, gunicorn and Wagtail
	@$(PYTHON) -m bench --wagtail

drill: dev-packages ## states of a crash; two nodes and two databases, killed under load
	@$(PYTHON) -m bench.drill

# The versions in a lock file stay until requirements*.txt asks for others.
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" .venv/bin/uv pip compile \
	--quiet --universal --python-version 3.12 --generate-hashes
lock: dev-packages ## write requirements*.lock again after a change of requirements*.txt
	@$(LOCK) requirements-dev.txt --output-file requirements-dev.lock
	@$(LOCK) requirements.txt --constraints requirements-dev.lock --output-file requirements.lock

sbom: packages ## print what the site is built of: versions, hashes, licences (CycloneDX)
	@$(PYTHON) deploy/sbom.py

packages:
	@sh deploy/venv.sh requirements.lock

dev-packages:
	@sh deploy/venv.sh requirements-dev.lock
