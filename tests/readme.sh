#!/usr/bin/env bash
# Runs the README against a fresh server: its blocks marked `checked` (sh, python, yaml), in their order. `tests/readme.sh PROGRAM`.
# In sh every command must succeed; behind `# → ` stands what its output must hold.
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
program=$(realpath "${1:-$repository/target/release/abmsim}")

fail() { echo "README: $*" >&2; exit 1; }

# blocks LANGUAGE: the marked blocks of a language, one after the other.
blocks() { awk -v fence="^\`\`\`$1 checked\$" '/^```$/ {inside = 0} inside {print} $0 ~ fence {inside = 1}' "$repository/README.md"; }

for name in $(compgen -e | grep '^ABMSIM_' || true); do unset "$name"; done
folder=$(mktemp -d)
serve=
end() { [ -z "$serve" ] || kill "$serve" 2>/dev/null || true; rm -rf "$folder"; }
trap end EXIT
cd "$folder"
mkdir bin && ln -s "$program" bin/abmsim
export PATH="$folder/bin:$PATH" NO_PROXY=127.0.0.1

# The README's port may be taken on this machine: any other does.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
abmsim --listen "127.0.0.1:$port" >served 2>log &
serve=$!
export ABMSIM_URL=https://127.0.0.1:$port
abmsim ready --wait 10s >/dev/null || fail "the server did not start: $(cat log)"
eval "$(abmsim env)"

count=0
# A command may go on in the next line, after a backslash.
while IFS= read -r command; do
    while [[ $command == *\\ ]]; do IFS= read -r more; command="${command%\\} $more"; done
    [ -n "${command// /}" ] || continue
    wanted=
    [[ $command != *"# → "* ]] || wanted=${command##*"# → "}
    command=${command//:8443/:$port}
    status=0
    eval "$command" >output 2>&1 </dev/null || status=$?
    if [ -n "$wanted" ]; then
        grep -qF -- "$wanted" output || fail "\`$command\` should say $wanted, and says: $(cat output)"
    elif [ $status != 0 ]; then
        fail "\`$command\` ends with exit code $status: $(cat output)"
    fi
    count=$((count + 1))
done < <(blocks sh)
[ $count -ge 10 ] || fail "only $count commands were found"
echo "README: $count commands do what it says"

abmsim org reset >/dev/null
blocks python >test_readme.py
python3 -m pytest -q -p no:cacheprovider test_readme.py || fail "its Python does not run"

blocks yaml >acme.yaml
abmsim check acme.yaml

# Variables that it names are flags that there are.
flags=$(for verb in serve env curl; do abmsim $verb --help; done)
for variable in $(grep -ohE 'ABMSIM_[A-Z_]+[A-Z]' "$repository/README.md" | sort -u); do
    flag=$(sed 's/^ABMSIM_//' <<<"$variable" | tr 'A-Z_' 'a-z-')
    grep -qE -- "--$flag\b|\[${flag^^}\]" <<<"$flags" || fail "$variable belongs to no flag"
done
