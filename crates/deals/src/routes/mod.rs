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

use http_base::Routes;
use http_base::routes;

use crate::Deals;

/// Every route of contracts.
pub fn router(deals: Deals) -> Routes {
    Routes::new()
        .add(routes!(contracts::list, contracts::create))
        .add(routes!(contracts::get, contracts::update))
        .add(routes!(contracts::of_campaign))
        .add(routes!(contracts::of_creator))
        .add(routes!(signing::send))
        .add(routes!(signing::sign))
        .add(routes!(signing::cancel))
        .add(routes!(signing::complete))
        .add(routes!(links::show))
        .add(routes!(links::sign).bytes(links::FORM_BYTES))
        .add(routes!(links::pdf))
        .add(routes!(amendments::list, amendments::propose))
        .add(routes!(amendments::withdraw))
        .add(routes!(amendments::sign))
        .add(routes!(deliverables::list))
        .add(routes!(deliverables::update))
        .add(routes!(papers::pdf))
        .add(routes!(papers::document))
        .add(routes!(papers::audit))
        .add(routes!(papers::verify_trail))
        .with_state(deals)
}
