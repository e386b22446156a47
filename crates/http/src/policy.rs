//! What holds for a route before its handler runs: who is let in, how it is counted, how much it takes. Said where the route is
//! [registered](crate::Routes), and looked up by the layers around it, by the limits and by the API's description.

use std::any::TypeId;
use std::collections::HashMap;
use std::time::Duration;

use axum::http::Method;

use crate::app::Limits;
use crate::{Admin, Anyone, Caller, Fresh, Member, Newcomer, Person, Reader, Taking};

/// Who is let in. Never said: it is read from the extractors in the handler's signature, so that the two cannot disagree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Who {
    /// No extractor asks: everybody, or whoever brings what the handler itself wants (a mailed token, a signature).
    #[default]
    Everybody,
    /// [`Anyone`]: everybody; a token that is no good is refused.
    Anyone,
    /// [`Reader`].
    Reader,
    /// [`Caller`].
    Caller,
    /// [`Admin`].
    Admin,
    /// [`Taking`].
    Taking,
    /// [`Member`].
    Member,
    /// [`Newcomer`].
    Newcomer,
    /// [`Person`].
    Person,
    /// [`Fresh`].
    Fresh,
}

impl Who {
    fn by(extractor: TypeId) -> Self {
        let known = [
            (TypeId::of::<Anyone>(), Self::Anyone),
            (TypeId::of::<Reader>(), Self::Reader),
            (TypeId::of::<Caller>(), Self::Caller),
            (TypeId::of::<Admin>(), Self::Admin),
            (TypeId::of::<Taking>(), Self::Taking),
            (TypeId::of::<Member>(), Self::Member),
            (TypeId::of::<Newcomer>(), Self::Newcomer),
            (TypeId::of::<Person>(), Self::Person),
            (TypeId::of::<Fresh>(), Self::Fresh),
        ];
        known.into_iter().find(|(id, _)| *id == extractor).map_or(Self::Everybody, |(_, who)| who)
    }

    /// Is an account's bearer token wanted?
    pub const fn wants_account(self) -> bool {
        !matches!(self, Self::Everybody | Self::Anyone)
    }

    /// Must an account have proved its address, to be let in by this method? The one rule of what an unproved address opens: it looks,
    /// and changes nothing but what [`Newcomer`] is for.
    pub fn wants_proof(self, method: &Method) -> bool {
        match self {
            Self::Everybody | Self::Anyone | Self::Reader | Self::Newcomer => false,
            Self::Caller | Self::Admin | Self::Member | Self::Person => !method.is_safe(),
            Self::Taking | Self::Fresh => true,
        }
    }
}

/// The arguments of a handler, as axum knows them.
pub trait Arguments {
    /// Whom they let in: the strictest of them says.
    fn who() -> Who;
}

macro_rules! arguments {
    ($($name:ident)*) => {
        impl<Kind, $($name: 'static),*> Arguments for (Kind, $($name,)*) {
            fn who() -> Who {
                let all: &[Who] = &[$(Who::by(TypeId::of::<$name>())),*];
                all.iter().copied().max().unwrap_or_default()
            }
        }
    };
}

arguments!();
arguments!(A);
arguments!(A B);
arguments!(A B C);
arguments!(A B C D);
arguments!(A B C D E);
arguments!(A B C D E F);
arguments!(A B C D E F G);
arguments!(A B C D E F G H);

/// As what a request is counted: each kind has quotas of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Rate {
    /// As most are.
    #[default]
    General,
    /// What a model is asked for.
    Ai,
    /// Files that are taken in.
    Upload,
    /// What takes much out at once.
    Export,
    /// Signing up, logging in, resetting a password.
    LogIn,
    /// What providers call us with, and who follows a tracked link: many come from one address.
    Webhook,
    /// What a provider calls a channel of ours with: signed, it counts for the channel; unsigned, for the address that it came from. The
    /// handler takes a [`crate::ToBeSigned`], which does both.
    Signed,
    /// Not at all: who watches over the server must not be turned away by its load.
    Free,
}

/// What body is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Takes {
    /// JSON, or nothing: `MAX_BODY_BYTES` at most.
    #[default]
    Json,
    /// A file, read as it comes: `MAX_UPLOAD_BYTES` at most, and `UPLOAD_TIMEOUT_SECONDS` instead of the usual time.
    File,
    /// Something else that is read as a whole, so many bytes at most.
    Bytes(usize),
}

impl Takes {
    /// How large a body may be that is read as a whole; beside a file that is still JSON.
    pub fn whole(self, limits: &Limits) -> usize {
        match self {
            Self::Json | Self::File => limits.body_bytes,
            Self::Bytes(most) => most,
        }
    }

    /// How long the request may take.
    pub fn time(self, limits: &Limits) -> Duration {
        if self == Self::File { limits.upload_time } else { limits.time }
    }
}

/// What holds for a route.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Policy {
    /// Who is let in.
    pub who: Who,
    /// As what it is counted.
    pub rate: Rate,
    /// What body it takes.
    pub takes: Takes,
}

/// The policies of all routes.
#[derive(Clone, Default)]
pub struct Policies(HashMap<String, Vec<(Method, Policy)>, foldhash::fast::RandomState>);

impl Policies {
    /// Adds a route.
    pub fn insert(&mut self, method: Method, path: &str, policy: Policy) {
        self.0.entry(path.to_owned()).or_default().push((method, policy));
    }

    /// Adds all of these.
    pub fn extend(&mut self, others: Self) {
        for (path, policies) in others.0 {
            self.0.entry(path).or_default().extend(policies);
        }
    }

    /// The policy of a route, by its path as it was registered. What is not there is counted like anything else.
    pub fn of(&self, method: &Method, path: &str) -> Policy {
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let known = self.0.get(path).and_then(|all| all.iter().find(|(own, _)| own == method));
        known.map(|(_, policy)| *policy).unwrap_or_default()
    }
}
