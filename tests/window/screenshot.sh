#!/usr/bin/env bash
# Opens the real window on a virtual display, drives it like a person and takes pictures of it.
#
#   tests/window/screenshot.sh OUT_DIR [FOLDER] [--network FILE] [...]
#
# Without FOLDER: the welcome view, then the sample collection by a click. Everything after OUT_DIR goes to tiramisu.
# Needs Xvfb, xdotool and ImageMagick. SIZE=1600x1000 and BINARY=... may be set, WAIT is seconds given to the extraction.
set -euo pipefail
out=${1:?where to put the pictures}
shift
mkdir -p "$out"
size=${SIZE:-1600x1000}
wait_secs=${WAIT:-60}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/tiramisu/target}
binary=${BINARY:-}
for candidate in "$target/release/tiramisu" "$root/target/release/tiramisu"; do
  [ -n "$binary" ] || { [ -x "$candidate" ] && binary=$candidate; } || true
done
[ -n "$binary" ] || { echo "build it first: cargo build --release" >&2; exit 1; }
for tool in Xvfb xdotool import; do
  command -v "$tool" >/dev/null || { echo "$tool is missing (packages: xvfb xdotool imagemagick)" >&2; exit 1; }
done

# A home of its own: the pictures must not depend on what somebody opened before.
home=$(mktemp -d)
processes=()
cleanup() {
  for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$home"
}
trap cleanup EXIT

Xvfb -displayfd 1 -screen 0 "${size}x24" -nolisten tcp >"$home/display" 2>"$home/xvfb.log" &
processes+=($!)
for _ in $(seq 100); do [ -s "$home/display" ] && break; sleep 0.1; done
DISPLAY=:$(head -n 1 "$home/display")
export DISPLAY
unset WAYLAND_DISPLAY

env HOME="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config" XDG_CACHE_HOME="$home/cache" \
  "$binary" "$@" >"$out/window.log" 2>&1 &
window_process=$!
processes+=("$window_process")

shot() { import -window root "$out/$1.png" && echo "$out/$1.png"; }
alive() { kill -0 "$window_process" 2>/dev/null || { echo "the window is gone:" >&2; cat "$out/window.log" >&2; exit 1; }; }

window=
for _ in $(seq 300); do
  alive
  window=$(xdotool search --onlyvisible --name '^Tiramisu' 2>/dev/null | head -n 1) && [ -n "$window" ] && break
  sleep 0.1
done
[ -n "$window" ] || { echo "no window appeared within 30 s" >&2; exit 1; }
xdotool windowmove "$window" 0 0 windowsize "$window" "${size%x*}" "${size#*x}"
sleep 2
shot 01-opened

width=${size%x*}
height=${size#*x}
# Places as shares of the window, in thousandths.
click() { xdotool mousemove $((width * $1 / 1000)) $((height * $2 / 1000)); sleep 0.2; xdotool click 1; sleep "${3:-1}"; }

if [ "$#" -eq 0 ] || [ ! -d "$1" ]; then
  # The button of the sample collection, where it lies in a window of this size. Without a window manager, as here, keys
  # reach nobody before the first click.
  click ${SAMPLE_AT:-469 252}
fi
sleep 3
alive
shot 02-extracting
sleep "$wait_secs"
alive
shot 03-extracted
click 120 300
shot 04-clicked
click 200 420
alive
sleep 2
shot 05-another
# The channels that the picture excites most come first: the picture in the README, of the sample collection.
click 619 122
click 625 182 4
shot 06-strongest
xdotool key ctrl+z
sleep 1
shot 07-undone
alive
echo "the window lived through it all"
