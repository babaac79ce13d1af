#!/bin/sh
# Installs Chromium where that can be done without a question: for root, on Debian and what derives from it.
# Otherwise the tests that need it say that they are skipped, and why.
if [ -n "${CHROMIUM:-}" ] || command -v chromium chromium-browser google-chrome >/dev/null; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null
fi || echo 'Chromium could not be installed: the workbench is not tested.'
