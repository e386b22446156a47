//! The one error: its kind, what the caller is told, and what only the log is told.

use std::borrow::Cow;
use std::fmt;

/// A result whose failure can be told to a caller.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in the words of the specification's error codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The request cannot be read at all (400).
    BadRequest,
    /// It takes a token, and there is none or it is no good (401).
    Unauthenticated,
    /// The caller may see it but not do this to it (403).
    Forbidden,
    /// It is not there, or not the caller's to know of (404).
    NotFound,
    /// The path is there, but not for this method (405).
    MethodNotAllowed,
    /// The state of things forbids it (409).
    Conflict,
    /// The body is larger than allowed (413).
    TooLarge,
    /// The body is of a type that is not read here (415).
    UnsupportedMediaType,
    /// Some fields are not as they should be; every fault is told (422).
    Invalid,
    /// Too many requests; come back after so many seconds (429).
    RateLimited(u32),
    /// Someone else's server failed us; what was asked for is kept (502).
    Provider,
    /// The server cannot do it now: starting, stopping, or its storage is full or read-only (503).
    Unavailable,
    /// It took longer than allowed (504).
    TimedOut,
    /// A fault of ours (500).
    Internal,
}

/// One field that is not as it should be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Where it stands: `["body", "email"]`, `["query", "limit"]`.
    pub loc: Vec<String>,
    /// What is wrong and what would be right.
    pub message: String,
    /// A word for programs: `missing`, `wrong_type`, `out_of_range`, `unknown_value`.
    pub kind: &'static str,
}

/// An error: cheap to pass on, told to the caller by its message alone.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    message: Cow<'static, str>,
    faults: Vec<Fault>,
    context: Option<String>,
}

impl Error {
    /// An error of this kind; `message` is what the caller reads, and says what to do.
    pub fn new(kind: Kind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), faults: Vec::new(), context: None }))
    }

    /// The thing named (`"Campaign"`) is not there, or not the caller's.
    pub fn not_found(thing: &str) -> Self {
        Self::new(Kind::NotFound, format!("{thing} not found"))
    }

    /// The state of things forbids it.
    pub fn conflict(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// These fields are not as they should be. Call it with at least one fault.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        let message = match faults.as_slice() {
            [only] => format!("{}: {}", only.loc.last().map_or("body", String::as_str), only.message),
            many => format!("{} fields are not as they should be", many.len()),
        };
        let mut error = Self::new(Kind::Invalid, message);
        error.0.faults = faults;
        error
    }

    /// One field of the body is not as it should be.
    pub fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![Fault { loc: vec!["body".into(), field.into()], message: message.into(), kind: "invalid" }])
    }

    /// The same with a list of what is wrong, each part by its field: for a refusal that says what is missing.
    #[must_use]
    pub fn listing(mut self, faults: Vec<Fault>) -> Self {
        self.0.faults = faults;
        self
    }

    /// A fault of ours: the caller reads that it is ours, the log reads why.
    pub fn internal(context: impl fmt::Display) -> Self {
        Self::new(Kind::Internal, "Something went wrong on our side; it has been logged under this request id")
            .because(context)
    }

    /// Adds what only the log is told.
    #[must_use]
    pub fn because(mut self, context: impl fmt::Display) -> Self {
        let context = match self.0.context.take() {
            Some(earlier) => format!("{context}: {earlier}"),
            None => context.to_string(),
        };
        self.0.context = Some(context);
        self
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What the caller is told.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Every field that is not as it should be; of [`Kind::Invalid`], and of what [lists](Error::listing) them.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// What only the log is told.
    pub fn context(&self) -> Option<&str> {
        self.0.context.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        // One fault is in the message already.
        for fault in self.0.faults.iter().filter(|_| self.0.faults.len() > 1) {
            write!(f, "\n  {}: {}", fault.loc.last().map_or("", String::as_str), fault.message)?;
        }
        match &self.0.context {
            Some(context) => write!(f, "\n  because: {context}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
