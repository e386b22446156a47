//! Reading in a process of its own.
//!
//! A PDF of half a megabyte can take gigabytes of every PDF reader there is, and a reader that runs out of memory ends its process. So the
//! server starts the same program once more as `influencerflow read-document KIND`: the file comes on its standard input, the [`Reading`]
//! goes as JSON to its standard output. That process limits itself before it reads a byte ([`child`]); this one waits for it for so long
//! and reads so much, and kills it otherwise. Whatever becomes of it, the server has an answer.

pub mod child;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::{Error, Result};
use tokio::sync::Semaphore;

use crate::kind::Kind;
use crate::model::{Limits, Reading, Unreadable};

/// How many files are read at once. Each may take [`child::MEMORY`].
const AT_ONCE: usize = 2;
/// How long a process may take, by the clock. By its own processor time it may take [`child::SECONDS`].
const PATIENCE: Duration = Duration::from_secs(30);
/// How much a process may write, in bytes. What is within [`Limits`] always fits: 12 MiB of UTF-8 in at most 5 million characters are at
/// most 15 MiB with JSON's escapes, and 200,000 blocks at most 8 MiB.
pub const ANSWER: u64 = 24 << 20;

/// Reads files, each in a process of its own, two at once; the others wait. Clones share that.
#[derive(Clone, Debug)]
pub struct Readers {
    program: Option<PathBuf>,
    places: Arc<Semaphore>,
    patience: Duration,
}

impl Readers {
    /// With this very program. Where there are no limits of processes (not Unix), in this process.
    pub fn of_this_program() -> Self {
        let program = if cfg!(target_os = "linux") {
            // Is there when the file was replaced by a newer one, too.
            Some(PathBuf::from("/proc/self/exe"))
        } else if cfg!(unix) {
            std::env::current_exe().ok()
        } else {
            None
        };
        Self::new(program)
    }

    /// With the program at this path: tests are programs of their own.
    pub fn of_program(path: impl Into<PathBuf>) -> Self {
        Self::new(Some(path.into()))
    }

    /// In this process, on a thread for what takes long. Only for files that one trusts: a hostile one may take the process with it.
    pub fn in_this_process() -> Self {
        Self::new(None)
    }

    fn new(program: Option<PathBuf>) -> Self {
        Self { program, places: Arc::new(Semaphore::new(AT_ONCE)), patience: PATIENCE }
    }

    /// The same with another patience, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn patient_for(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The text of a file, or why there is none. An error is this machine's: the program cannot be started.
    pub async fn read(&self, kind: Kind, bytes: Vec<u8>) -> Result<Result<Reading, Unreadable>> {
        let _place = self.places.acquire().await.map_err(Error::internal)?;
        match &self.program {
            Some(program) => self.ask(program, kind, bytes).await,
            None => here(kind, bytes).await,
        }
    }

    async fn ask(&self, program: &PathBuf, kind: Kind, bytes: Vec<u8>) -> Result<Result<Reading, Unreadable>> {
        use std::process::Stdio;

        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

        let mut command = tokio::process::Command::new(program);
        command.args([child::COMMAND, kind.word()]);
        // It needs to know nothing: no setting, no key.
        command.env_clear().envs(child::ENVIRONMENT.iter().copied()).current_dir(std::env::temp_dir());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let started = command.spawn();
        let mut process =
            started.map_err(|error| Error::internal(format!("cannot start {}: {error}", program.display())))?;
        let (Some(mut input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Error::internal("a process without pipes"));
        };
        // It may stop reading, or never begin; what it then says counts.
        let write = async move {
            let _ = input.write_all(&bytes).await;
            drop(input);
        };
        let read = async move {
            let mut answer = Vec::new();
            output.take(ANSWER + 1).read_to_end(&mut answer).await.map(|_| answer)
        };
        let whole = async {
            let ((), answer) = tokio::join!(write, read);
            let answer = answer.ok().filter(|answer| answer.len() as u64 <= ANSWER);
            // What has more to say is waiting for somebody to hear it.
            let status = if answer.is_some() { process.wait().await.ok() } else { None };
            (answer, status.and_then(|status| status.code()))
        };
        let ended = tokio::time::timeout(self.patience, whole).await;
        let (answer, code) = ended.unwrap_or((None, None));
        if code.is_none() {
            let _ = process.kill().await;
        }
        let answer = answer.unwrap_or_default();
        Ok(match code {
            Some(child::READ) => serde_json::from_slice(&answer).map_err(|_| Unreadable::too_much()),
            Some(child::UNREADABLE) => Err(serde_json::from_slice(&answer).unwrap_or_else(|_| Unreadable::too_much())),
            _ => Err(Unreadable::too_much()),
        })
    }
}

async fn here(kind: Kind, bytes: Vec<u8>) -> Result<Result<Reading, Unreadable>> {
    let read = tokio::task::spawn_blocking(move || crate::read(kind, &bytes, &Limits::default())).await;
    // A reader that panicked has met a file that it does not understand.
    Ok(read.unwrap_or_else(|_| Err(Unreadable::broken("file"))))
}
