#!/usr/bin/env bash
# Opens the real window on a virtual display, drives it like a person and takes pictures of it.
#
#   tests/window/screenshot.sh OUT_DIR [FOLDER] [--network FILE] [...]
#
# Without FOLDER: the welcome view, then the sample collection by a click. Everything after OUT_DIR goes to tiramisu.
# WAIT is the seconds given to the extraction; display.sh beside this says what it needs, and what else may be set.
set -euo pipefail
out=${1:?where to put the pictures}
shift
wait_secs=${WAIT:-60}
source "$(dirname "${BASH_SOURCE[0]}")/display.sh"

open_window "$@"
shot 01-opened
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
# The channels that the picture excites most come first.
click 619 122
click 625 182 4
shot 06-strongest
xdotool key ctrl+z
sleep 1
shot 07-undone
alive
echo "the window lived through it all"
