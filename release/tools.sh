# Installs the tools of a release into the target folder, at the versions in requirements.txt, and
# puts them into PATH. shellcheck shell=bash

python3 -c 'import ensurepip, venv' 2>/dev/null || install_debian python3 python3-venv
tools="$CARGO_TARGET_DIR/release-tools"
[ -x "$tools/bin/python" ] || python3 -m venv "$tools"
PIP_DISABLE_PIP_VERSION_CHECK=1 "$tools/bin/pip" install --quiet \
  --requirement "$(dirname "${BASH_SOURCE[0]}")/requirements.txt"
PATH="$tools/bin:$PATH"
export CARGO_ZIGBUILD_PYTHON_PATH="$tools/bin/python"
