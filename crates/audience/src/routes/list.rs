//! Who is in an audience.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Member as Asking, Named, Pages, Params, Routes, routes};
use input::Input;
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{UserBody, UserDetails, details, told};
use crate::model::{Channel, words_of};
use crate::store::listing::{self, Sort, Wanted};
use crate::{Audience, model};

pub(super) fn router() -> Routes<Audience> {
    Routes::new().with(routes!(list)).with(routes!(show))
}

/// Whether somebody is active.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "UserActivity", no_column)]
enum Activity {
    /// They did something within the last 30 days, or were added then.
    Active,
    /// They did not.
    Inactive,
}

/// Which members are wanted.
#[derive(Input)]
pub(super) struct UserQuery {
    /// Those who came from this channel.
    #[input(word_of_query())]
    channel: Option<Channel>,
    /// Those who did something within the last 30 days (or were added then), or those who did not.
    #[input(word_of_query())]
    status: Option<Activity>,
    /// Those with this tag, whatever its case.
    #[input(model::tag())]
    tag: Option<String>,
    /// Words of a name, an external id or an e-mail address, or their beginnings; case and accents do not matter.
    #[input(any_text(200))]
    search: Option<String>,
    /// What they are ordered by.
    #[input(word_of_query(), default = Sort::CreatedAt)]
    sort: Sort,
    /// The smallest or the largest first.
    #[input(one_of(&["asc", "desc"]), default = "desc")]
    order: &'static str,
    #[input(flatten)]
    pages: Pages,
}

impl UserQuery {
    fn wanted(&self) -> Wanted {
        let search = self.search.as_deref().filter(|text| !text.trim().is_empty());
        Wanted {
            channel: self.channel,
            is_active: self.status.map(|status| status == Activity::Active),
            tag: self.tag.as_deref().map(mind::text::fold),
            words: search.map(words_of),
            sort: self.sort,
            ascending: self.order == "asc",
        }
    }
}

/// Where a page stands in the list of members.
#[derive(Serialize, ToSchema)]
struct UserPagination {
    /// Which page, from 1.
    page: u32,
    /// How many a page has at most.
    limit: u32,
    /// How many there are in all. A search that finds very many tells the first of them only: then `more` is true.
    total: u64,
    /// How many pages of this size there are.
    pages: u64,
    /// May there be more than `total`? Only where a search finds very many: search for more words to see them.
    more: bool,
}

/// A page of members.
#[derive(Serialize, ToSchema)]
struct UserList {
    /// The members of this page.
    users: Vec<UserBody>,
    /// Where it stands.
    pagination: UserPagination,
}

/// List users
///
/// The members of one's audience. Every filter may be combined with every order. Nulls of `engagement_score` stand below all scores; who never did anything
/// stands, by `last_active_at`, where they were added.
#[utoipa::path(get, path = "/api/v1/users", tag = "Audience", params(UserQuery), responses(
    (status = 200, description = "A page of members", body = UserList)))]
async fn list(
    State(audience): State<Audience>,
    asking: Asking,
    Params(query): Params<UserQuery>,
) -> Answer<Json<UserList>> {
    let mut tx = audience.app().db().snapshot().await?;
    let (limit, offset) = (query.pages.limit, query.pages.offset());
    let found = listing::page(asking.hub(), &mut tx, &query.wanted(), limit, offset).await?;
    let users = told(&audience, &mut tx, found.members).await?;
    let pagination = UserPagination {
        page: query.pages.page,
        limit,
        total: found.total,
        pages: found.total.div_ceil(u64::from(limit)),
        more: found.more,
    };
    Ok(Json(UserList { users, pagination }))
}

/// Get a user
///
/// A member of one's audience, with enrolments, what happened last, and badges.
#[utoipa::path(get, path = "/api/v1/users/{user_id}", tag = "Audience",
    params(("user_id" = crate::MemberId, Path, description = "The member's id")),
    responses((status = 200, description = "The member", body = UserDetails)))]
async fn show(State(audience): State<Audience>, asking: Asking, name: Named) -> Answer<Json<UserDetails>> {
    let mut tx = audience.app().db().snapshot().await?;
    let member = super::find(&mut tx, asking.hub(), &name.0).await?;
    Ok(Json(details(&audience, &mut tx, member).await?))
}
