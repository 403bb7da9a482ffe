#!/usr/bin/env bash
# Makes the engine's environment in folder $1, from the pins with hashes of the Python that is there.
# TORCH=auto (no CUDA; without it where it cannot be had), cpu (no CUDA, or fail), cuda (PyPI's, 3 GB on Linux) or none.
# TORCH_INDEX is asked for torch without CUDA, and for nothing else; "" = only what pip is set up with.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$1
torch=${TORCH:-auto}
index=${TORCH_INDEX-https://download.pytorch.org/whl/cpu}

python=$(bash packaging/system.sh python)
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
lock=resources/requirements-worker-$version.txt
if [ ! -f "$lock" ]; then
    echo "There are no pins for Python $version: choose another by BASE_PYTHON=program ($(ls resources | sed -n 's/requirements-worker-\(.*\)\.txt/\1/p' | sort -V | tr '\n' ' '))." >&2
    exit 1
fi
pip_install() {
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-input --only-binary=:all: --require-hashes "$@"
}

echo "Making $venv with Python $version"
"$python" -m venv --clear "$venv"
pip_install -r "$lock"
case "$torch" in
none) echo "Torch is left out: matching by networks is not available." ;;
cuda) pip_install --no-deps -r resources/requirements-torch-cuda.txt ;;
cpu) pip_install --no-deps --retries 1 ${index:+--extra-index-url "$index"} -r resources/requirements-torch-cpu.txt ;;
auto)
    if ! pip_install --no-deps --retries 1 ${index:+--extra-index-url "$index"} -r resources/requirements-torch-cpu.txt 2>"$venv/torch.log"; then
        echo "Torch without CUDA for Python $version was not found in pip's indexes${index:+ or at $index} (pip's words: $venv/torch.log)."
        echo "Matching is by handcrafted matchers such as cfog; networks are left out."
        echo "With networks: TORCH=cuda (PyPI's torch, 3 GB), or TORCH=cpu TORCH_INDEX=address of an index that has it; \`make clean\` first."
    fi
    ;;
*)
    echo "TORCH is auto, cpu, cuda or none, not $torch." >&2
    exit 1
    ;;
esac
