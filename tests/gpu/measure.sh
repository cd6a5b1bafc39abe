#!/usr/bin/env bash
# What this machine's GPU does with Tiramisu, as a table and as JSON, in under eight minutes. It takes a GPU with its Vulkan
# driver and nothing else: no network, no compiler; with a Python that has PyTorch and torchvision it measures those, too.
#
#   tests/gpu/measure.sh [--program FILE] [--networks FOLDER] [--out FOLDER] [-- WORDS FOR THE PROGRAM]
#
# Program and networks are what tests/gpu/pack.sh made: by default tests/gpu/measure-gpu.xz (or .zst, .gz, or unpacked), and
# measure-gpu-networks.tar.xz beside it. Other networks are to be what tests/gpu/networks.py makes of them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
begun=$SECONDS
program= networks= out=${OUT:-$PWD/gpu-figures}
while [ $# -gt 0 ]; do
  case "$1" in
    --program) program=$2; shift 2 ;;
    --networks) networks=$2; shift 2 ;;
    --out) out=$2; shift 2 ;;
    --) shift; break ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done
if [ -z "$program" ]; then
  for ending in .xz .zst .gz ""; do
    [ -f "$here/measure-gpu$ending" ] && { program=$here/measure-gpu$ending; break; }
  done
fi
[ -n "$program" ] || { echo "there is no program to run; make it with tests/gpu/pack.sh" >&2; exit 2; }
mkdir -p "$out"
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
# A command, ended when so many seconds of the whole are over, or so many of its own; a stubborn one five seconds later.
within() {
  local left=$(($1 - (SECONDS - begun)))
  left=$((left < $2 ? left : $2))
  timeout -k 5 $((left > 1 ? left : 1)) "${@:3}"
}
unxz() {
  if command -v xz >/dev/null; then
    within 400 400 xz -dc "$1"
  else
    within 400 400 python3 -c 'import lzma,shutil,sys; shutil.copyfileobj(lzma.open(sys.argv[1]), sys.stdout.buffer)' "$1"
  fi
}
slow() { echo "$1 could not be unpacked, or not in 400 seconds" >&2; exit 1; }
case "$program" in
  *.xz) unxz "$program" ;;
  *.zst) within 400 400 zstd -dc "$program" ;;
  *.gz) within 400 400 gzip -dc "$program" ;;
  *) within 400 400 cat "$program" ;;
esac > "$place/measure-gpu" || slow "$program"
chmod +x "$place/measure-gpu"
if [ -z "$networks" ]; then
  networks=$place/networks
  mkdir "$networks"
  packed=$here/measure-gpu-networks.tar.xz
  [ ! -f "$packed" ] || unxz "$packed" | tar -C "$networks" -xf - || slow "$packed"
fi
echo "unpacked after $((SECONDS - begun)) s"
# Nothing is left on the machine but the figures.
export HOME=$place XDG_DATA_HOME=$place/data XDG_CACHE_HOME=$place/cache XDG_CONFIG_HOME=$place/config TMPDIR=$place

{ within 410 9 nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null || echo "no nvidia-smi"; } | tee "$out/card.txt"
status=0
# Eight minutes with unpacking, and the last of them for PyTorch.
within 415 415 "$place/measure-gpu" --networks "$networks" --json "$out/figures.json" "$@" 2> >(tee "$out/log.txt" >&2) | tee "$out/table.txt" || status=$?
# Stopped or crashed before its end it prints no table; each figure was told when it was there.
if [ ! -s "$out/table.txt" ]; then
  echo "the program did not get to its end; these figures it had, which are in figures.json, too:"
  grep -E '^ *[0-9.]+ s  ' "$out/log.txt" | tee "$out/table.txt" || true
fi
torch=0
within 460 40 python3 -c 'import torch, torchvision' 2>/dev/null || torch=$?
case "$torch" in
  0) within 470 60 python3 "$here/torch_peer.py" | tee "$out/torch.jsonl" || echo "PyTorch did not get to its end" ;;
  124 | 137) echo "PyTorch took too long to start: it is not measured" ;;
  *) echo "PyTorch is not installed: it is not measured" ;;
esac
# Into the same table and file. What there is of ours stays as it is where this fails.
if [ -s "$out/torch.jsonl" ]; then
  if within 476 4 "$place/measure-gpu" --add "$out/torch.jsonl" --json "$out/figures.json" >"$place/table.txt"; then
    cp "$place/table.txt" "$out/table.txt"
  else
    echo "PyTorch's figures are in torch.jsonl alone"
  fi
fi
echo "all of it took $((SECONDS - begun)) s"
exit "$status"
