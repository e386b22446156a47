//! What the routes and jobs of collaborations reach.

use std::sync::Arc;

use axum::extract::FromRef;
use deals::Deals;
use http_base::App;
use payments::Payments;
use ports::files::Files;

use crate::{Checker, Settings};

/// Collaborations: the application, contracts and payments, who judges content, and where files are kept. Cheap to clone.
#[derive(Clone)]
pub struct Collaborations(Arc<Inner>);

struct Inner {
    app: App,
    deals: Deals,
    payments: Payments,
    checker: Arc<dyn Checker>,
    files: Arc<dyn Files>,
    settings: Settings,
}

impl Collaborations {
    /// Puts it together.
    pub fn new(
        deals: Deals,
        payments: Payments,
        checker: Arc<dyn Checker>,
        files: Arc<dyn Files>,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner { app: deals.app().clone(), deals, payments, checker, files, settings }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Contracts.
    pub fn deals(&self) -> &Deals {
        &self.0.deals
    }

    /// Payments.
    pub(crate) fn payments(&self) -> &Payments {
        &self.0.payments
    }

    /// Who judges content.
    pub(crate) fn checker(&self) -> &dyn Checker {
        &*self.0.checker
    }

    /// Where files are kept.
    pub(crate) fn files(&self) -> &dyn Files {
        &*self.0.files
    }

    /// How collaborations go on by themselves.
    pub fn settings(&self) -> Settings {
        self.0.settings
    }
}

impl FromRef<Collaborations> for App {
    fn from_ref(of: &Collaborations) -> Self {
        of.app().clone()
    }
}
