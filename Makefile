# The front door; the work is Meson's. `make demo` and `make check` need nothing done before.
BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
# of fuzzing, per harness
SECONDS ?= 300

all: build

setup:
	@tools/setup.sh build check

$(BUILD)/build.ninja:
	@tools/setup.sh build
	@meson setup -Dtests=disabled --prefix=$(PREFIX) $(BUILD) >/dev/null

build: $(BUILD)/build.ninja
	@tools/setup.sh build
	@ninja -C $(BUILD)

demo: build
	@BUILD=$(BUILD) $(BUILD)/src/cli/verbale demo --check tools/demo-check.sh

check:
	@tools/setup.sh build check
	@tests/run.sh

bench: build
	@ninja -C $(BUILD) --quiet bench

fuzz:
	@tools/setup.sh build check
	@FUZZ_SECONDS=$(SECONDS) tests/run.sh fuzz

coverage:
	@tools/setup.sh build check coverage
	@tools/coverage.sh

install: build
	@meson configure -Dprefix=$(PREFIX) $(BUILD)
	@ninja -C $(BUILD) --quiet
	@DESTDIR=$(DESTDIR) meson install -C $(BUILD) --no-rebuild --strip --quiet

clean:
	rm -rf $(BUILD) build-check-*

.PHONY: all setup build demo check bench fuzz coverage install clean
