#!/usr/bin/env bash
# What somebody waits for who has nothing yet, in the real window: seconds from letting go of the button that welcomes until the sample
# is open, and until the first pictures are there for the next frame.
#
#   tests/window/welcome.sh OUT_DIR            and welcome.png, as it looks a second later
#
# display.sh beside this says what it needs, and what else may be set. Moments are read from the program's own log.
set -euo pipefail
out=${1:?where the picture goes}
SIZE=${SIZE:-1440x900}
source "$(dirname "${BASH_SOURCE[0]}")/display.sh"

export TIRAMISU_LOG=tiramisu=debug
open_window --compute cpu
point 478 266
xdotool mousedown 1
sleep 0.2
xdotool mouseup 1
clicked=$(date +%s.%N)

# Seconds from the click to the first line of the log with such an end of a piece of work; nothing if there is none.
until_end_of() {
  local line
  line=$(grep -m 1 " $1: tiramisu.* close " "$out/window.log") || return 0
  awk -v now="$(date -d "$(grep -o '^[^ ]*Z' <<<"$line")" +%s.%N)" -v clicked="$clicked" 'BEGIN { printf "%.2f", now - clicked }'
}
for _ in $(seq 600); do
  alive
  [ -z "$(until_end_of 'look{kind="thumbnails"[^}]*}')" ] || break
  sleep 0.1
done
sleep 1
shot welcome
open=$(until_end_of open) pictures=$(until_end_of 'look{kind="thumbnails"[^}]*}')
if [ -z "$open" ] || [ -z "$pictures" ]; then
  echo "the sample was not opened, or no picture came: see $out/window.log" >&2
  exit 1
fi
echo "open after $open s, first pictures after $pictures s"
