# klantbeeld: keeps a private PostgreSQL from outliving the application.
#
# Arguments: initdb, pg_ctl, how to stop ("fast", "immediate"), an option for
# initdb or nothing, the socket directory, the settings, and then what to delete
# at the end.
# stdin:  orders, a line each; its end means that the application is gone.
# stdout: the locked lock file. Never written: while it is open, it is locked.
# stderr: a line for each order, with the exit status.
# The working directory is the server's, so that all paths here are plain names
# and nothing in them has to be quoted for pg_ctl, which uses a shell itself.

# It must be the last to go, whatever a terminal or a service manager sends.
trap '' HUP INT QUIT TERM PIPE
umask 077
initdb=$1 pg_ctl=$2 mode=$3 sync=$4 sockets=$5 settings=$6
shift 6

# Made under another name first: never half a cluster under the real one.
create() {
    if [ -e data ]; then
        echo "the directory \"data\" is here but is no cluster; move it away"
        return 1
    fi
    rm -rf data.new &&
        "$initdb" ${sync:+"$sync"} -D data.new -U postgres -A trust -E UTF8 --locale=C &&
        echo "include_if_exists = 'klantbeeld.conf'" >>data.new/postgresql.conf &&
        mv data.new data
}

start() {
    if [ -e server.log ] && [ "$(wc -c <server.log)" -gt 16777216 ]; then
        mv -f server.log server.log.1 # bounds the logs to about 16 MiB each
    fi
    printf '%s\n' "$settings" >data/klantbeeld.conf &&
        "$pg_ctl" start -w -t 300 -D data -l server.log
}

stop() {
    [ -e data/postmaster.pid ] || return 0
    "$pg_ctl" stop -w -m "$mode" -t 60 -D data ||
        "$pg_ctl" stop -w -m immediate -t 10 -D data
}

# Left by a server that was killed; the numbers in them may be other processes.
forget() {
    rm -f data/postmaster.pid "$sockets"/.s.PGSQL.*
}

while read -r order; do
    case $order in
    create | start | stop | forget) "$order" </dev/null >tool.log 2>&1 ;;
    *) false ;;
    esac
    echo "$order $?" >&2
done

stop </dev/null >tool.log 2>&1
status=$?
if [ $# -gt 0 ]; then
    cd / && rm -rf -- "$@" </dev/null >/dev/null 2>&1
fi
exit "$status"
