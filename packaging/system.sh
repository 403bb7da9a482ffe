#!/usr/bin/env bash
# Installs system packages on Debian 12 and 13 as root where they are missing; elsewhere, or as another user, says which are.
#   system.sh python   Python with venv; prints the program to use (BASE_PYTHON where that is set)
#   system.sh qgis     QGIS with Python bindings, Xvfb: 3.40 (Debian 12: from backports); QGIS_FROM=backports takes that of the backports
set -euo pipefail

refuse() {
    echo "$1" >&2
    exit 1
}

debian() {
    (. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME") 2>/dev/null || true
}

apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -q && apt-get install -y -q --no-install-recommends "$@"; } >&2
}

may_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null
}

# Adds the backports of the Debian mirror that is configured already, once. Only files that apt reads count (.list, .sources),
# and of those only the mirror that offers the release's main component.
add_backports() {
    local release=$1 files=(/etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources) mirror
    grep -qsE "^[^#]*$release-backports" "${files[@]}" && return
    mirror=$(cat "${files[@]}" 2>/dev/null | awk -v release="$release" '
        /^deb / { for (i = 2; i <= NF; i++) if ($i ~ /^[a-z]+:\/\//) { if ($(i + 1) == release && $0 ~ / main/) print $i; break } }
        /^URIs:/ { uri = $2 }
        /^Suites:/ && ($0 " ") ~ (" " release " ") { print uri }' | head -n 1 || true)
    [ -n "$mirror" ] || refuse "No Debian mirror is configured in /etc/apt."
    echo "deb $mirror $release-backports main" >"/etc/apt/sources.list.d/$release-backports.list"
}

has_venv() {
    command -v "$1" >/dev/null && "$1" -c 'import ensurepip, venv' 2>/dev/null
}

base_python() {
    if [ -n "${BASE_PYTHON:-}" ]; then
        echo "$BASE_PYTHON"
    elif [ -x /usr/bin/python3 ]; then
        echo /usr/bin/python3
    else
        command -v python3 || echo /usr/bin/python3
    fi
}

# What is missing of QGIS, as names of packages; nothing where all is there.
missing_for_qgis() {
    local least=33400 program
    [ "${QGIS_FROM:-}" != backports ] || least=34100
    [ "$(debian)" != bookworm ] || least=33400
    /usr/bin/python3 -c "import qgis.core, sys; sys.exit(qgis.core.Qgis.QGIS_VERSION_INT < $least)" 2>/dev/null || echo python3-qgis
    for program in qgis.bin:qgis qgis_process.bin:qgis xvfb-run:xvfb xauth:xauth ps:procps; do
        command -v "${program%:*}" >/dev/null || echo "${program#*:}"
    done
    has_venv /usr/bin/python3 || echo python3-venv
}

case "${1:-}" in
python)
    python=$(base_python)
    if ! has_venv "$python"; then
        [ -z "${BASE_PYTHON:-}" ] || refuse "$BASE_PYTHON cannot make environments: its module venv or ensurepip is missing."
        may_install || refuse "Python 3.10 or later with venv is missing. Please install: sudo apt-get install python3 python3-venv"
        apt_install python3 python3-venv
    fi
    echo "$python"
    ;;
qgis)
    missing=$(missing_for_qgis | sort -u | tr '\n' ' ')
    if [ -n "$missing" ]; then
        release=$(debian)
        case "$release" in
        bookworm | trixie) ;;
        *) refuse "QGIS 3.34 or later or what its tests need is missing. Please install: sudo apt-get install $missing" ;;
        esac
        may_install || refuse "QGIS or what its tests need is missing. Please install (on Debian 12 from bookworm-backports): sudo apt-get install $missing"
        if [ "$release" = bookworm ] || [ "${QGIS_FROM:-}" = backports ]; then
            add_backports "$release"
            apt_install -t "$release-backports" python3-qgis qgis xvfb xauth procps python3-venv
        else
            apt_install python3-qgis qgis xvfb xauth procps python3-venv
        fi
        missing=$(missing_for_qgis | sort -u | tr '\n' ' ')
        [ -z "$missing" ] || refuse "QGIS was installed but cannot be used ($missing): see the messages above."
    fi
    ;;
*)
    refuse "usage: system.sh python|qgis"
    ;;
esac
