//! A mail server of this process that speaks SMTP over a socket, and does what it is told at each step: says another thing, hangs up,
//! takes its time.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What the server does at a step.
pub(crate) enum Act {
    /// Goes on as usual.
    Go,
    /// Says this instead.
    Say(&'static str),
    /// Says this and hangs up.
    Leave(&'static str),
    /// Takes so long before it goes on.
    Wait(Duration),
}

/// A message that was taken.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) message: String,
}

/// A running server; it ends with the test's runtime.
pub(crate) struct SmtpServer {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

type Script = dyn Fn(&str) -> Act + Send + Sync;

struct State {
    script: Box<Script>,
    taken: Mutex<Vec<Taken>>,
    connections: AtomicUsize,
}

impl SmtpServer {
    /// Starts one. The script is asked at every step: with `HELLO` for the greeting, the command as it came, `.` for the end of a message.
    pub(crate) async fn start(script: impl Fn(&str) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state =
            Arc::new(State { script: Box::new(script), taken: Mutex::default(), connections: AtomicUsize::new(0) });
        let serving = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                serving.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(Session::new(stream, Arc::clone(&serving)).run());
            }
        });
        Self { address, state }
    }

    /// What was taken so far, in its order.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.state.taken.lock().unwrap().clone()
    }

    /// How many messages were taken so far.
    pub(crate) fn count(&self) -> usize {
        self.state.taken.lock().unwrap().len()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

struct Session {
    lines: BufReader<OwnedReadHalf>,
    out: OwnedWriteHalf,
    state: Arc<State>,
    from: String,
    to: String,
}

impl Session {
    fn new(stream: TcpStream, state: Arc<State>) -> Self {
        let (read, out) = stream.into_split();
        Self { lines: BufReader::new(read), out, state, from: String::new(), to: String::new() }
    }

    /// Says what the script or usage wants; nothing if the server has left.
    async fn step(&mut self, step: &str, usual: &str) -> Option<bool> {
        let (said, stays, goes_on) = match (self.state.script)(step) {
            Act::Go => (usual, true, true),
            Act::Say(other) => (other, true, false),
            Act::Leave(last) => (last, false, false),
            Act::Wait(time) => {
                tokio::time::sleep(time).await;
                (usual, true, true)
            }
        };
        if !said.is_empty() {
            self.out.write_all(format!("{said}\r\n").as_bytes()).await.ok()?;
        }
        stays.then_some(goes_on)
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        let read = self.lines.read_until(b'\n', &mut line).await.ok()?;
        (read > 0).then(|| String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
    }

    async fn message(&mut self) -> Option<String> {
        let mut message = String::new();
        loop {
            let line = self.line().await?;
            if line == "." {
                return Some(message);
            }
            message.push_str(line.strip_prefix('.').unwrap_or(&line));
            message.push_str("\r\n");
        }
    }

    async fn run(self) {
        self.talk().await;
    }

    async fn talk(mut self) -> Option<()> {
        self.step("HELLO", "220 stand-in ESMTP").await?;
        loop {
            let line = self.line().await?;
            let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match word.as_str() {
                "EHLO" => drop(self.step(&line, "250-stand-in\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN").await?),
                "HELO" | "NOOP" | "RSET" => drop(self.step(&line, "250 ok").await?),
                "AUTH" => drop(self.step(&line, "235 welcome").await?),
                "MAIL" => {
                    if self.step(&line, "250 ok").await? {
                        self.from = path(&line);
                    }
                }
                "RCPT" => {
                    if self.step(&line, "250 ok").await? {
                        self.to = path(&line);
                    }
                }
                "DATA" => {
                    if !self.step(&line, "354 go on").await? {
                        continue;
                    }
                    let message = self.message().await?;
                    let taken = Taken { from: self.from.clone(), to: self.to.clone(), message };
                    // A server that leaves after the last byte has taken it; one that says another thing has not.
                    let goes_on = self.step(".", "250 taken").await;
                    if goes_on != Some(false) {
                        self.state.taken.lock().unwrap().push(taken);
                    }
                    goes_on?;
                }
                "QUIT" => {
                    self.step(&line, "221 bye").await;
                    return None;
                }
                _ => drop(self.step(&line, "500 what?").await?),
            }
        }
    }
}

/// The address in a command's angle brackets.
fn path(line: &str) -> String {
    let inner = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}
