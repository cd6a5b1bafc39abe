#!/usr/bin/env bash
# Builds the program that tests/gpu/measure.sh carries to a machine with a GPU: optimised, stripped, compressed.
#
#   tests/gpu/pack.sh [--profile PROFILE] [CARGO'S OPTIONS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
profile=dist
[ "${1:-}" != --profile ] || { profile=$2; shift 2; }
# Cargo tells where the program lies.
program=$(cargo build --profile "$profile" --locked --bench gpu --message-format json-render-diagnostics "$@" |
  python3 -c '
import json, sys
for line in sys.stdin:
    told = json.loads(line)
    if told.get("reason") == "compiler-artifact" and told["target"]["name"] == "gpu" and told.get("executable"):
        print(told["executable"])')
cp "$program" tests/gpu/measure-gpu
strip tests/gpu/measure-gpu 2>/dev/null || true
xz -T0 -6 --force tests/gpu/measure-gpu
ls -l tests/gpu/measure-gpu.xz
bytes=$(stat -c %s tests/gpu/measure-gpu.xz)
[ "$bytes" -le $((64 << 20)) ] || { echo "that is more than 64 MiB" >&2; exit 1; }
