PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON := .venv/bin/python

.PHONY: run dev test check drill bench

run: .venv/run.stamp
	@$(PYTHON) -m recovery_site.make_env_file
	@exec $(PYTHON) manage.py serve --host "$(HOST)" --port "$(PORT)"

dev: .venv/run.stamp
	@$(PYTHON) -m recovery_site.make_env_file
	@exec env DEBUG=True $(PYTHON) manage.py serve --dev --host "$(HOST)" --port "$(PORT)"

test: .venv/test.stamp
	@$(PYTHON) -m tests

check: .venv/test.stamp
	@$(PYTHON) -m tests --check

bench: .venv/run.stamp
	@$(PYTHON) -m bench --wagtail

drill: .venv/run.stamp
	@$(PYTHON) -m bench.drill

.venv/run.stamp: requirements.txt deploy/venv.sh
	@sh deploy/venv.sh requirements.txt
	@touch $@

.venv/test.stamp: requirements-dev.txt requirements.txt deploy/venv.sh
	@sh deploy/venv.sh requirements-dev.txt
	@touch $@ .venv/run.stamp
