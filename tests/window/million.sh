#!/usr/bin/env bash
# Makes the README's picture of a map of a million images: million.png. They are made up, and so are their pictures, since nobody
# could carry a million files about; the map is drawn as in the window, by what draws the tests.
#
#   tests/window/million.sh [OUT_DIR]          by default assets; all pictures there are go to another OUT_DIR
#
# Needs ImageMagick and what `cargo test` needs. SUITE=FILE names a test program that is built already. Look at the picture before it
# is committed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
assets=${1:-$root/assets}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mkdir -p "$assets"
command -v convert >/dev/null || { echo "convert is missing (package: imagemagick)" >&2; exit 1; }
tests=(of_a_million_images_some_show_their_pictures_at_every_zoom)
[ "$#" -eq 0 ] || tests+=(
  a_million_pictures_in_every_view_to_be_looked_at
  a_million_points_travel_between_two_maps_and_a_legend_of_thousands_of_labels_is_searched
)

cd "$root"
if [ -n "${SUITE:-}" ]; then
  TIRAMISU_PICTURES="$out" "$SUITE" "${tests[@]}"
else
  TIRAMISU_PICTURES="$out" cargo test --release --test suite -- "${tests[@]}"
fi
[ -s "$out/map_million.png" ] || { echo "nothing was drawn: is there a Vulkan driver (mesa-vulkan-drivers)?" >&2; exit 1; }
[ "$#" -eq 0 ] || cp "$out"/*.png "$assets"
# A harness leaves a bright margin around a view. The map has few colours: a palette is enough for it.
convert "$out/map_million.png" -shave 8x8 -strip +dither -colors 256 "png8:$assets/million.png"
echo "$assets/million.png"
