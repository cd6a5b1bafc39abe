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
# The map as somebody left it who chose UMAP.
mkdir -p "$home/config/tiramisu"
echo '{ "maps": { "first": { "number": 0, "layer": null, "method": "umap", "colouring": "Label" }, "beside": [] } }' \
  >"$home/config/tiramisu/settings.json"
open_window "$home/sample" --compute cpu
sleep "${WAIT:-8}"
alive

# Explore: the map, and a picture looked for in the gallery.
# Where no picture is shown large.
point 500 985
sleep 4
shot map
click 110 55
xdotool type --delay 100 flowers_0004
sleep 4
# One of the flowers, and what the network sees in it.
click 560 236 3
xdotool key ctrl+2
sleep 12
point 500 990
sleep 2
shot screenshot
alive

# The map has few colours: a palette is enough for it. The pictures of the gallery would be grainy by one; rounded to 32 levels
# they look the same, in half the bytes.
convert "$out/screenshot.png" -strip +dither -posterize 32 -define png:compression-level=9 "$assets/screenshot.png"
convert "$out/map.png" -crop 742x708+82+150 +repage -strip -colors 256 "png8:$assets/map.png"
rm -r "$out"
echo "$assets/screenshot.png $assets/map.png"
