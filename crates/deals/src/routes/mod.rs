//! The routes of contracts.

mod amendments;
mod contracts;
mod deliverables;
mod link_page;
mod links;
mod papers;
mod shapes;
mod signing;

use http_base::Routes;
use http_base::routes;

use crate::Deals;

/// Every route of contracts.
pub fn router(deals: Deals) -> Routes {
    Routes::new()
        .with(routes!(contracts::list, contracts::create))
        .with(routes!(contracts::get, contracts::update))
        .with(routes!(contracts::of_campaign))
        .with(routes!(contracts::of_creator))
        .with(routes!(signing::send))
        .with(routes!(signing::sign))
        .with(routes!(signing::cancel))
        .with(routes!(signing::complete))
        .with(routes!(links::show))
        .with(routes!(links::sign).bytes(links::FORM_BYTES))
        .with(routes!(links::pdf))
        .with(routes!(amendments::list, amendments::propose))
        .with(routes!(amendments::withdraw))
        .with(routes!(amendments::sign))
        .with(routes!(deliverables::list))
        .with(routes!(deliverables::update))
        .with(routes!(papers::pdf))
        .with(routes!(papers::document))
        .with(routes!(papers::audit))
        .with(routes!(papers::verify_trail))
        .with_state(deals)
}
