#!/usr/bin/env bash
# Install Debian's PostgreSQL where it is missing and may be installed. Never fails: the tests that need it
# are skipped then, with the reason.
set -uo pipefail
if command -v postgres > /dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' > /dev/null; then
  exit 0
fi
if ! command -v apt-get > /dev/null || [ "$(id -u)" != 0 ]; then
  echo 'PostgreSQL is missing and cannot be installed from here; install your system'\''s package.'
  exit 0
fi
# Without the cluster that the package would start.
export DEBIAN_FRONTEND=noninteractive
apt-get install --yes --quiet --no-install-recommends postgresql postgresql-client > /dev/null ||
  { apt-get update --quiet > /dev/null && apt-get install --yes --quiet --no-install-recommends postgresql > /dev/null; } ||
  echo 'PostgreSQL could not be installed: its tests are skipped.'
