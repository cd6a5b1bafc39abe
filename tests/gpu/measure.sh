#!/usr/bin/env bash
# What this machine's GPU does with Tiramisu, as a table and as JSON, in under eight minutes. It takes a GPU with its Vulkan
# driver and nothing else: no network, no compiler; with a Python that has PyTorch and torchvision it measures those, too.
#
#   tests/gpu/measure.sh [--program FILE] [--networks FOLDER] [--out FOLDER] [-- WORDS FOR THE PROGRAM]
#
# The program is what tests/gpu/pack.sh made: by default tests/gpu/measure-gpu.xz (or .zst, .gz, or unpacked).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program= networks=${TIRAMISU_SHARED:-$here/../../shared}/models out=${OUT:-$PWD/gpu-figures}
while [ $# -gt 0 ]; do
  case "$1" in
    --program) program=$2; shift 2 ;;
    --networks) networks=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --) shift; break ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done
[ -d "$networks" ] || networks=$here/../../../shared/models
if [ -z "$program" ]; then
  for ending in .xz .zst .gz ""; do
    [ -f "$here/measure-gpu$ending" ] && { program=$here/measure-gpu$ending; break; }
  done
fi
[ -n "$program" ] || { echo "there is no program to run; make it with tests/gpu/pack.sh" >&2; exit 2; }
mkdir -p "$out"
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
case "$program" in
  *.xz) xz -dc "$program" 2>/dev/null || python3 -c 'import lzma,shutil,sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$program" ;;
  *.zst) zstd -dc "$program" ;;
  *.gz) gzip -dc "$program" ;;
  *) cat "$program" ;;
esac > "$place/measure-gpu"
chmod +x "$place/measure-gpu"
# Nothing is left on the machine but the figures.
export HOME=$place XDG_DATA_HOME=$place/data XDG_CACHE_HOME=$place/cache XDG_CONFIG_HOME=$place/config TMPDIR=$place

{ nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || echo "no nvidia-smi"; } | tee "$out/card.txt"
status=0
timeout 420 "$place/measure-gpu" --networks "$networks" --json "$out/figures.json" "$@" 2> >(tee "$out/log.txt" >&2) | tee "$out/table.txt" || status=$?
if python3 -c 'import torch, torchvision' 2>/dev/null; then
  timeout 60 python3 "$here/torch_peer.py" | tee "$out/torch.jsonl" || true
else
  echo "PyTorch is not installed: it is not measured"
fi
exit "$status"
