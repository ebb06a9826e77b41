#!/bin/sh
# The tests drive a real Chromium and read a scan with Tesseract. Install Debian's where one is
# missing and we may.
set -eu
missing=
found() { command -v "$1" >/dev/null 2>&1; }
found chromium || found chromium-browser || found google-chrome || missing=chromium
found tesseract || missing="$missing tesseract-ocr"
if [ -z "$missing" ]; then exit 0; fi
if found apt-get && [ "$(id -u)" = 0 ]; then
  apt-get update -qq
  # shellcheck disable=SC2086 - one word a package
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $missing >/dev/null
  exit 0
fi
echo "The tests need$(printf ' %s' $missing): install them (Debian, Ubuntu: sudo apt install $missing)." >&2
exit 1
