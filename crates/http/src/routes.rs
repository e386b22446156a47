//! How routes are registered: with their documentation, and with what holds for them.
//!
//! ```ignore
//! Routes::new()
//!     .with(routes!(list, create))
//!     .with(routes!(search).rate(Rate::Ai))
//!     .with(routes!(import).file())
//!     .with_state(directory)
//! ```

use axum::Router;
use axum::handler::Handler;
use utoipa::openapi::{OpenApi, RefOr, Schema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::policy::{Arguments, Policies, Policy, Rate, Takes};
use crate::{App, docs, layers, openapi};

/// Handlers with `#[utoipa::path]`, to be given to [`Routes::with`]: `routes!(list, create)`.
#[macro_export]
macro_rules! routes {
    ($($($handler:ident)::+),+ $(,)?) => {
        $crate::routes::Registered::new()$(
            .and($($handler)::+, $crate::routes::utoipa_axum::routes!($($handler)::+))
        )+
    };
}

#[doc(hidden)]
pub use utoipa_axum;

/// Some handlers for which the same holds.
pub struct Registered<S>(Vec<(UtoipaMethodRouter<S>, Policy)>);

impl<S: Clone + Send + Sync + 'static> Registered<S> {
    #[doc(hidden)]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    #[doc(hidden)]
    #[must_use]
    pub fn and<H, T>(mut self, _: H, router: UtoipaMethodRouter<S>) -> Self
    where
        H: Handler<T, S>,
        T: Arguments + 'static,
    {
        self.0.push((router, Policy { who: T::who(), ..Policy::default() }));
        self
    }

    fn each(mut self, change: impl Fn(&mut Policy)) -> Self {
        self.0.iter_mut().for_each(|(_, policy)| change(policy));
        self
    }

    /// They are counted as this.
    #[must_use]
    pub fn rate(self, rate: Rate) -> Self {
        self.each(|policy| policy.rate = rate)
    }

    /// They take files, and are counted as uploads.
    #[must_use]
    pub fn file(self) -> Self {
        self.rate(Rate::Upload).each(|policy| policy.takes = Takes::File)
    }

    /// They read so many bytes of something that is not JSON, such as a form.
    #[must_use]
    pub fn bytes(self, most: usize) -> Self {
        self.each(|policy| policy.takes = Takes::Bytes(most))
    }
}

/// Routes, their documentation, and what holds for each.
#[derive(Clone)]
pub struct Routes<S = ()> {
    router: OpenApiRouter<S>,
    policies: Policies,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None yet.
    pub fn new() -> Self {
        Self { router: OpenApiRouter::new(), policies: Policies::default() }
    }

    /// And these: see [`routes!`](crate::routes!).
    #[must_use]
    pub fn with(mut self, registered: Registered<S>) -> Self {
        for (mut router, policy) in registered.0 {
            self.no_clash(router.0.iter().map(|(name, schema)| (name, schema)));
            for (path, item) in &mut router.1.paths {
                for (method, _) in openapi::operations(item) {
                    self.policies.insert(openapi::method_of(method), path, policy);
                }
            }
            self.router = self.router.routes(router);
        }
        self
    }

    /// And all of those.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        let theirs = other.router.get_openapi().components.as_ref();
        self.no_clash(theirs.iter().flat_map(|components| &components.schemas));
        self.policies.extend(other.policies);
        Self { router: self.router.merge(other.router), policies: self.policies }
    }

    /// Two schemas of one name would be documented as one of them.
    fn no_clash<'a>(&self, others: impl Iterator<Item = (&'a String, &'a RefOr<Schema>)>) {
        let known = self.router.get_openapi().components.as_ref();
        for (name, schema) in others {
            let own = known.and_then(|components| components.schemas.get(name));
            debug_assert!(
                own.is_none_or(|own| own == schema),
                "two schemas are called {name}: name one of them otherwise"
            );
        }
    }

    /// With what their handlers reach.
    pub fn with_state<S2>(self, state: S) -> Routes<S2> {
        Routes { router: self.router.with_state(state), policies: self.policies }
    }
}

impl Routes {
    /// The routes, their description within this document, and what holds for each.
    pub fn split(self, base: OpenApi) -> (Router, OpenApi, Policies) {
        let (router, mut document) = OpenApiRouter::with_openapi(base).merge(self.router).split_for_parts();
        openapi::finish(&mut document, &self.policies);
        (router, document, self.policies)
    }

    /// A service of these alone, with the layers around it, and with their description at the usual place.
    pub fn served(self, app: &App) -> Router {
        let (router, document, policies) = self.split(openapi::base(env!("CARGO_PKG_VERSION")));
        layers::around(router, policies, app, &[]).merge(docs::description(document))
    }
}
