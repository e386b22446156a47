//! The program itself, started as a person would start it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// What a command came to.
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A command of the program in this folder, with nobody's settings.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_influencerflow"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a command of the program to its end.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Done {
    told(&command(folder, arguments).output().unwrap())
}

/// Runs a command to its end with this on its standard input.
pub(crate) fn run_with_input(folder: &Path, arguments: &[&str], input: &[u8]) -> Done {
    let mut child = command(folder, arguments).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin: ChildStdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(input)));
        told(&child.wait_with_output().unwrap())
    })
}

pub(crate) fn told(output: &Output) -> Done {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Done { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// A running `demo` or `serve`; it ends with this.
pub(crate) struct Running {
    child: Child,
    /// What it has printed until it was ready.
    pub(crate) said: String,
    /// `127.0.0.1:PORT`.
    pub(crate) place: String,
}

impl Running {
    /// Starts the demo over the folder `data` and waits until it says where it is.
    pub(crate) fn demo(folder: &Path) -> Self {
        Self::start(command(folder, &["demo", "--data-dir", "data", "--port", "0"]))
    }

    /// Starts it, and reads what it says until there is an address in it.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = String::new();
        let place = loop {
            let line = lines.next().unwrap_or_else(|| panic!("it ended before it was ready: {said}")).unwrap();
            said.push_str(&line);
            said.push('\n');
            if let Some(rest) = line.split("Open   http://").nth(1) {
                break rest.split('/').next().unwrap().to_owned();
            }
        };
        // The reader stops here, as `influencerflow demo | head` does; that is no reason for the program to stop.
        for line in lines {
            let line = line.unwrap();
            said.push_str(&line);
            said.push('\n');
            if line.contains("  Stop ") {
                break;
            }
        }
        let running = Self { child, said, place };
        running.wait_until_it_answers();
        running
    }

    /// The address of a program that was told its port.
    pub(crate) fn at(mut command: Command, place: &str) -> Self {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let running = Self { child, said: String::new(), place: place.to_owned() };
        running.wait_until_it_answers();
        running
    }

    fn wait_until_it_answers(&self) {
        let started = Instant::now();
        while TcpStream::connect(&self.place).is_err() {
            assert!(started.elapsed() < Duration::from_secs(30), "nobody answers at {}", self.place);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks over the network; answers the status and the body.
    pub(crate) fn ask(&self, method: &str, path: &str, media_type: &str, body: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.place).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.place,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // A server that has refused may have stopped reading.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{method} {path}: {answer}"));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{head}"));
        (status, body.to_owned())
    }

    /// The JSON of a `GET` that must be 200.
    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, "", b"");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The JSON of a `POST` that must be 200.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let (status, body) = self.ask("POST", path, "application/json", body.to_string().as_bytes());
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Asks it to stop, as an operator does, and waits for its end; answers its status.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let stopped = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(stopped.success());
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(started.elapsed() < Duration::from_secs(20), "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
