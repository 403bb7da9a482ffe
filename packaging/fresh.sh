#!/usr/bin/env bash
# Runs a command of the README on a bare Debian: fresh.sh bookworm|trixie demo|test [NAME=value for make ...]
# Makes the system by debootstrap under FRESH_ROOT, puts a fresh clone of this checkout into it (the last commit; ../shared beside it
# where it is there), and runs `make demo` or `make test` as root with an empty home. FRESH_USER=1: as an ordinary user, who has the
# packages that the README names. Of this machine it takes the name server, certificates, and pip's set-up with the folders that it names,
# so that a machine behind a mirror can run it. The system is removed at the end; FRESH_KEEP=1 keeps it.
set -euo pipefail
[ $# -ge 2 ] && [[ $1 =~ ^(bookworm|trixie)$ && $2 =~ ^(demo|test)$ ]] || { sed -n '2s/^# //p' "$0" >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo "fresh.sh needs root for debootstrap and chroot." >&2; exit 2; }
release=$1 goal=$2
shift 2
here=$(cd "$(dirname "$0")/.." && pwd)
store=${FRESH_ROOT:-/var/tmp/fresh}
mirror=${FRESH_MIRROR:-http://deb.debian.org/debian}
mkdir -p "$store"
root=$(mktemp -d "$store/$release-$goal-XXXX")
chmod 755 "$root"

binds=()
bind() { # a folder of this machine, read-only
    mkdir -p "$root$2"
    mount --bind "$1" "$root$2"
    binds+=("$root$2")
    mount -o remount,bind,ro "$root$2" || true
}
leave() {
    local place
    for place in $(awk -v root="$root/" 'index($2, root) == 1 { print $2 }' /proc/mounts | sort -r); do
        umount -l "$place"
    done
    if grep -qF " $root/" /proc/mounts; then
        echo "Something is still mounted in $root: not removed." >&2
    elif [ -z "${FRESH_KEEP:-}" ]; then
        rm -rf --one-file-system "$root"
    fi
}
trap leave EXIT

tarball=$store/$release.tar
[ -f "$tarball" ] || debootstrap --variant=minbase --make-tarball="$tarball" "$release" "$store/$release.making" "$mirror" >&2
debootstrap --variant=minbase --unpack-tarball="$tarball" "$release" "$root" "$mirror" >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; exit 1; }
rm -f "$root.log"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount --rbind /dev "$root/dev"
mount --make-rslave "$root/dev"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
grep -hs '^Acquire' /etc/apt/apt.conf.d/* | grep -E 'Check-|Proxy' >"$root/etc/apt/apt.conf.d/99this-machine" || true

environment=(HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8)
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    mkdir -p "$root/etc/ssl/certs"
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/this-machine.crt"
    environment+=(PIP_CERT=/etc/ssl/this-machine.crt)
fi
for file in /etc/pip.conf /etc/xdg/pip; do
    [ ! -e "$file" ] || { mkdir -p "$root$(dirname "$file")" && cp -rL "$file" "$root$(dirname "$file")/"; }
done
settings=("$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf")
for file in "${settings[@]}"; do
    [ ! -f "$file" ] || { cp -L "$file" "$root/etc/pip-of-user.conf" && environment+=(PIP_CONFIG_FILE=/etc/pip-of-user.conf); }
done
for folder in $(cat /etc/pip.conf /etc/xdg/pip/pip.conf "${settings[@]}" 2>/dev/null | grep -oE '(file://)?/[^ ]+' | sed 's/^file:\/\///; s/\/simple$//' | sort -u); do
    [ ! -d "$folder" ] || bind "$folder" "$folder"
done

run() {
    env -i "${environment[@]}" chroot "$root" "$@"
}
packages=(make)
[ -z "${FRESH_USER:-}" ] || packages+=(python3 python3-venv)
[ -z "${FRESH_USER:-}" ] || [ "$goal" = demo ] || packages+=(python3-qgis qgis xvfb xauth procps)
run sh -c 'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"' sh "${packages[@]}" >"$root/var/log/packages" 2>&1 \
    || { tail -n 20 "$root/var/log/packages" >&2; exit 1; }
mkdir -p "$root/home/fresh"
git clone -q --no-hardlinks "$here" "$root/home/fresh/checkout"
[ ! -d "$here/../shared" ] || bind "$(cd "$here/../shared" && pwd)" /home/fresh/shared

echo "== $release, $goal $*: Debian $(cat "$root/etc/debian_version"), commit $(git -C "$here" log -1 --format=%h)"
began=$SECONDS
code=0
if [ -n "${FRESH_USER:-}" ]; then
    run useradd --uid 1000 --home-dir /home/fresh fresh
    run chown -R fresh /home/fresh/checkout
    environment+=(HOME=/home/fresh)
    chown fresh "$root/home/fresh" 2>/dev/null || run chown fresh /home/fresh
    run setpriv --reuid 1000 --regid 1000 --clear-groups make --no-print-directory -C /home/fresh/checkout "$goal" "$@" </dev/null || code=$?
else
    run make --no-print-directory -C /home/fresh/checkout "$goal" "$@" </dev/null || code=$?
fi
[ "$code" != 0 ] || [ "$goal" != demo ] || ls -l "$root/home/fresh/checkout/demo_output"
echo "== $release, $goal $*: $([ $code = 0 ] && echo passed || echo "FAILED, exit code $code"), $((SECONDS - began)) s"
exit $code
