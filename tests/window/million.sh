#!/usr/bin/env bash
# Makes the README's picture of a map of a million images: million.png. They are made up, and so are their pictures, since nobody
# could carry a million files about; the map is drawn as in the window, by what draws the tests.
#
#   tests/window/million.sh [OUT_DIR]          by default assets
#
# Needs ImageMagick and what `cargo test` needs. Look at the picture before it is committed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
assets=${1:-$root/assets}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mkdir -p "$assets"
command -v convert >/dev/null || { echo "convert is missing (package: imagemagick)" >&2; exit 1; }

(cd "$root" && TIRAMISU_PICTURES="$out" cargo test --release -- of_a_million_images_some_show_their_pictures_at_every_zoom)
[ -s "$out/map_million.png" ] || { echo "nothing was drawn: is there a Vulkan driver (mesa-vulkan-drivers)?" >&2; exit 1; }
convert "$out/map_million.png" -strip -colors 256 "png8:$assets/million.png"
echo "$assets/million.png"
