//! The settings of accounts.

use kernel::Variables;

/// How access tokens are signed: only by a secret that this server alone has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
}

/// When does the first proof of an address by its mailed link alone leave the password that somebody chose before?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ConfirmWants {
    /// Always: it is enough that the mail was answered.
    Nothing,
    /// If the link was opened where the account was registered or used. Else whoever confirms gives the password, or chooses one by mail.
    PasswordElsewhere,
    /// Only if the password is given as well.
    Password,
}

/// What a hash of a password costs (argon2id).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for HashCost {
    /// OWASP's: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 }
    }
}

/// The settings of accounts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `JWT_SECRET_KEY`: what access tokens are signed with.
    pub secret: Option<String>,
    /// `JWT_ALGORITHM`.
    pub algorithm: Algorithm,
    /// `ACCESS_TOKEN_EXPIRE_MINUTES`.
    pub access_minutes: u32,
    /// `REFRESH_TOKEN_EXPIRE_DAYS`.
    pub refresh_days: u32,
    /// `SESSION_EXPIRE_DAYS`: how long a log-in lasts at most, however often it is refreshed.
    pub session_days: u32,
    /// `SIGN_UP_TELLS_NOTHING`: is an address that has an account answered like one that has none?
    pub quiet_sign_up: bool,
    /// `CONFIRM_WANTS_PASSWORD`.
    pub confirm_wants: ConfirmWants,
    /// `VERIFY_TOKEN_EXPIRE_HOURS`.
    pub verify_hours: u32,
    /// `RESET_TOKEN_EXPIRE_MINUTES`.
    pub reset_minutes: u32,
    /// `PASSWORD_HASH_THREADS`: how many hash at once; 0 for half of the cores.
    pub hash_threads: usize,
    /// `PASSWORD_HASH_QUEUE`: how many may wait for them.
    pub hash_queue: usize,
    /// What a hash costs; not a setting, so that nobody weakens it.
    pub hash_cost: HashCost,
    /// `LOGIN_FAILURES_PER_ADDRESS_AND_ACCOUNT`: wrong passwords in a quarter of an hour from one address for one account.
    pub failures_of_pair: u32,
    /// `LOGIN_FAILURES_PER_ACCOUNT`: wrong passwords in an hour for one account, from addresses it never logged in from.
    pub failures_of_account: u32,
    /// `LOGIN_FAILURES_PER_ADDRESS`: wrong passwords in a quarter of an hour from one address.
    pub failures_of_address: u32,
    /// `ACCOUNT_MAILS_PER_HOUR`: mails to verify an address or to reset a password, for one address.
    pub mails_per_hour: u32,
    /// `SESSIONS_KEPT_IN_MEMORY`: log-ins that are known without asking the database.
    pub kept_sessions: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let nothing = std::collections::BTreeMap::new();
        Self::read(&mut Variables::new(&nothing))
    }
}

impl Settings {
    /// Reads them.
    pub fn read(from: &mut Variables<'_>) -> Self {
        const CONFIRM: [(&str, ConfirmWants); 3] = [
            ("never", ConfirmWants::Nothing),
            ("elsewhere", ConfirmWants::PasswordElsewhere),
            ("always", ConfirmWants::Password),
        ];
        const ALGORITHMS: [(&str, Algorithm); 3] =
            [("HS256", Algorithm::Hs256), ("HS384", Algorithm::Hs384), ("HS512", Algorithm::Hs512)];
        Self {
            secret: from.text("JWT_SECRET_KEY"),
            algorithm: from.word("JWT_ALGORITHM", &ALGORITHMS, Algorithm::Hs256),
            access_minutes: from.number("ACCESS_TOKEN_EXPIRE_MINUTES", 30, 1, 24 * 60),
            refresh_days: from.number("REFRESH_TOKEN_EXPIRE_DAYS", 30, 1, 366),
            session_days: from.number("SESSION_EXPIRE_DAYS", 90, 1, 3660),
            quiet_sign_up: from.switch("SIGN_UP_TELLS_NOTHING", false),
            confirm_wants: from.word("CONFIRM_WANTS_PASSWORD", &CONFIRM, ConfirmWants::PasswordElsewhere),
            verify_hours: from.number("VERIFY_TOKEN_EXPIRE_HOURS", 24, 1, 24 * 30),
            reset_minutes: from.number("RESET_TOKEN_EXPIRE_MINUTES", 60, 5, 24 * 60),
            hash_threads: from.number("PASSWORD_HASH_THREADS", 0, 0, 256),
            hash_queue: from.number("PASSWORD_HASH_QUEUE", 100, 1, 10_000),
            hash_cost: HashCost::default(),
            failures_of_pair: from.number("LOGIN_FAILURES_PER_ADDRESS_AND_ACCOUNT", 10, 1, 1000),
            failures_of_account: from.number("LOGIN_FAILURES_PER_ACCOUNT", 50, 1, 100_000),
            failures_of_address: from.number("LOGIN_FAILURES_PER_ADDRESS", 100, 1, 100_000),
            mails_per_hour: from.number("ACCOUNT_MAILS_PER_HOUR", 6, 1, 1000),
            kept_sessions: from.number("SESSIONS_KEPT_IN_MEMORY", 100_000, 100, 100_000_000),
        }
    }

    /// What keeps these settings from serving for real: the key that tokens are signed with must be there, long, and nobody else's.
    pub fn fault_of_serving(&self) -> Option<&'static str> {
        match self.secret.as_deref() {
            None => Some("must be set: at least 32 random characters, such as `openssl rand -base64 48` prints"),
            Some(secret) if is_well_known(secret) => {
                Some("is an example that everybody knows; make a random one with `openssl rand -base64 48`")
            }
            Some(secret) if secret.len() < 32 => Some(
                "must have at least 32 characters, or it can be guessed; `openssl rand -base64 48` prints a good one",
            ),
            Some(_) => None,
        }
    }
}

/// Secrets that stand in documents, tutorials and templates. Compared by their letters and digits alone, in lower case.
const WELL_KNOWN: &[&str] = &[
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "abcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyz123456",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "0123456789abcdef0123456789abcdef",
    "01234567890123456789012345678901",
    "12345678901234567890123456789012",
    "changeme",
    "changethis",
    "changethissecret",
    "changethissecretkey",
    "changethisinproduction",
    "changemeinproduction",
    "default",
    "development",
    "devsecret",
    "example",
    "jwtsecret",
    "jwtsecretkey",
    "mysecret",
    "mysecretkey",
    "mysupersecretkey",
    "notsecret",
    "password",
    "secret",
    "secretkey",
    "supersecret",
    "supersecretjwtkey",
    "supersecretjwttokenwithatleast32characterslong",
    "yoursupersecretjwttokenwithatleast32characterslong",
    "supersecretkey",
    "supersecretkeychangeme",
    "test",
    "testsecret",
    "thisisasecret",
    "thisisasecretkey",
    "thisisaverysecretkey",
    "verysecret",
    "verysecretkey",
    "yoursecret",
    "yoursecretkey",
    "yoursecretkeyhere",
    "yoursecrethere",
    "yourjwtsecret",
    "yourjwtsecretkey",
    "yourjwtsecretkeyhere",
    "yoursupersecretjwtkey",
    "yoursupersecretkey",
    "yoursupersecretkeychangethisinproduction",
    "your256bitsecret",
    "your384bitsecret",
    "your512bitsecret",
    "astringsecretatleast256bitslong",
    "averylongrandomstringofcharacters",
];

/// Is this secret one that everybody knows, or made of such ones and digits alone, or of a few letters?
pub fn is_well_known(secret: &str) -> bool {
    let mut letters: Vec<char> = secret.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let mut bare: String =
        secret.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    // The longest first, so that none leaves a part of another behind.
    let mut words = WELL_KNOWN.to_vec();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    let known = words.iter().any(|word| bare.contains(word));
    for word in words {
        bare = bare.replace(word, "");
    }
    letters.len() < 6 || (known && bare.chars().all(|letter| letter.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(secret: &str) -> Option<&'static str> {
        let variables = [("JWT_SECRET_KEY".to_owned(), secret.to_owned())].into();
        Settings::read(&mut Variables::new(&variables)).fault_of_serving()
    }

    #[test]
    fn serving_takes_a_secret_that_is_one() {
        for bad in [
            "",
            "secret",
            "changeme",
            "your_jwt_secret_key_here",
            "your-super-secret-jwt-token-with-at-least-32-characters-long",
            "changemechangemechangemechangeme",
            "secretsecretsecretsecretsecretsecret123",
            "YOUR_SUPER_SECRET_KEY_CHANGE_THIS_IN_PRODUCTION",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abababababababababababababababababababab",
            "a-string-secret-at-least-256-bits-long",
            "Kq3vZ8mTjP0wLr5yXc7",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
        assert_eq!(fault("Kq3vZ8mTjP0wLr5yXc7BnD2sHf9aGe4u"), None);
    }
}
