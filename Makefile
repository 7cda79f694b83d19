# Everything is built in the release profile, so that burn, whose cold build takes minutes, is compiled once.

KIHAP := $(or $(CARGO_TARGET_DIR),target)/release/kihap
DEMO ?= demo

.PHONY: help builtin-models clients demo test studio-test lint docs build setup ffmpeg chromium web clean-demo
.DEFAULT_GOAL := help

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

demo: setup ## the whole road on drawn pictures; prints the numbers and the report's path (DEMO=folder)
	$(KIHAP) demo --out "$(DEMO)"

test: ffmpeg chromium setup clients lint ## everything CI checks: format, clippy, tests, the studio in a browser, documentation
	cargo test --release --workspace --locked
	$(MAKE) studio-test
	$(MAKE) docs

# Its exports of web pages take onnxruntime-web from clients/.
studio-test: ffmpeg chromium setup clients/node_modules/.package-lock.json ## the studio in a real browser with a camera that shows a film
	cd web && npm run check
	@if command -v "$${KIHAP_CHROMIUM:-chromium}" >/dev/null 2>&1; then cd web && npx playwright test; \
	elif [ -n "$$CI" ]; then echo "Chromium is missing, and CI runs the studio's tests" >&2; exit 1; \
	else echo "skipped: the studio's tests need Chromium (Debian: sudo apt install chromium; or set KIHAP_CHROMIUM)"; fi

lint: web ## formatting and clippy, warnings are errors
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets --locked -- -D warnings

# The tests of exports skip, and say so, what could not be installed; where CI is set they fail.
clients: clients/node_modules/.package-lock.json ## the real clients of exports for the tests: npm packages in clients/, Python's in .venv-clients
	if [ ! -x .venv-clients/bin/python ]; then python3 -m venv .venv-clients; fi
	.venv-clients/bin/pip install -q -r clients/requirements.txt

clients/node_modules/.package-lock.json: clients/package.json clients/package-lock.json
	cd clients && npm ci --ignore-scripts --no-audit --no-fund

docs: ## the API documentation, warnings are errors
	RUSTDOCFLAGS="-D warnings" cargo doc --release --workspace --no-deps --locked

builtin-models: setup ## train the models in the binary anew from the syllabus, into builtin-models/ (an hour and a half on two cores)
	$(KIHAP) synth --builtin --out builtin-models

web: web/dist/index.html ## the studio's page, which the binary takes in

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund

web/dist/index.html: web/node_modules/.package-lock.json web/index.html $(shell find web/src web/public -type f)
	cd web && npm run build

build: web ## the binary
	cargo build --release --locked -p kihap

setup: build ## ONNX Runtime and the networks into the cache folder; does nothing where they are there
	$(KIHAP) setup

# Video needs ffmpeg. As root on a Debian kind of system it is installed; elsewhere this says how.
ffmpeg: ## see that ffmpeg is there
	@if command -v "$${KIHAP_FFMPEG:-ffmpeg}" >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "ffmpeg is missing: installing it with apt-get"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ffmpeg; } || \
		echo "apt-get could not install it; tests that need ffmpeg are skipped, and say so"; \
	else \
		echo "ffmpeg is missing, and videos need it. Debian, Ubuntu: sudo apt install ffmpeg; macOS: brew install ffmpeg;"; \
		echo "Windows: winget install ffmpeg; or set KIHAP_FFMPEG to the program. Tests that need it are skipped, and say so."; \
	fi

# The studio's tests drive a real browser. As root on a Debian kind of system it is installed; elsewhere they are skipped.
chromium: ## see that Chromium is there
	@if command -v "$${KIHAP_CHROMIUM:-chromium}" >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
		echo "Chromium is missing: installing it with apt-get"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } || \
		echo "apt-get could not install it; the studio's tests are skipped, and say so"; \
	fi

clean-demo: ## remove the demo's folder
	rm -rf "$(DEMO)"
