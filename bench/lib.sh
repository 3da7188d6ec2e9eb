# Functions that the scripts of this folder share. Sourced, never run.
# Everything that is started is kept in `started` and ended by its id when the script ends, however it ends.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
results=$root/bench/results
built=$root/artifacts/bench
# On the disk that is to be measured, and short: a socket's name ends at 107 bytes.
scratch=$(mktemp -d "${PLANTAO_BENCH_SCRATCH:-/var/tmp}/plantao-bench.XXXX")
session=$(date -u +%Y%m%dT%H%M%S)
started=()
postgres_folders=()
mkdir -p "$results"

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

end_all() {
    local process folder
    for process in "${started[@]}"; do stop "$process"; done
    for folder in "${postgres_folders[@]}"; do stop_postgres "$folder"; done
    rm -rf "$scratch"
}
trap end_all EXIT
trap 'exit 130' INT TERM

# stop PROCESS: ends one process that we started, gently for 5 s.
stop() {
    local process=$1 i
    kill -TERM "$process" 2>/dev/null || true
    for ((i = 0; i < 50; i++)); do
        kill -0 "$process" 2>/dev/null || { forget "$process"; return; }
        sleep 0.1
    done
    kill -KILL "$process" 2>/dev/null || true
    forget "$process"
}

# forget PROCESS: waits for one that has ended, or is about to, and strikes it off the list, so that its id is not used again.
forget() {
    wait "$1" 2>/dev/null || true
    local left=() other
    for other in "${started[@]}"; do [[ $other == "$1" ]] || left+=("$other"); done
    started=("${left[@]}")
}

# free_port: a port of the loopback below 32768 (above, the system hands them to outgoing connections) that nobody listens on.
free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

bench() { "$built/bench/plantao-bench" "$@"; }

# build [plantao]: publishes the kit, and the product when it is asked for. PLANTAO_BENCH_BUILD=no measures what was built last.
build() {
    [[ ${PLANTAO_BENCH_BUILD:-yes} != no ]] || return 0
    say "Building the kit${1:+ and $1} ..."
    local quiet=(-c Release -r linux-x64 --self-contained false -v q --nologo -clp:ErrorsOnly -m:1)
    dotnet publish "$root/bench/Plantao.Bench" "${quiet[@]}" -o "$built/bench" >&2
    dotnet publish "$root/bench/Plantao.Floor" "${quiet[@]}" -p:PublishReadyToRun=true -o "$built/floor" >&2
    if [[ ${1:-} == plantao ]]; then
        dotnet publish "$root/src/Plantao.Server" "${quiet[@]}" -p:PublishReadyToRun=true -o "$built/plantao" >&2
        dotnet publish "$root/bench/Plantao.Inside" "${quiet[@]}" -p:PublishReadyToRun=true -o "$built/inside" >&2
        # It builds the same application, which looks for the list of its static files beside it.
        cp "$built/plantao/plantao.staticwebassets.endpoints.json" "$built/inside/"
    fi
    bench check || die "The kit failed its own check: no figure of it is worth anything."
}

# Each start_… sets `pid` (the process), `url` (its base address), `ready` (what answers 200), `key` (what it wants to see, may be empty)
# and `watched` (the processes whose CPU and memory are its own), and returns when it is ready. prepare_… sets `command` and the same
# words, and starts nothing: bench/start times the start itself.

launch() {
    "${command[@]}" >"$scratch/$1.log" 2>&1 &
    pid=$!
    started+=("$pid")
    watched=$pid
    if ! bench wait --ready "$ready" --seconds 30; then
        tail -n 20 "$scratch/$1.log" >&2
        die "$1 did not become ready."
    fi
}

prepare_floor() {
    local port; port=$(free_port)
    url=http://127.0.0.1:$port ready=$url/ key=
    command=("$built/floor/plantao-floor" --urls "$url" --log "$scratch/floor.log.data")
}

start_floor() { prepare_floor; launch floor; }

# prepare_alertmanager [SINK-PORT]: without a port nobody is notified; with one, each group is notified at once.
prepare_alertmanager() {
    command -v prometheus-alertmanager >/dev/null || die "prometheus-alertmanager is missing: apt-get install prometheus-alertmanager (its service need not run)."
    local port folder=$scratch/alertmanager; port=$(free_port)
    rm -rf "$folder"; mkdir -p "$folder"
    if [[ -n ${1:-} ]]; then
        cat >"$folder/config.yml" <<YAML
route: { receiver: sink, group_by: ['...'], group_wait: 0s, group_interval: 5m, repeat_interval: 4h }
receivers: [{ name: sink, webhook_configs: [{ url: 'http://127.0.0.1:$1/', send_resolved: false }] }]
YAML
    else
        cat >"$folder/config.yml" <<YAML
route: { receiver: nobody, group_by: [alertname] }
receivers: [{ name: nobody }]
YAML
    fi
    url=http://127.0.0.1:$port ready=$url/-/ready key=
    command=(prometheus-alertmanager "--config.file=$folder/config.yml" "--storage.path=$folder/data" "--web.listen-address=127.0.0.1:$port"
        --cluster.listen-address= --log.level=error)
}

start_alertmanager() { prepare_alertmanager "$@"; launch alertmanager; }

# start_postgres: a cluster of its own, on this disk, fsync ON. Sets `postgres` (Npgsql's connection string) and `postgres_pid`.
start_postgres() {
    local bin folder as=()
    bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
    [[ -n $bin ]] || die "PostgreSQL's server is missing: apt-get install postgresql."
    folder=$(mktemp -d "${PLANTAO_BENCH_SCRATCH:-/var/tmp}/pg.XXXX")
    if [[ $(id -u) == 0 ]]; then chown postgres "$folder"; as=(runuser -u postgres --); fi
    (cd "$folder" && "${as[@]}" "$bin/initdb" -D "$folder/data" -A trust -U postgres --no-sync -E UTF8 --locale=C.UTF-8) >/dev/null
    postgres_folders+=("$folder")
    (cd "$folder" && "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
        -o "-c listen_addresses= -c unix_socket_directories=$folder -c fsync=on -c synchronous_commit=on" start) >/dev/null
    (cd "$folder" && "${as[@]}" "$bin/createdb" -h "$folder" -U postgres plantao)
    postgres_folder=$folder
    postgres_pid=$(head -1 "$folder/data/postmaster.pid")
    postgres="Host=$folder;Username=postgres;Database=plantao"
}

stop_postgres() {
    local bin folder=$1 as=() left=() other
    bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
    if [[ $(id -u) == 0 ]]; then as=(runuser -u postgres --); fi
    (cd / && "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -w -m immediate stop) >/dev/null 2>&1 || true
    rm -rf "$folder"
    for other in "${postgres_folders[@]}"; do [[ $other == "$folder" ]] || left+=("$other"); done
    postgres_folders=("${left[@]}")
}

# prepare_plantao [sqlite|postgres]: a new, empty data folder each time, and no key yet. For postgres a cluster is started first.
prepare_plantao() {
    local port; port=$(free_port)
    export PLANTAO_ALLOW_LOOPBACK=1   # pages go to a sink on this machine
    postgres=
    plantao_data=$(mktemp -d "$scratch/plantao.XXXX")
    url=http://127.0.0.1:$port ready=$url/health/ready key=
    command=("$built/plantao/plantao" serve --urls "$url" --data "$plantao_data" --public-address https://plantao.example)
    if [[ ${1:-sqlite} == postgres ]]; then
        start_postgres
        command+=(--database "$postgres")
    fi
}

# start_plantao [sqlite|postgres] [SINK-PORT]: with a port, every alert that opens is to be paged at once to http://127.0.0.1:SINK-PORT/ .
start_plantao() {
    prepare_plantao "$1"
    key=$(plantao_key "$plantao_data" "$postgres" "${2:-}")
    launch plantao
    if [[ ${1:-sqlite} == postgres ]]; then watched=$pid,$postgres_pid; fi
}

# plantao_key DATA DATABASE SINK-PORT: prints the key of an integration that takes alerts, made in that data folder before the start.
# THE ONE PLACE that knows how the product makes a key, and how a page comes to a webhook.
plantao_key() {
    "$built/inside/plantao-inside" world --data "$1" --database "${2:-}" --sink "${3:-}"
}

# list_alerts TARGET: prints all that the target knows of the alerts it took, in any format; each alert's own text must stand in it.
# The product is stopped for it.
list_alerts() {
    case $1 in
        alertmanager) curl -sS "$url/api/v2/alerts" ;;
        *) stop "$pid"; pid=; "$built/inside/plantao-inside" titles --data "$plantao_data" --database "$postgres" ;;
    esac
}

# start_target NAME [SINK-PORT]: waits before for a quiet machine, PLANTAO_BENCH_QUIET seconds at most (30; 0: not at all).
start_target() {
    bench quiet --seconds "${PLANTAO_BENCH_QUIET:-30}"
    case $1 in
        plantao) start_plantao sqlite "${2:-}" ;;
        plantao-postgres) start_plantao postgres "${2:-}" ;;
        alertmanager) start_alertmanager "${2:-}" ;;
        floor) start_floor ;;
        *) die "$1 is not a target: plantao, plantao-postgres, alertmanager, floor." ;;
    esac
}

# prepare_target NAME [SINK-PORT]
prepare_target() {
    case $1 in
        plantao) prepare_plantao sqlite ;;
        plantao-postgres) prepare_plantao postgres ;;
        alertmanager) prepare_alertmanager "${2:-}" ;;
        floor) prepare_floor ;;
        *) die "$1 is not a target: plantao, plantao-postgres, alertmanager, floor." ;;
    esac
}

# stop_target NAME: also what it stood on.
stop_target() {
    [[ -z ${pid:-} ]] || stop "$pid"
    pid=
    if [[ $1 == plantao-postgres ]]; then stop_postgres "$postgres_folder"; fi
    rm -rf "$scratch"/plantao.???? "$scratch/floor.log.data" "$scratch/alertmanager"
}

# targets_of DATABASE: the targets visited when none are named.
targets_of() {
    case $1 in
        sqlite) echo plantao,alertmanager,floor ;;
        postgres) echo plantao-postgres,alertmanager,floor ;;
        both) echo plantao,plantao-postgres,alertmanager,floor ;;
        *) die "--database: sqlite, postgres or both." ;;
    esac
}

# the_machine: what a reader of the figures must know.
the_machine() {
    local cpu kernel disk commit
    cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)
    kernel=$(uname -r)
    disk=$(df --output=fstype "$scratch" | tail -1)
    commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
    say "Session $session, commit $commit, $(nproc) x $cpu, $(awk '/MemTotal/ {printf "%.0f GB", $2 / 1e6}' /proc/meminfo), Linux $kernel, $disk, .NET $(dotnet --version)"
    say "Load average before: $(cut -d' ' -f1-3 /proc/loadavg). Every target is visited in every repetition; only ratios within one session mean anything."
}

builds_plantao() { case ,$1, in *,plantao,* | *,plantao-postgres,*) echo plantao ;; esac; }
