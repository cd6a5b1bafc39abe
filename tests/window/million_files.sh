#!/usr/bin/env bash
# The real window on a million pictures that are files: million.png for the README, and pictures of map, gallery, table, viewer, legend,
# morph and Look inside to be looked at.
#
#   tests/window/million_files.py PROGRAM PICTURES FOLDER WORKSPACE
#   PROGRAM project FOLDER --workspace WORKSPACE --method umap        for the morph: seven minutes on two cores
#                                                (--images 20000 behind the first, for a look at it: two minutes in all)
#   tests/window/million_files.sh FOLDER WORKSPACE OUT_DIR
#
# display.sh beside this says what it needs, and what else may be set. PATIENCE is the seconds given to the map (45), DRAWN those given to
# a program that draws a million points anew (4). Places are those of a window of 1440 x 900. The window only looks: nothing of the
# workspace is changed. Without a map by UMAP there is no morph, which is said.
set -euo pipefail
folder=$1 workspace=$2 out=$3
SIZE=${SIZE:-1440x900}
source "$(dirname "${BASH_SOURCE[0]}")/display.sh"
drawn=${DRAWN:-4}

begun=$(date +%s%N)
open_window --compute cpu --only-look --workspace "$workspace" "$folder"
shot million-1-opened
sleep "${PATIENCE:-45}"
shot million-2-map
# Nearer, where the pointer is: other pictures stand for what is seen.
point 380 560
for _ in 1 2 3 4; do xdotool click 4; sleep 0.3; done
sleep "$drawn"
shot million-3-zoomed
for _ in 1 2 3 4; do xdotool click 5; sleep 0.3; done
# Back to all of it.
click 184 140 "$drawn"

# The legend: what is under the pointer stands out; a name is looked for; a click selects all that have it.
point 412 273
sleep "$drawn"
shot million-4-legend-hover
click 408 197
xdotool type --delay 100 ma
sleep 1
shot million-5-legend-search
click 412 228 "$drawn"
shot million-6-legend-selected
click 408 197
xdotool key ctrl+a
sleep 0.5
xdotool key BackSpace
sleep 0.5
# What was selected is selected no more.
xdotool key Escape ctrl+shift+a
sleep "$drawn"
alive

# The gallery's middle and end.
point 680 600
xdotool click 1 key End
sleep "$drawn"
shot million-7-gallery-end

# The table: its last rows, and by size.
xdotool key alt+t
sleep "$drawn"
shot million-8-table
xdotool key End
sleep "$drawn"
shot million-9-table-end
xdotool key alt+3
sleep "$drawn"

# One picture at its own resolution, nearer, and the next.
click 560 190 2
xdotool key ctrl+Return
sleep 2
shot million-10-viewer
point 500 500
for _ in 1 2 3; do xdotool click 4; sleep 0.3; done
sleep 1
shot million-11-viewer-near
xdotool key Right
sleep 2
shot million-12-viewer-next
xdotool key Escape
sleep 1
alive

# From the map by PCA to the one by UMAP, and half of the way back.
if compgen -G "$workspace/*umap*" >/dev/null; then
  click 311 140
  click 311 207 "${PATIENCE:-45}"
  shot million-13-umap
  # All the room to the map, in which the slider beside the tools has room, too.
  point 300 600
  xdotool click 1 key ctrl+shift+Return
  sleep "$drawn"
  point 299 140
  xdotool mousedown 1
  for share in 304 309 314 319; do xdotool mousemove $((width * share / 1000)) $((height * 140 / 1000)); sleep 0.3; done
  sleep "$drawn"
  shot million-14-morph
  xdotool mouseup 1 key ctrl+shift+Return
  sleep "$drawn"
else
  echo "no map by UMAP is in $workspace, so there is no picture of a morph: see the head of this script" >&2
fi

xdotool key ctrl+2
sleep 8
shot million-15-inside
xdotool key Escape
convert "$out/million-2-map.png" -strip +dither -colors 256 "png8:$out/million.png"
echo "after $((($(date +%s%N) - begun) / 1000000000)) s: $out/million.png"
