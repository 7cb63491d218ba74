# What the measuring scripts share. To be read with `.` in the repository's root.
#   SMALLEST=1    everything once, on small pictures and by the debug build: shows that it works, and measures nothing
set -eu
export SMALLEST="${SMALLEST:-}"
export PLANTAIN_BUILD=release
[ -z "$SMALLEST" ] || PLANTAIN_BUILD=debug
environment=.build/performance
# The compiler that builds the release comes with the Swift toolchain.
compiler=$(dirname "$(command -v swift)")/clang

# Builds products of the package, each as users get it; of the debug build all at once, by the first that asks.
build() {
  if [ -z "$SMALLEST" ]; then
    Sources/build --quiet "$@" >&2
  elif [ -z "${PLANTAIN_TESTS_ARE_BUILT:-}" ]; then
    Sources/build --quiet --tests >&2
  fi
}

# Runs Python where the packages for measuring are. Without a Python or PyPI there is nothing to measure with: status 69.
python() {
  "$environment/bin/python" "$@"
}
install_packages() {
  [ -x $environment/bin/python ] || python3 -m venv $environment >&2 || exit 69
  $environment/bin/pip install --quiet "$@" >&2 || exit 69
}
