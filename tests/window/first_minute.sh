#!/usr/bin/env bash
# The first minute of somebody new, in the real window, on the program's own sample or a folder of one's own: pictures of it at
# 2, 10, 20, 40 and 60 seconds, and a short recording.
#
#   tests/window/first_minute.sh OUT_DIR [FOLDER]       first-minute-SECONDS.png and first-minute.webp
#
# display.sh beside this says what it needs, and what else may be set; the recording needs Python with Pillow, besides. Nothing
# is prepared: what is seen is what a person waits for on this machine. SLOWER=2 gives it twice the time between two steps.
set -euo pipefail
out=${1:?where pictures go}
folder=${2:-}
SIZE=${SIZE:-1440x900}
source "$(dirname "${BASH_SOURCE[0]}")/display.sh"
frames="$home/frames"
mkdir -p "$frames"

open_window --compute cpu ${folder:+"$folder"}
begun=$(date +%s%N)
so_far() { echo $((($(date +%s%N) - begun) / 1000000)); }
# Waits until so many seconds of the minute are over.
until_second() {
  local left=$(($1 * ${SLOWER:-1} * 1000 - $(so_far)))
  [ "$left" -le 0 ] || sleep "$(printf '%d.%03d' $((left / 1000)) $((left % 1000)))"
  alive
}
moment() { until_second "$1"; shot "first-minute-$1"; }

record() {
  while true; do
    import -window root -resize 960x -quality 92 "$frames/$(printf '%06d' "$(so_far)").jpg" || true
    sleep 0.35
  done
}
record &
processes+=($!)

# 0 s: the sample, by the button that welcomes; a folder of one's own was named as the program began, as file managers do.
[ -n "$folder" ] || click 478 266 0
moment 2
moment 10
# The picture that was chosen by itself, from the inside; the tour that is offered can wait.
xdotool key Escape
xdotool key ctrl+2
until_second 14
# The pointer over the picture ranks channels; then back through the depths.
point 400 400
moment 20
for _ in 1 2 3 4 5 6; do xdotool key ctrl+bracketleft; sleep 0.7; done
until_second 28
for _ in 1 2 3 4 5 6; do xdotool key ctrl+bracketright; sleep 0.4; done
# Neighbours at every depth, then groups.
xdotool key ctrl+1
until_second 34
xdotool key ctrl+3
until_second 36
click 450 531
moment 40
until_second 46
xdotool key ctrl+4
until_second 52
xdotool key ctrl+1
moment 60
kill "${processes[-1]}" 2>/dev/null || true

"${PYTHON:-python3}" - "$frames" "$out/first-minute.webp" <<'PYTHON'
import sys
from pathlib import Path

from PIL import Image

frames = sorted(Path(sys.argv[1]).glob("*.jpg"))
# What shows nothing new is one frame that lasts longer.
kept, times, last = [], [], None
for frame in frames:
    try:
        picture = Image.open(frame).convert("RGB")
        picture.load()
    except OSError:
        continue  # The last one may be cut off.
    small = picture.resize((96, 60)).tobytes()
    if last is None or sum(abs(a - b) for a, b in zip(small, last)) > 96 * 60 * 3 // 8:
        kept.append(picture)
        times.append(int(frame.stem))
        last = small
shown = [min(after - now, 3000) for now, after in zip(times, times[1:])] + [3000]
kept[0].save(sys.argv[2], save_all=True, append_images=kept[1:], duration=shown, loop=0, quality=45, method=6)
print(sys.argv[2], len(kept), "frames", Path(sys.argv[2]).stat().st_size // 1000, "kB")
PYTHON
