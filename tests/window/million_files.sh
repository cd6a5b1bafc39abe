#!/usr/bin/env bash
# The real window on a million pictures that are files: million.png for the README, and pictures of gallery, viewer, legend,
# neighbours and table to be looked at.
#
#   tests/window/million_files.py PROGRAM PICTURES FOLDER WORKSPACE
#   tests/window/million_files.sh FOLDER WORKSPACE OUT_DIR
#
# display.sh beside this says what it needs, and what else may be set. The window only looks: nothing of the workspace is changed.
set -euo pipefail
folder=$1 workspace=$2 out=$3
SIZE=${SIZE:-1440x900}
source "$(dirname "${BASH_SOURCE[0]}")/display.sh"

begun=$(date +%s%N)
open_window --compute cpu --only-look --workspace "$workspace" "$folder"
shot million-1-opened
sleep "${PATIENCE:-45}"
shot million-2-map
# Nearer, where the pointer is: other pictures stand for what is seen.
point 380 560
for _ in 1 2 3 4; do xdotool click 4; sleep 0.3; done
sleep 4
shot million-3-zoomed
for _ in 1 2 3 4; do xdotool click 5; sleep 0.3; done
# The gallery's middle.
point 680 600
xdotool click 1 key End
sleep 4
shot million-4-gallery
xdotool key ctrl+2
sleep 8
shot million-5-inside
xdotool key Escape
convert "$out/million-2-map.png" -strip +dither -colors 256 "png8:$out/million.png"
echo "after $((($(date +%s%N) - begun) / 1000000000)) s: $out/million.png"
