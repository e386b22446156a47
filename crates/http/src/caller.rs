//! Who asks, from the request's head.

use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use kernel::{Error, Kind};

use crate::{ApiError, App, Mode};

/// Who asks a route that wants someone: an account by its bearer token or, in the demo, its administrator without one.
///
/// Refuses with 401 whoever has not said who they are, or says it with a token that is no good.
pub struct Caller(pub kernel::Caller);

impl Deref for Caller {
    type Target = kernel::Caller;
    fn deref(&self) -> &kernel::Caller {
        &self.0
    }
}

impl<S> FromRequestParts<S> for Caller
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        if parts.headers.contains_key(AUTHORIZATION) {
            // No account exists yet that a token could name.
            return Err(refused("The token is not valid; log in again for a new one"));
        }
        match app.mode() {
            Mode::Demo(workspace) => Ok(Self(kernel::Caller::DemoAdmin(workspace))),
            Mode::Serve => Err(refused("Authentication is required: send a bearer token in the Authorization header")),
        }
    }
}

fn refused(message: &'static str) -> ApiError {
    Error::new(Kind::Unauthenticated, message).into()
}
