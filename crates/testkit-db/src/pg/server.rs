//! One server for all test processes of a checkout, and its end.
//!
//! Tests may run in many short processes (nextest) or in few long ones. Every process puts a file with its number into a
//! `users` folder; the first one starts the server and a small shell script beside it, which stops the server
//! and removes its files when no process of the folder has been there for some seconds.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::programs::Programs;

/// Started beside the server: $1 is the server's folder, $2 the folder of its users, $3 the file that tells where it is.
///
/// Before it stops the server it takes that file away and goes on looking for a while: who came meanwhile keeps it
/// running, and who comes later starts a server of their own.
const WATCH: &str = r#"
idle=0
while [ -e "$1/data/postmaster.pid" ]; do
    sleep 1
    busy=0
    for user in "$2"/*; do
        [ -e "$user" ] || continue
        if kill -0 "${user##*/}" 2>/dev/null && [ -z "$(find "$user" -mmin +180 2>/dev/null)" ]; then
            busy=1
        else
            rm -f "$user"
        fi
    done
    if [ $busy = 1 ]; then
        idle=0
        if [ "$(cat "$3.gone" 2>/dev/null)" = "$1" ] && [ ! -e "$3" ]; then mv "$3.gone" "$3"; fi
        continue
    fi
    idle=$((idle + 1))
    if [ $idle = 10 ] && [ "$(cat "$3" 2>/dev/null)" = "$1" ]; then mv "$3" "$3.gone"; fi
    [ $idle -gt 11 ] && break
done
kill -INT "$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)" 2>/dev/null
[ "$(cat "$3.gone" 2>/dev/null)" = "$1" ] && rm -f "$3.gone"
sleep 2
rm -rf "$1"
"#;

/// The address of a running server's `postgres` database; started if it does not run yet.
pub(super) fn start() -> Result<String, String> {
    let say = |what: &str, error: std::io::Error| format!("{what}: {error}.");
    let home = home();
    let users = home.join("users");
    fs::create_dir_all(&users).map_err(|error| say("The folder for its lock cannot be made", error))?;
    // First of all, so that a server that is found running does not stop meanwhile.
    File::create(users.join(std::process::id().to_string())).map_err(|error| say("No lease", error))?;
    let lock = File::create(home.join("lock")).map_err(|error| say("No lock file", error))?;
    lock.lock().map_err(|error| say("The lock cannot be had", error))?;

    let place = home.join("place");
    if let Ok(folder) = fs::read_to_string(&place) {
        let folder = PathBuf::from(folder.trim());
        if answers(&folder) {
            return Ok(address(&folder));
        }
        // What a restart of the machine or a kill has left.
        let _ = fs::remove_file(&place);
    }

    let programs = Programs::find()?;
    let folder = std::env::temp_dir().join(format!("influencerflow-pg-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    let started = launch(&programs, &folder);
    if let Err(why) = started {
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        let _ = fs::remove_dir_all(&folder);
        return Err(format!("It does not start: {why} {}", log.trim()));
    }
    fs::write(&place, folder.to_string_lossy().as_bytes())
        .map_err(|error| say("Its place cannot be written", error))?;
    Command::new("sh")
        .args(["-c", WATCH, "watch"])
        .args([&folder, &users, &place])
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Not among those that a test runner stops when a test takes too long.
        .process_group(0)
        .spawn()
        .map_err(|error| say("Nobody can watch over its end", error))?;
    Ok(address(&folder))
}

/// Makes a cluster and starts its server on a socket in `folder`.
fn launch(programs: &Programs, folder: &Path) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    fs::create_dir(folder).map_err(text)?;
    if let Some(servant) = programs.servant {
        chown(folder, Some(servant.uid), Some(servant.gid)).map_err(text)?;
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).map_err(text)?;
    let data = folder.join("data");
    let (data, log) = (data.to_string_lossy(), folder.join("log"));
    programs.run(
        "initdb",
        &["--pgdata", &data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"],
    )?;
    // What a crash would lose does not matter here; the rest keeps it small.
    let options = format!(
        "-c listen_addresses='' -c unix_socket_directories='{}' -c fsync=off -c synchronous_commit=off \
         -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB -c autovacuum_naptime=60",
        folder.display()
    );
    programs.run("pg_ctl", &["start", "--pgdata", &data, "--wait", "--log", &log.to_string_lossy(), "-o", &options])
}

/// Where all processes of this checkout meet: beside what was built, or, where that cannot be told, in the temporary folder.
fn home() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let target = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists());
    if let Some(target) = target {
        return target.join("test-postgres");
    }
    let mut hash = DefaultHasher::new();
    env!("CARGO_MANIFEST_DIR").hash(&mut hash);
    std::env::temp_dir().join(format!("influencerflow-test-postgres-{:x}", hash.finish()))
}

fn socket(folder: &Path) -> PathBuf {
    folder.join(".s.PGSQL.5432")
}

fn answers(folder: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(socket(folder)).is_ok()
}

fn address(folder: &Path) -> String {
    format!("postgres://postgres@localhost/postgres?host={}", folder.display())
}
