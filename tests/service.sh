# Sourced by scripts that ask a service: starts one over a database of its own, to be asked at $address until the script
# ends. It takes $root and `fail` from the script, and logs into its folder.

data=$(mktemp -d -t telcon-XXXXXX)
: >service.log
env -u DATABASE_URL "$root/.venv/bin/telcon" serve --port 0 --data-dir "$data" >service.log 2>&1 &
service=$!
trap 'kill "$service" 2>/dev/null; wait "$service" || true; rm -rf "$data"' EXIT
address=""
for _ in {1..600}; do
    address=$(sed -n 's/^Telcon is at //p' service.log)
    [[ -z $address ]] && kill -0 "$service" || break
    sleep 0.1
done
[[ -n $address ]] || fail "the service did not start: $(cat service.log)"
