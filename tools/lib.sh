# shellcheck shell=bash
# Shared by the scripts beside it: where things are, and the set-up that brings
# Odoo, its Python environment and PostgreSQL. Everything lives in one cache
# outside the checkout, so that every clone of the user shares it.
set -euo pipefail

MODULE=aftersales_followup
SERIES=19
ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
CLONE=$(printf %s "$ROOT" | sha1sum | cut -c1-8)

if [[ -n ${AFTERSALES_CACHE:-} ]]; then
    CACHE=$AFTERSALES_CACHE
elif ((EUID == 0)); then
    CACHE=/var/cache/$MODULE
else
    CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/$MODULE
fi

# --------------------------------------------------------------- messages ---

step() { printf '==> %s\n' "$*" >&2; }

# fail WHAT [ADVICE...]: say what went wrong and what to do about it, and stop
fail() {
    printf 'error: %s\n' "$1" >&2
    shift
    (($# == 0)) || printf '       %s\n' "$@" >&2
    exit 1
}

# logged ADVICE COMMAND...: run it silently; if it fails, show its last words
logged() {
    local advice=$1 log
    shift
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        fail "failed: $(printf '%s ' "$@" | cut -c1-120)" "$advice"
    fi
    rm -f "$log"
}

# locked NAME COMMAND...: one process at a time, in all clones
locked() {
    local name=$1
    shift
    mkdir -p "$CACHE/locks"
    {
        flock -n 9 || { step "Waiting for another set-up ($name)"; flock 9; }
        "$@"
    } 9>"$CACHE/locks/$name"
}

need_space() { # GIGABYTES
    local free
    free=$(df --output=avail -k "$CACHE" | tail -1)
    ((free >= $1 * 1048576)) || fail "less than $1 GB are free below $CACHE" \
        "Make room, or name another folder in AFTERSALES_CACHE."
}

# -------------------------------------------------------- system packages ---

need_root() { # FOR-WHAT
    ((EUID)) || return 0
    if command -v sudo >/dev/null; then
        ! sudo -n true 2>/dev/null || return 0
        ! sudo -v || return 0 # asks for the password
    fi
    fail "no root rights: $1" "Have it done by an administrator, then start again."
}

as_root() {
    if ((EUID)); then sudo -n "$@"; else "$@"; fi
}

pg_bin() { # folder of the newest PostgreSQL server on this machine
    local initdb
    initdb=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -1)
    [[ -n $initdb ]] || initdb=$(readlink -f "$(command -v initdb)") || return 1
    dirname "$initdb"
}

has() { # is the program that a system package brings there?
    case $1 in
        postgresql-client) command -v psql ;;
        postgresql) pg_bin ;;
        poppler-utils) command -v pdftotext ;;
        fonts-noto-cjk) command -v fc-list && [[ -n $(fc-list :lang=zh-cn) ]] ;;
        chromium) command -v chromium || command -v chromium-browser ||
            command -v google-chrome || command -v google-chrome-stable ;;
        python3-venv) find_python ;;
        *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

# need PACKAGE...: install those Debian packages whose program is missing
need() {
    local package missing=()
    for package; do
        has "$package" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    step "Installing ${missing[*]}"
    command -v apt-get >/dev/null ||
        fail "missing: ${missing[*]}" "Install them with this system's package manager."
    locked apt apt_install "${missing[@]}"
}

apt_install() {
    need_root "apt-get install $*"
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y
        --no-install-recommends "$@")
    as_root "${install[@]}" >/dev/null 2>&1 </dev/null && return
    logged "Is the network up?" as_root apt-get update
    logged "See the message above, or install by hand: $*" as_root "${install[@]}"
}

# ------------------------------------------------------------------- Odoo ---

# What Odoo's package links into, from a release that keeps its files: the
# packages beside it in sid move on without it.
COMPANIONS=(
    libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome
    fonts-glyphicons-halflings fonts-inconsolata fonts-montserrat fonts-ocr-b
    fonts-roboto-unhinted
)
RELEASE=trixie

# Sets ODOO_TREE, the folder with the `odoo` Python package, and ODOO_ID, which
# changes with its content.
find_odoo() {
    if [[ -z ${ODOO_HOME:-} ]]; then
        ODOO_TREE=$CACHE/odoo-$SERIES/usr/lib/python3/dist-packages
        [[ -f $CACHE/odoo-$SERIES/.version ]] || locked odoo fetch_odoo
        ODOO_ID=$(<"$CACHE/odoo-$SERIES/.version")
        return
    fi
    ODOO_TREE=$(cd -- "$ODOO_HOME" 2>/dev/null && pwd -P) ||
        fail "ODOO_HOME is not a folder: $ODOO_HOME"
    grep -qs "version_info = ($SERIES," "$ODOO_TREE/odoo/release.py" ||
        fail "no Odoo $SERIES in ODOO_HOME ($ODOO_HOME)" \
            "It must hold the Python package 'odoo': a git checkout of Odoo," \
            "or the folder that Odoo was installed into."
    if [[ -f $ODOO_TREE/odoo-bin ]]; then
        ODOO_ID="$ODOO_TREE $(git -C "$ODOO_TREE" rev-parse HEAD 2>/dev/null || true)"
    else
        ODOO_ID="$ODOO_TREE $(stat -c %Y "$ODOO_TREE/odoo/release.py")"
        ODOO_TREE=$CACHE/mirror-$(sha1sum <<<"$ODOO_ID" | cut -c1-8)
        [[ -f $ODOO_TREE/odoo-bin ]] || locked odoo mirror_odoo
    fi
}

fetch_odoo() {
    local target=$CACHE/odoo-$SERIES work=$CACHE/odoo-$SERIES.new package
    [[ ! -f $target/.version ]] || return 0
    need_space 3
    rm -rf "$work" "$target"
    mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/tree"
    step "Downloading Odoo $SERIES from Debian (130 MB)"
    local apt=(apt-get
        -o Dir::Etc::SourceList="$work/apt/sources.list"
        -o Dir::Etc::SourceParts=/dev/null
        -o Dir::State::Lists="$work/apt/lists"
        -o Dir::Cache="$work/apt/archives"
        -o Acquire::Languages=none
        -o APT::Sandbox::User="$(id -un)")
    debian_sources >"$work/apt/sources.list"
    local advice="Is the network up? Or name an Odoo $SERIES tree in ODOO_HOME."
    logged "$advice" "${apt[@]}" update
    (cd "$work/apt" && logged "$advice" "${apt[@]}" download \
        "odoo-$SERIES/sid" "${COMPANIONS[@]/%//$RELEASE}")
    step "Unpacking Odoo $SERIES"
    for package in "$work"/apt/*.deb; do
        logged "Is the disk full?" dpkg -x "$package" "$work/tree"
    done
    complete_odoo "$work/tree/usr/lib/python3/dist-packages"
    find "$work/tree/usr/lib" -xtype l -printf 'warning: Odoo lacks the file %l\n' >&2
    dpkg-deb -f "$work"/apt/odoo-"$SERIES"_*.deb Version >"$work/tree/.version"
    mv "$work/tree" "$target"
    rm -rf "$work"
}

# Debian's sid and release, on the mirror that this machine uses already.
debian_sources() {
    local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    local advice="Name an Odoo $SERIES tree in ODOO_HOME instead."
    command -v apt-get >/dev/null || fail "Odoo comes from Debian, and this is not Debian." "$advice"
    mirror=$(debian_mirror)
    if [[ -z $mirror ]]; then
        need_root "apt-get update"
        logged "Is the network up? $advice" as_root apt-get update
        mirror=$(debian_mirror)
    fi
    [[ -n $mirror ]] || fail "apt's configuration names no Debian mirror." "$advice"
    [[ -f $keyring ]] || keyring=
    printf "deb ${keyring:+[signed-by=$keyring] }$mirror %s main\n" sid $RELEASE
}

debian_mirror() {
    # shellcheck disable=SC2016  # apt fills these in
    apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
        sed -n 's/^Debian|Debian|//p' | head -1
}

# Debian leaves out one file that every page loads (it only blurs the background
# of video calls) and keeps Odoo's launcher elsewhere.
complete_odoo() { # TREE
    local blur=$1/odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js
    if [[ ! -e $blur ]]; then
        mkdir -p "${blur%/*}"
        : >"$blur"
    fi
    printf 'import odoo.cli\n\nodoo.cli.main()\n' >"$1/odoo-bin"
}

# An installed Odoo may be read-only and share its folder with other Python
# packages: work on a tree of links to it.
mirror_odoo() {
    [[ ! -f $ODOO_TREE/odoo-bin ]] || return 0
    step "Linking Odoo from $ODOO_HOME"
    rm -rf "$ODOO_TREE"
    mkdir -p "$ODOO_TREE"
    cp -rs "$(cd -- "$ODOO_HOME" && pwd -P)/odoo" "$ODOO_TREE/odoo"
    find "$ODOO_TREE" -name __pycache__ -prune -exec rm -rf {} +
    complete_odoo "$ODOO_TREE"
}

# ----------------------------------------------------------------- Python ---

find_python() { # the first Python that Odoo accepts and that can make a venv
    local python
    for python in ${PYTHON:-python3 /usr/bin/python3 python3.13 python3.12 python3.11 python3.10}; do
        "$python" -c '
import ensurepip, sys, venv
sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || continue
        command -v "$python"
        return
    done
    return 1
}

# Sets VENV.
find_venv() {
    local python requirements=$ROOT/tools/requirements.txt
    VENV=$CACHE/venv-$(sha1sum "$requirements" | cut -c1-8)
    [[ -f $VENV/.complete ]] || locked venv make_venv "$requirements"
}

make_venv() { # REQUIREMENTS
    [[ ! -f $VENV/.complete ]] || return 0
    need_space 1
    need python3-venv
    local python
    python=$(find_python) ||
        fail "no Python 3.10 to 3.13 with the module venv" "Name one in PYTHON."
    step "Installing Odoo's Python packages"
    rm -rf "$VENV"
    logged "Is the disk full?" "$python" -m venv "$VENV"
    logged "Is the network up?" "$VENV/bin/pip" install -q -r "$1"
    touch "$VENV/.complete"
}

# ------------------------------------------------------------- PostgreSQL ---

# Uses the server that PGHOST or PGUSER name, or starts one of our own, and
# exports its address. Sets DATA, the folder for the files of its databases.
find_postgres() {
    DATA=$CACHE/data
    if [[ -n ${PGHOST:-}${PGUSER:-} ]]; then
        DATA+=-$(sha1sum <<<"${PGHOST:-} ${PGPORT:-} ${PGUSER:-}" | cut -c1-8)
        need postgresql-client
        psql -XqAt -d postgres -c 'SELECT 1' >/dev/null ||
            fail "no PostgreSQL answers at PGHOST=${PGHOST:-} PGPORT=${PGPORT:-} PGUSER=${PGUSER:-}" \
                "Start it, or unset these variables to use a server of our own."
        [[ ${PGUSER:-$(id -un)} != postgres ]] ||
            fail "Odoo refuses the database user 'postgres'" "Name another in PGUSER."
        return
    fi
    need postgresql
    PG_BIN=$(pg_bin)
    PG_DATA=$CACHE/postgres/$("$PG_BIN/postgres" --version | grep -oE '[0-9]+' | head -1)
    export PGHOST=$PG_DATA PGPORT=5819 PGUSER=aftersales PATH=$PATH:$PG_BIN
    pg_isready -q || locked postgres start_postgres
}

pg_owner() { ((EUID)) && id -un || echo postgres; }

# PostgreSQL refuses to run as root.
as_pg_owner() {
    if ((EUID)); then
        "$@"
    else
        (cd / && exec runuser -u postgres -- "$@")
    fi
}

start_postgres() {
    ! pg_isready -q || return 0
    local advice="See $PG_DATA/log"
    ((${#PG_DATA} < 85)) || fail "too long for a socket: $PG_DATA" \
        "Name a shorter folder in AFTERSALES_CACHE."
    id "$(pg_owner)" >/dev/null 2>&1 ||
        logged "" useradd --system --shell /bin/bash "$(pg_owner)"
    mkdir -p "$CACHE/postgres"
    chown "$(pg_owner)" "$CACHE/postgres"
    as_pg_owner test -w "$CACHE/postgres" ||
        fail "the user $(pg_owner) cannot reach $CACHE" \
            "Name a folder in AFTERSALES_CACHE whose parents everyone may enter."
    as_pg_owner test -f "$PG_DATA/PG_VERSION" || make_cluster
    step "Starting PostgreSQL"
    logged "$advice" as_pg_owner "$PG_BIN/pg_ctl" -D "$PG_DATA" -l "$PG_DATA/log" -w start 9>&-
}

# Databases here can all be made again, so speed goes before safety from a power
# cut. Only the owner (and root) can enter the folder with the socket.
make_cluster() {
    step "Creating a PostgreSQL cluster"
    as_pg_owner rm -rf "$PG_DATA.new"
    logged "Is the disk full?" as_pg_owner "$PG_BIN/initdb" -D "$PG_DATA.new" -U "$PGUSER" \
        -A trust -E UTF8 --locale=C.UTF-8
    as_pg_owner tee -a "$PG_DATA.new/postgresql.conf" >/dev/null <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$PG_DATA'
port = $PGPORT
max_connections = 300
shared_buffers = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
SETTINGS
    as_pg_owner mv "$PG_DATA.new" "$PG_DATA"
}

# ----------------------------------------------------------------- set-up ---

# setup [PACKAGE...]: everything Odoo needs, and these system packages
setup() {
    if ! mkdir -p "$CACHE/config" 2>/dev/null || [[ ! -w $CACHE ]]; then
        fail "cannot write to $CACHE" "Name another folder in AFTERSALES_CACHE."
    fi
    need "$@"
    find_postgres
    find_odoo
    find_venv
    # A server that starts itself anew (HUP, a worker's limit of time or memory) looks
    # for Python by its name: it is to find this one.
    export ODOO_RC=$CACHE/config/$CLONE.conf PYTHONPATH=$ODOO_TREE PATH=$VENV/bin:$PATH
    local addons=$ROOT
    [[ ! -d $ODOO_TREE/addons/web ]] || addons+=,$ODOO_TREE/addons
    cat >"$ODOO_RC.$$" <<CONFIG
[options]
addons_path = $addons
data_dir = $DATA
http_interface = 127.0.0.1
CONFIG
    mv "$ODOO_RC.$$" "$ODOO_RC"
}

odoo() { "$VENV/bin/python" "$ODOO_TREE/odoo-bin" "$@"; }

# -------------------------------------------------------------- databases ---

query() { psql -XqAt -v ON_ERROR_STOP=1 "$@"; } # DATABASE is -d

database_exists() {
    [[ $(query -d postgres -c "SELECT 1 FROM pg_database WHERE datname = '$1'") == 1 ]]
}

drop_database() {
    PGOPTIONS="-c client_min_messages=warning" dropdb --if-exists --force "$1"
    rm -rf "$DATA/filestore/$1"
}

# own DATABASE: until this script ends, no other of these scripts may touch it
own() {
    exec 8>"$CACHE/locks/db-$1"
    flock -n 8 || { step "Waiting for another run to finish with the database $1"; flock 8; }
}

# odoo_modules OPTION...: install or update modules, showing which one is at work
odoo_modules() {
    odoo "$@" --stop-after-init --log-level=warn \
        --log-handler=odoo.modules.loading:INFO </dev/null 2>&1 |
        sed -u -e 's/.* INFO .*: Loading module /    /; t' -e '/ INFO \|^Running as user\|^<string>:/d' >&2
}

# install_modules DATABASE MODULE[,MODULE...] [OPTION...]: or say that it failed
install_modules() {
    local database=$1 modules=$2 missing
    shift 2
    odoo_modules -d "$database" -i "$modules" "$@" ||
        fail "Odoo could not install $modules" "See its messages above."
    missing=$(query -d "$database" -c "
        SELECT string_agg(wanted, ', ')
          FROM unnest(string_to_array('$modules', ',')) AS wanted
         WHERE wanted NOT IN (SELECT name FROM ir_module_module WHERE state = 'installed')")
    [[ -z $missing ]] || fail "Odoo did not install $missing" "See its messages above."
}

dependencies() { # of the module, separated by commas
    python3 -c 'import ast, sys
manifest = ast.literal_eval(open(sys.argv[1], encoding="utf-8").read())
print(",".join(sorted(manifest["depends"])))' "$ROOT/$MODULE/__manifest__.py"
}

# Every fresh database starts as a copy of one that has only the dependencies.
make_template() { # NAME DEPENDENCIES
    ! database_exists "$1" || [[ ! -d $DATA/filestore/$1 ]] || return 0
    step "Preparing a database with the modules this one needs"
    drop_database "$1"
    drop_database "$1_new"
    install_modules "$1_new" "$2"
    query -d postgres -c "ALTER DATABASE \"$1_new\" RENAME TO \"$1\""
    mv "$DATA/filestore/$1_new" "$DATA/filestore/$1"
}

copy_template() { # TEMPLATE NAME
    drop_database "$2"
    createdb -T "$1" "$2"
    cp -al "$DATA/filestore/$1" "$DATA/filestore/$2"
}

# fresh_database NAME [OPTION...]: with the module installed, no demo data. Sets
# TEMPLATE, the database that never had it.
fresh_database() {
    local name=$1 needed
    shift
    needed=$(dependencies)
    TEMPLATE=aftersales_deps_$(sha1sum <<<"$ODOO_ID $DATA $needed" | cut -c1-8)
    own "$name"
    locked template make_template "$TEMPLATE" "$needed"
    step "Installing $MODULE in a fresh database ($name)"
    locked template copy_template "$TEMPLATE" "$name"
    install_modules "$name" "$MODULE" "$@"
}
