# Shared by the scripts beside it (sourced, not run): the real window on a virtual display, in a home of its own.
#
# Needs Xvfb, xdotool and ImageMagick. SIZE=1600x1000 and BINARY=... may be set. Before sourcing it, $out says where pictures
# and the window's log go.

size=${SIZE:-1600x1000}
width=${size%x*}
height=${size#*x}
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
mkdir -p "$out"

# The pictures must not depend on what somebody opened before.
home=$(mktemp -d)
processes=()
cleanup() {
  for process in "${processes[@]}"; do kill "$process" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$home"
}
trap cleanup EXIT

# Runs the program in that home.
tiramisu() {
  env HOME="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config" XDG_CACHE_HOME="$home/cache" "$binary" "$@"
}

# Opens the window with these arguments and waits until it is there.
open_window() {
  Xvfb -displayfd 1 -screen 0 "${size}x24" -nolisten tcp >"$home/display" 2>"$home/xvfb.log" &
  processes+=($!)
  for _ in $(seq 100); do [ -s "$home/display" ] && break; sleep 0.1; done
  DISPLAY=:$(head -n 1 "$home/display")
  export DISPLAY
  unset WAYLAND_DISPLAY
  exec_window "$@" >"$out/window.log" 2>&1 &
  window_process=$!
  processes+=("$window_process")
  window=
  for _ in $(seq 300); do
    alive
    window=$(xdotool search --onlyvisible --name '^Tiramisu' 2>/dev/null | head -n 1) && [ -n "$window" ] && break
    sleep 0.1
  done
  [ -n "$window" ] || { echo "no window appeared within 30 s" >&2; exit 1; }
  # No window manager is there to give it the keyboard.
  xdotool windowmove "$window" 0 0 windowsize "$window" "$width" "$height" windowfocus "$window"
  sleep 2
}

# The process itself, so that ending it ends the window.
exec_window() {
  exec env HOME="$home" XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config" XDG_CACHE_HOME="$home/cache" "$binary" "$@"
}

alive() { kill -0 "$window_process" 2>/dev/null || { echo "the window is gone:" >&2; cat "$out/window.log" >&2; exit 1; }; }

shot() { import -window root "$out/$1.png" && echo "$out/$1.png"; }

# Places as shares of the window, in thousandths; then so many seconds.
point() { xdotool mousemove $((width * $1 / 1000)) $((height * $2 / 1000)); sleep 0.3; }
click() { point "$1" "$2"; xdotool mousedown 1; sleep 0.2; xdotool mouseup 1; sleep "${3:-1}"; }
