#!/usr/bin/env bash
# Pictures of views of a million images to be looked at, where nobody has a million files: they are made up, and so are their pictures.
# They are drawn as in the window, by what draws the tests. The README's picture is another one, of a million files
# (million_files.sh beside this).
#
#   tests/window/million.sh OUT_DIR
#
# Needs what `cargo test` needs. SUITE=FILE names a test program that is built already.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=${1:?where to put the pictures}
mkdir -p "$out"
out=$(cd "$out" && pwd)
tests=(
  of_a_million_images_some_show_their_pictures_at_every_zoom
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
ls "$out"/*.png
