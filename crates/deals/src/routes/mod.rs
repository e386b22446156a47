//! The routes of contracts.

mod amendments;
mod contracts;
mod deliverables;
mod link_page;
mod links;
mod papers;
mod shapes;
mod signing;
mod two;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Deals;

/// Every route of contracts.
pub fn router(deals: Deals) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(contracts::list, contracts::create))
        .routes(routes!(contracts::get, contracts::update))
        .routes(routes!(contracts::of_campaign))
        .routes(routes!(contracts::of_creator))
        .routes(routes!(signing::send))
        .routes(routes!(signing::sign))
        .routes(routes!(signing::cancel))
        .routes(routes!(signing::complete))
        .routes(routes!(links::show, links::sign))
        .routes(routes!(links::pdf))
        .routes(routes!(amendments::list, amendments::propose))
        .routes(routes!(amendments::withdraw))
        .routes(routes!(amendments::sign))
        .routes(routes!(deliverables::list))
        .routes(routes!(deliverables::update))
        .routes(routes!(papers::pdf))
        .routes(routes!(papers::document))
        .routes(routes!(papers::audit))
        .routes(routes!(papers::verify_trail))
        .with_state(deals)
}
