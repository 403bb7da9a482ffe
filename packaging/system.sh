#!/usr/bin/env bash
# Installs system packages on Debian 12 as root: `python` (venv for /usr/bin/python3), `qgis` (QGIS 3.40 from backports and Xvfb).
# Does nothing where they are there already; elsewhere says what is missing.
set -euo pipefail

apt_install() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "Please install: $*" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -y -q --no-install-recommends "$@"
}

case "$1" in
python)
    if ! /usr/bin/python3 -c 'import ensurepip' 2>/dev/null && ! python3 -c 'import ensurepip' 2>/dev/null; then
        apt_install python3 python3-venv
    elif [ -x /usr/bin/python3 ] && ! /usr/bin/python3 -c 'import ensurepip' 2>/dev/null; then
        apt_install python3-venv
    fi
    ;;
qgis)
    missing=""
    /usr/bin/python3 -c 'import qgis.core' 2>/dev/null || missing="yes"
    command -v qgis.bin >/dev/null && command -v qgis_process.bin >/dev/null && command -v xvfb-run >/dev/null || missing="yes"
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ] && grep -q 'VERSION_ID="12"' /etc/os-release && ! grep -rqs bookworm-backports /etc/apt/sources.list /etc/apt/sources.list.d; then
            mirror=$(grep -rhoE '(URIs: |deb )https?://[^ ]+debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | grep -oE 'https?://[^ ]+' | grep -v security | head -1)
            echo "deb $mirror bookworm-backports main" >/etc/apt/sources.list.d/bookworm-backports.list
        fi
        apt_install -t bookworm-backports python3-qgis qgis xvfb xauth python3-venv
    fi
    ;;
esac
