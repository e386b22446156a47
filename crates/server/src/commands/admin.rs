//! `admin`.

use std::io::BufRead;

use kernel::{Error, Kind, Result};

use crate::build::Server;

/// Makes an administrator; a password that was made up is printed, once.
pub(super) async fn create(server: &Server, email: &str, from_input: bool) -> Result<()> {
    let given = if from_input { Some(first_line()?) } else { None };
    let (account, made) = accounts::create_admin(&server.accounts, email, given).await?;
    eprintln!("{} is an administrator now", account.email.as_deref().unwrap_or_default());
    if let Some(password) = made {
        eprintln!("The password stands below and nowhere else; change it after the first log-in:");
        super::tell(&password);
    }
    server.app.db().close().await;
    Ok(())
}

fn first_line() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Error::internal)?;
    let password = line.trim_end_matches(['\n', '\r']).to_owned();
    if password.is_empty() {
        return Err(Error::new(Kind::Invalid, "there is no password on standard input"));
    }
    Ok(password)
}
