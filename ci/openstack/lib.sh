# shellcheck shell=bash disable=SC2034
# Shared by all the scripts here: where things live, and how a process is started,
# recognised and stopped.

STATE=${OPENSTACK_STATE:-/tmp/parallax-openstack}
GUESTS=${GUESTS:-fake}
RELEASE=${RELEASE:-$(cat "$STATE/release" 2>/dev/null || echo 2023.2)}
REGION=${OPENSTACK_REGION:-RegionOne}
RUN=$STATE/run
LOGS=$STATE/log
CONF=$STATE/conf
VENV=$STATE/venv

say() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }
die() { say "$*"; exit 1; }

# The moment a process began, which tells it from a later one with its number.
birth() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# alive NAME: is the process recorded under NAME still the one we started?
alive() {
    local pid born
    read -r pid born 2>/dev/null <"$RUN/$1.pid" || return 1
    [ -n "$born" ] && [ "$(birth "$pid")" = "$born" ]
}

# start NAME COMMAND...: run it in a session of its own, log what it says, and
# record its number. Nothing happens if it is already running. It keeps nothing
# of ours open: whoever reads what `up` says through a pipe would wait for it.
start() {
    local name=$1 fd
    shift
    alive "$name" && return
    (
        for fd in "/proc/$BASHPID/fd"/*; do
            fd=${fd##*/}
            # 255 is bash's own, and not passed on.
            [ "$fd" -le 2 ] || [ "$fd" -eq 255 ] || exec {fd}>&-
        done
        exec setsid "$@"
    ) >>"$LOGS/$name.log" 2>&1 </dev/null &
    echo "$! $(birth $!)" >"$RUN/$name.pid"
}

# stop NAME: ask, wait ten seconds, then insist, with the whole session.
stop() {
    local pid born
    if alive "$1"; then
        read -r pid born <"$RUN/$1.pid"
        kill -TERM "$pid"
        for _ in $(seq 100); do
            alive "$1" || break
            sleep 0.1
        done
        kill -KILL -- "-$pid" 2>/dev/null || true
    fi
    rm -f "$RUN/$1.pid"
}

# wait_for SECONDS WHAT COMMAND...: until COMMAND succeeds.
wait_for() {
    local until=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $until ] || die "$what did not come up; see $LOGS"
        sleep 0.3
    done
}

# With real guests the cloud has namespaces of its own: a network with nothing in
# it that leads out, mounts to go with it, and processes that end together.
# CLOUD_INSIDE is set within.
if [ -n "${CLOUD_INSIDE:-}" ]; then
    inside() { "$@"; }
else
    inside() {
        local outer first _
        read -r outer _ <"$RUN/namespace.pid" || return 1
        first=$(cat "/proc/$outer/task/$outer/children") || return 1
        nsenter --target "${first%% *}" \
            --net --mount --pid --wd="$PWD" -- \
            env CLOUD_INSIDE=1 OPENSTACK_STATE="$STATE" GUESTS=qemu "$@"
    }
fi

# The volumes that guests hold are loop devices; lab_drivers keeps a link to each.
disks_on() {
    local link file
    for link in "$STATE"/cinder/devices/*; do
        file=$STATE/cinder/volumes/${link##*/}
        [ -L "$link" ] || continue
        [ -z "$(losetup -j "$file")" ] || continue
        ln -sfn "$(losetup --find --show "$file")" "$link"
    done
}
disks_off() {
    local link
    for link in "$STATE"/cinder/devices/*; do
        [ ! -L "$link" ] ||
            losetup -n -O NAME -j "$STATE/cinder/volumes/${link##*/}" |
            xargs -r losetup --detach
    done
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
