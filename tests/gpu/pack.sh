#!/usr/bin/env bash
# Makes what tests/gpu/measure.sh carries to a machine with a GPU: the program, optimised, stripped and compressed, and the networks,
# with rounded weights (networks.py); together 64 MiB at most. The networks are taken from ../shared/models (or TIRAMISU_SHARED).
#
#   tests/gpu/pack.sh [--profile PROFILE] [CARGO'S OPTIONS]
#   tests/gpu/pack.sh --program FILE       # one that is built: the benchmark `gpu`, which Cargo leaves in deps/gpu-*
set -euo pipefail
usage() { sed -n '5,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
profile=dist program=
case "${1:-}" in
  --profile) [ $# -ge 2 ] || usage; profile=$2; shift 2 ;;
  --program) [ $# -eq 2 ] || usage; program=$(realpath -e "$2"); shift 2 ;;
esac
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
models=${TIRAMISU_SHARED:-../shared}/models
if [ -z "$program" ]; then
  # Cargo tells where the program lies.
  program=$(cargo build --profile "$profile" --locked --bench gpu --message-format json-render-diagnostics "$@" |
    python3 -c '
import json, sys
for line in sys.stdin:
    told = json.loads(line)
    if told.get("reason") == "compiler-artifact" and told["target"]["name"] == "gpu" and told.get("executable"):
        print(told["executable"])')
elif [[ $("$program" --help 2>&1) != *--networks* ]]; then
  echo "this is not the benchmark that measures a GPU: $program" >&2
  exit 2
fi
cp "$program" tests/gpu/measure-gpu
strip tests/gpu/measure-gpu 2>/dev/null || true
# Jumps of such code, told from where they are, repeat less than told from the beginning of the file.
filter=
[ "$(uname -m)" != x86_64 ] || filter=--x86
xz $filter --lzma2=preset=9 --force tests/gpu/measure-gpu
rounded=$(mktemp -d)
trap 'rm -rf "$rounded"' EXIT
python3 tests/gpu/networks.py "$models" "$rounded"
tar -C "$rounded" -cf - . | xz -6 >tests/gpu/measure-gpu-networks.tar.xz
ls -l tests/gpu/measure-gpu.xz tests/gpu/measure-gpu-networks.tar.xz
bytes=$(($(stat -c %s tests/gpu/measure-gpu.xz) + $(stat -c %s tests/gpu/measure-gpu-networks.tar.xz)))
[ "$bytes" -le $((64 << 20)) ] || { echo "that is more than 64 MiB" >&2; exit 1; }
