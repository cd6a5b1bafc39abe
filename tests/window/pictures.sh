#!/usr/bin/env bash
# Makes the README's two pictures of the window, of the sample collection: screenshot.png and map.png.
#
#   tests/window/pictures.sh [OUT_DIR]         by default assets
#
# What takes a while is done on the command line first, so that nothing is waited for by guessing but what the window needs to
# draw: WAIT seconds (8) after it opened, and a few after each click; more on a slow machine. display.sh beside this says what it
# needs, and what else may be set. Look at both pictures before they are committed.
set -euo pipefail
out=$(mktemp -d)
source "$(dirname "${BASH_SOURCE[0]}")/display.sh"
assets=${1:-$root/assets}
mkdir -p "$assets"

tiramisu sample "$home/sample"
tiramisu extract "$home/sample" --compute cpu
tiramisu project "$home/sample" --method umap --compute cpu --out "$home/map.csv"
open_window "$home/sample" --compute cpu
sleep "${WAIT:-8}"
alive

# The map: its tab, then UMAP in the list of methods.
click 502 42 3
click 859 78 2
click 859 130 5
point 500 990
sleep 1
shot map
# One picture of each kind, the spheres looked at, and the channels that they excite most.
click 443 42 2
click 110 74
xdotool type --delay 100 _0004
sleep 4
click 288 447 4
click 619 122 2
click 625 182 4
point 500 990
sleep 1
shot screenshot
alive

# The map has few colours: a palette is enough for it. The pictures of the gallery would be grainy by one; rounded to 32 levels
# they look the same, in half the bytes.
convert "$out/screenshot.png" -strip +dither -posterize 32 -define png:compression-level=9 "$assets/screenshot.png"
convert "$out/map.png" -crop 918x430+676+54 +repage -strip -colors 256 "png8:$assets/map.png"
rm -r "$out"
echo "$assets/screenshot.png $assets/map.png"
