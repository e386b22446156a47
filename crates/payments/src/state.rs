//! What the routes and jobs of payments reach.

use std::sync::Arc;

use axum::extract::FromRef;
use http_base::App;
use ports::gateway::Gateway;

use crate::fees::Usual;
use crate::{Contracts, Fees, Settings};

/// What the routes and jobs of payments reach. Cheap to clone.
#[derive(Clone)]
pub struct Payments {
    pub(crate) app: App,
    pub(crate) gateway: Arc<dyn Gateway>,
    pub(crate) settings: Settings,
    pub(crate) contracts: Arc<dyn Contracts>,
    pub(crate) fees: Arc<dyn Fees>,
}

impl Payments {
    /// Payments through this gateway, for these contracts.
    pub fn new(app: App, gateway: Arc<dyn Gateway>, settings: Settings, contracts: Arc<dyn Contracts>) -> Self {
        Self { app, gateway, settings, contracts, fees: Arc::new(Usual) }
    }

    /// The same, which keeps of each payment what `fees` says.
    #[must_use]
    pub fn keeping(self, fees: Arc<dyn Fees>) -> Self {
        Self { fees, ..self }
    }

    /// The gateway's name: `mock`, `stripe`.
    pub fn gateway(&self) -> &'static str {
        self.gateway.name()
    }
}

impl FromRef<Payments> for App {
    fn from_ref(payments: &Payments) -> Self {
        payments.app.clone()
    }
}
