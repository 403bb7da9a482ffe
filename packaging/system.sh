#!/usr/bin/env bash
# Installs system packages on Debian 12 as root: `python` (venv for the base Python), `qgis` (QGIS 3.40 from backports and Xvfb).
# Does nothing where they are there already; elsewhere says what is missing.
set -euo pipefail

refuse() {
    echo "$1" >&2
    exit 1
}

apt_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || refuse "Please install these packages, or run this as root on Debian 12: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -y -q --no-install-recommends "$@"
}

is_debian_12() {
    grep -qs '^ID=debian' /etc/os-release && grep -qs 'VERSION_ID="12"' /etc/os-release
}

# Adds the backports of the Debian mirror that is configured already, once. Only files that apt reads count (.list, .sources),
# and of those only the mirror that offers bookworm's main component.
add_backports() {
    local files=(/etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources) mirror
    grep -qsE '^[^#]*bookworm-backports' "${files[@]}" && return
    mirror=$(cat "${files[@]}" 2>/dev/null | awk '
        /^deb / { for (i = 2; i <= NF; i++) if ($i ~ /^[a-z]+:\/\//) { if ($(i + 1) == "bookworm" && $0 ~ / main/) print $i; break } }
        /^URIs:/ { uri = $2 }
        /^Suites:/ && / bookworm( |$)/ { print uri }' | head -n 1 || true)
    [ -n "$mirror" ] || refuse "No Debian mirror is configured in /etc/apt."
    echo "deb $mirror bookworm-backports main" >/etc/apt/sources.list.d/bookworm-backports.list
}

has_qgis() {
    /usr/bin/python3 -c 'import qgis.core, sys; sys.exit(qgis.core.Qgis.QGIS_VERSION_INT < 33400)' 2>/dev/null || return 1
    for program in qgis.bin qgis_process.bin xvfb-run xauth; do
        command -v "$program" >/dev/null || return 1
    done
    /usr/bin/python3 -c 'import ensurepip' 2>/dev/null
}

case "$1" in
python)
    python=/usr/bin/python3
    [ -x "$python" ] || python=python3
    command -v "$python" >/dev/null && "$python" -c 'import ensurepip' 2>/dev/null || apt_install python3 python3-venv
    ;;
qgis)
    if ! has_qgis; then
        is_debian_12 || refuse "Please install QGIS 3.34 or later with its Python bindings (python3-qgis), qgis_process, python3-venv and xvfb."
        [ "$(id -u)" = 0 ] || refuse "QGIS is missing: run this as root once, it installs QGIS 3.40 from bookworm-backports."
        add_backports
        apt_install -t bookworm-backports python3-qgis qgis xvfb xauth python3-venv
        has_qgis || refuse "QGIS was installed but cannot be used: see the messages above."
    fi
    ;;
*)
    refuse "usage: system.sh python|qgis"
    ;;
esac
