# Shared by the measuring scripts. Source it with `.` in the repository's root.
#   SMALLEST=1    runs everything once, on small pictures and with the debug build: shows that it works, measures nothing
set -eu
export SMALLEST="${SMALLEST:-}"
export PLANTAIN_BUILD=release
[ -z "$SMALLEST" ] || PLANTAIN_BUILD=debug
environment=.build/performance
# The compiler of the release build comes with the Swift toolchain.
compiler=$(dirname "$(command -v swift)")/clang

# Builds products of the package as users get them. The debug build has all products at once, on the first
# call.
build() {
  if [ -z "$SMALLEST" ]; then
    Sources/build --quiet "$@" >&2
  elif [ -z "${PLANTAIN_TESTS_ARE_BUILT:-}" ]; then
    Sources/build --quiet --tests >&2
  fi
}

# Runs Python from the environment with the measuring packages. Without Python or PyPI nothing can be
# measured: status 69.
python() {
  "$environment/bin/python" "$@"
}
install_packages() {
  [ -x $environment/bin/python ] || python3 -m venv $environment >&2 || exit 69
  $environment/bin/pip install --quiet "$@" >&2 || exit 69
}
