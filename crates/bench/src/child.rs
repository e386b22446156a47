//! Programs that are measured from outside: started, waited for, watched, stopped.

use std::fs::File;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::client::{Asker, Client};

/// Longer than this nothing that is measured here takes to start or to stop.
const PATIENCE: Duration = Duration::from_secs(120);
/// Who measures, as the server knows them.
const EMAIL: &str = "bench@example.com";
const ADMIN: &str = "boss@example.com";
const PASSWORD: &str = "measured-in-microseconds";
/// Linux counts CPU time for user space in hundredths of a second, whatever its own clock is (USER_HZ).
const TICKS: f64 = 100.0;

/// The server to measure.
pub(crate) fn find_server(given: Option<&Path>) -> Result<PathBuf> {
    let path = match given {
        Some(path) => path.to_owned(),
        None => std::env::current_exe()?.with_file_name("influencerflow"),
    };
    if path.is_file() {
        return Ok(path);
    }
    let path = path.display();
    Err(format!("there is no server at {path}: run `cargo build --release -p influencerflow`, or give --server").into())
}

/// A command in an environment of its own: nobody's settings reach what is measured.
pub(crate) fn command(program: &Path, folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("DATA_DIR", folder).env("LOG_LEVEL", "warn").envs(settings.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// Makes the administrator who reads the outbox. In a folder that is kept there is one already, which is no fault.
fn make_admin(server: &Path, folder: &Path, settings: &[(&str, &str)]) -> Result<()> {
    let mut command = command(server, folder, settings);
    command.env("JWT_SECRET_KEY", "a secret of the benchmark, known to everybody");
    command.args(["admin", "create", "--email", ADMIN, "--password-stdin"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(PASSWORD.as_bytes())?;
    }
    child.wait()?;
    Ok(())
}

/// A port on which nobody listens at this moment.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A program that answers on a port; killed when dropped.
pub(crate) struct Running {
    child: Child,
    /// Where it answers.
    pub(crate) address: SocketAddr,
    /// How long it took from the start of the process to the first good answer.
    pub(crate) started_in: Duration,
}

impl Running {
    /// The server in earnest. Requests are counted as for everybody, only that nobody's quota is reached.
    pub(crate) fn serve(server: &Path, folder: &Path, settings: &[(&str, &str)]) -> Result<Self> {
        let port = free_port()?;
        let mut command = command(server, folder, settings);
        command.envs([
            ("HOST", "127.0.0.1"),
            ("PORT", &port.to_string()),
            ("JWT_SECRET_KEY", "a secret of the benchmark, known to everybody"),
            ("ACCESS_TOKEN_EXPIRE_MINUTES", "600"),
        ]);
        let quotas = ["ADDRESS", "ADDRESS_AI", "ADDRESS_AUTH", "ACCOUNT", "ACCOUNT_AI", "CREATOR", "CREATOR_AI"];
        command.envs(quotas.map(|quota| (format!("RATE_LIMIT_{quota}"), "1000000/second")));
        make_admin(server, folder, settings)?;
        command.arg("serve");
        Self::start(command, port)
    }

    /// A brand that is logged in.
    pub(crate) fn log_in(&self) -> Result<Asker> {
        Ok(self.person(EMAIL, "BRAND")?.0)
    }

    /// Somebody of this role who is logged in, and the id of their account.
    pub(crate) fn person(&self, email: &str, role: &str) -> Result<(Asker, String)> {
        let (mut client, nobody) = (Client::connect(self.address)?, Asker::default());
        let who = serde_json::json!({"email": email, "password": PASSWORD, "role": role}).to_string();
        // In a folder that is kept they have signed up before.
        if client.ask(&nobody.post("/api/v1/auth/signup", &who))?.status == 201 {
            Self::confirm(&mut client, &nobody, email)?;
        }
        let who = serde_json::json!({"email": email, "password": PASSWORD}).to_string();
        let opened = client.json(&nobody.post("/api/v1/auth/login", &who))?;
        let token = opened["access_token"].as_str().ok_or("logging in brings no token")?;
        let id = opened["user"]["id"].as_str().ok_or("logging in tells no id")?;
        Ok((Asker::with_token(token), id.to_owned()))
    }

    /// Confirms somebody's address: its mail stands in the outbox, which the administrator reads.
    fn confirm(client: &mut Client, nobody: &Asker, email: &str) -> Result<()> {
        let who = serde_json::json!({"email": ADMIN, "password": PASSWORD}).to_string();
        let opened = client.json(&nobody.post("/api/v1/auth/login", &who))?;
        let admin = Asker::with_token(opened["access_token"].as_str().ok_or("logging in brings no token")?);
        let mails = client.json(&admin.get(&format!("/api/v1/outbox?to={email}")))?;
        let text = mails["messages"][0]["text"].as_str().unwrap_or_default();
        let token = text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next());
        let token = serde_json::json!({"token": token.ok_or("the mail has no token")?}).to_string();
        client.json(&nobody.post("/api/v1/auth/verify-email", &token)).map(drop)
    }

    /// The bare handler that answers with these bytes.
    pub(crate) fn bare(folder: &Path, name: &str, body: &[u8]) -> Result<Self> {
        let (port, file) = (free_port()?, folder.join(name));
        std::fs::write(&file, body)?;
        let mut command = command(&std::env::current_exe()?, folder, &[]);
        command.arg("--bare").arg(port.to_string()).arg(file);
        Self::start(command, port)
    }

    fn start(mut command: Command, port: u16) -> Result<Self> {
        let started = Instant::now();
        let mut child = command.spawn()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        loop {
            if let Ok(200) =
                Client::connect(address).and_then(|mut client| Ok(client.ask(&Asker::default().get("/health"))?.status))
            {
                return Ok(Self { child, address, started_in: started.elapsed() });
            }
            if let Some(status) = child.try_wait()? {
                return Err(format!("{} ended before it answered: {status}", command.get_program().display()).into());
            }
            if started.elapsed() > PATIENCE {
                let _ = child.kill();
                return Err(format!("{} does not answer", command.get_program().display()).into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// CPU time of all its threads so far, in seconds.
    pub(crate) fn cpu(&self) -> Result<f64> {
        cpu_of(&self.child.id().to_string())
    }

    /// The most memory that it has taken, in megabytes.
    pub(crate) fn peak_megabytes(&self) -> f64 {
        peak_megabytes(&self.child)
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let asked = Instant::now();
        while self.child.try_wait()?.is_none() {
            if asked.elapsed() > PATIENCE {
                return Err("the server does not stop".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of this program so far, in seconds: what making the load costs.
pub(crate) fn own_cpu() -> Result<f64> {
    cpu_of("self")
}

fn cpu_of(process: &str) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in brackets may have anything in it; utime and stime are the 12th and 13th fields after it.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<f64> = fields.skip(11).take(2).map(str::parse).collect::<std::result::Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS)
}

/// Runs a command to its end; how long it took, and the most memory that it took, in megabytes.
pub(crate) fn watch(mut command: Command, errors: &Path) -> Result<(Duration, f64)> {
    let started = Instant::now();
    let mut child = command.stderr(File::create(errors)?).spawn()?;
    let mut peak = 0.0_f64;
    loop {
        // The kernel keeps the peak; it is lost only for what is taken in the last moment.
        peak = peak.max(peak_megabytes(&child));
        if let Some(status) = child.try_wait()? {
            let took = started.elapsed();
            if status.success() {
                return Ok((took, peak));
            }
            return Err(format!("{status}: {}", std::fs::read_to_string(errors)?).into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn peak_megabytes(child: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let kilobytes = line.trim().trim_end_matches("kB").trim().parse::<f64>();
    kilobytes.unwrap_or(0.0) / 1024.0
}
