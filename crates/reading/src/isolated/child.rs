//! The process that reads one file: `influencerflow read-document KIND`.

use std::io::{Read, Write};

use crate::kind::Kind;
use crate::model::{Limits, Unreadable};

/// The command that starts it.
pub const COMMAND: &str = "read-document";
/// How much memory it may take, in bytes, besides what it has when it begins.
pub const MEMORY: u64 = 1 << 30;
/// How much processor time it may take, in seconds.
pub const SECONDS: u64 = 20;
/// How many files it may have open.
const FILES: u64 = 16;
/// The status when the reading is on standard output.
pub(crate) const READ: i32 = 0;
/// The status when the reason why there is none is on standard output.
pub(crate) const UNREADABLE: i32 = 3;
/// All that stands in its environment. The allocator would set aside a gigabyte of addresses at once, as much again as it gets; the
/// readers' threads would share one core's time, and need memory each.
pub(crate) const ENVIRONMENT: &[(&str, &str)] = &[("MIMALLOC_ARENA_RESERVE", "16M"), ("RAYON_NUM_THREADS", "1")];

/// Reads the file on standard input and writes what came of it to standard output; answers the status to end with. Call it before
/// anything else is begun: it limits the whole process, for good.
pub fn run(kind: &str) -> u8 {
    let Some(kind) = Kind::parse(kind) else {
        eprintln!("influencerflow: read-document wants one of {}", Kind::WORDS.join(", "));
        return 2;
    };
    if let Err(error) = limit() {
        eprintln!("influencerflow: this process cannot be limited: {error}");
        return 1;
    }
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
        eprintln!("influencerflow: {error}");
        return 1;
    }
    // A deep stack of a reader's is within the limit of memory, and would not be within that of a main thread.
    let reader = std::thread::Builder::new().stack_size(64 << 20);
    let read = reader.spawn(move || crate::read(kind, &bytes, &Limits::default())).map(std::thread::JoinHandle::join);
    let read = match read {
        Ok(read) => read.unwrap_or_else(|_| Err(Unreadable::broken("file"))),
        Err(error) => {
            eprintln!("influencerflow: {error}");
            return 1;
        }
    };
    let (answer, status) = match read {
        Ok(reading) => (serde_json::to_vec(&reading), READ),
        Err(reason) => (serde_json::to_vec(&reason), UNREADABLE),
    };
    let mut output = std::io::stdout().lock();
    match answer
        .map_err(std::io::Error::from)
        .and_then(|answer| output.write_all(&answer).and_then(|()| output.flush()))
    {
        Ok(()) => u8::try_from(status).unwrap_or(1),
        Err(_) => 1,
    }
}

/// Sets the limits of this process.
#[cfg(unix)]
fn limit() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limits = [
        (Resource::As, MEMORY.saturating_add(mapped())),
        (Resource::Cpu, SECONDS),
        // It writes no file, and leaves no picture of its memory behind.
        (Resource::Fsize, 0),
        (Resource::Core, 0),
        (Resource::Nofile, FILES),
    ];
    for (resource, limit) in limits {
        // Never more than there was.
        let limit = getrlimit(resource).maximum.map_or(limit, |before| before.min(limit));
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
    }
    Ok(())
}

/// How much memory this process has as it is, in bytes: the program itself, and what its allocator set aside.
#[cfg(unix)]
fn mapped() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let size = size.and_then(|size| size.trim().strip_suffix("kB")).and_then(|size| size.trim().parse::<u64>().ok());
    size.map_or(0, |size| size << 10)
}

/// Nothing limits a process here; the readers' own limits do what they can.
#[cfg(not(unix))]
fn limit() -> std::io::Result<()> {
    Ok(())
}
