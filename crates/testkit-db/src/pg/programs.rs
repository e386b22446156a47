//! Finding PostgreSQL's programs, and running them as a user that they accept.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A user that is not root.
#[derive(Clone, Copy, Debug)]
pub(super) struct Servant {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

/// PostgreSQL's programs, and who runs them: someone else if we are root, whom they refuse.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    folder: PathBuf,
    pub(super) servant: Option<Servant>,
}

impl Programs {
    /// The first that are there and run.
    pub(super) fn find() -> Result<Self, String> {
        let servant = servant()?;
        let mut tried = Vec::new();
        for folder in folders() {
            if !folder.join("initdb").exists() || !folder.join("postgres").exists() {
                continue;
            }
            let programs = Self { folder, servant };
            match programs.run("postgres", &["--version"]) {
                Ok(()) => return Ok(programs),
                Err(why) => tried.push(format!("{}: {why}", programs.folder.display())),
            }
        }
        Err(if tried.is_empty() {
            "Its programs (initdb, postgres) are not on this machine.".to_owned()
        } else {
            format!("Its programs do not run: {}.", tried.join("; "))
        })
    }

    /// A command that outlives this process, if it wants to, and keeps none of its files open.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).process_group(0);
        command.env("LC_ALL", "C").env_remove("PGDATA").env_remove("PGHOST").env_remove("PGPORT");
        if let Some(servant) = self.servant {
            command.uid(servant.uid).gid(servant.gid);
        }
        command
    }

    /// Runs one to its end.
    pub(super) fn run(&self, program: &str, args: &[&str]) -> Result<(), String> {
        let output =
            self.command(program).args(args).stderr(Stdio::piped()).output().map_err(|error| error.to_string())?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}

/// Where the programs may be, the best first.
fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(folder) = std::env::var_os("INFLUENCERFLOW_TEST_PG_BIN") {
        // Whoever names a folder wants that one and no other.
        return vec![folder.into()];
    }
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    folders.extend(repository.map(|root| root.join(".cache/postgres/bin")));
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    for parent in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"] {
        let mut versions: Vec<PathBuf> = std::fs::read_dir(parent)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .filter(|folder| folder.join("initdb").exists())
            .collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    folders.push("/usr/local/bin".into());
    // A link in PATH is not where the programs find their own files.
    folders.into_iter().map(|folder| folder.canonicalize().unwrap_or(folder)).collect()
}

/// Whom to run the server as; nobody else if we are not root.
fn servant() -> Result<Option<Servant>, String> {
    let probe = crate::TempFolder::new();
    let ours = std::fs::metadata(probe.path()).map_err(|error| error.to_string())?;
    if ours.uid() != 0 {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    ["postgres", "nobody"]
        .iter()
        .find_map(|wanted| {
            let line = users.lines().find(|line| line.split(':').next() == Some(wanted))?;
            let mut numbers = line.split(':').skip(2).map(str::parse);
            Some(Servant { uid: numbers.next()?.ok()?, gid: numbers.next()?.ok()? })
        })
        .map(Some)
        .ok_or_else(|| "It refuses to run as root, and there is no user postgres or nobody.".to_owned())
}
