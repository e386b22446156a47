//! Reads mails as the server does, for `tools/measure-mail`: files of raw mails, or texts as lines of JSON on the standard input. Writes
//! a line of JSON for each.

use std::error::Error;
use std::io::{self, BufRead as _, Write as _};

use mind::reply::{Letter, wants_no_more};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let mut files = std::env::args().skip(1).peekable();
    if files.peek().is_none() {
        for line in io::stdin().lock().lines() {
            let given: Value = serde_json::from_str(&line?)?;
            let letter = Letter::of(given["text"].as_str(), given["html"].as_str());
            let (own, signed) = (letter.own(), letter.signed());
            let told = json!({"own": own, "signed": signed, "stop": wants_no_more(&own)});
            writeln!(out, "{told}")?;
        }
        return Ok(());
    }
    for file in files {
        let what = mail::incoming::parse(&std::fs::read(&file)?).map(|mail| json!(mail.what)).unwrap_or_default();
        writeln!(out, "{}", json!({"file": file, "what": what}))?;
    }
    Ok(())
}
