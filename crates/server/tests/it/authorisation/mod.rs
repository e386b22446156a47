//! Every route of the document, asked by everyone who should not be let in and by one who should. What is right for each stands in
//! `authorisation.txt`: whoever adds a route says there whom it is for.

mod table;
mod town;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::http::Method;
use db::Engine;
use http_base::Rate;
use kernel::UserType;
use serde_json::json;
use testkit::{Reply, engines, fresh_db};

use crate::document::{Route, routes};
use crate::world::{What, World, settings, text};
pub(crate) use table::{Kind, Row, table};
use table::{Unproved, unnamed};
use town::{MARK, forged, unproved};
pub(crate) use town::{Town, by, someone};

/// What is wrong with the answers of all routes, one line each.
#[derive(Default)]
struct Wrong(String);

impl Wrong {
    fn look(&mut self, right: bool, route: &Route, who: &str, reply: &Reply) {
        if !right || reply.status == 500 {
            let _ = writeln!(self.0, "  {} for {who}: {}", route.label(), reply.status);
        }
    }

    /// And it shows nothing of the first tenant.
    fn look_blind(&mut self, right: bool, route: &Route, who: &str, reply: &Reply) {
        let shown = reply.text().to_lowercase().contains(MARK);
        self.look(right && !shown, route, if shown { "someone who is shown too much" } else { who }, reply);
    }
}

/// Is it an empty list, or figures of nothing?
fn shows_nothing(route: &Route, reply: &Reply) -> bool {
    route.method == Method::GET && reply.status == 200
}

async fn strangers(town: &Town, route: &Route, kind: Kind, wrong: &mut Wrong) {
    let nobody = town.ask(route, None).await;
    let right = match kind {
        Kind::Public => !matches!(nobody.status, 401 | 403),
        Kind::Token | Kind::Webhook => !(200..300).contains(&nobody.status),
        _ => nobody.status == 401,
    };
    wrong.look_blind(right, route, "nobody", &nobody);
    for (what, token) in forged(&town.owner.token) {
        let reply = town.ask(route, Some(&token)).await;
        let right = match kind {
            Kind::Public => true,
            Kind::Token | Kind::Webhook => !(200..300).contains(&reply.status),
            _ => reply.status == 401,
        };
        wrong.look_blind(right, route, what, &reply);
    }
}

async fn others(town: &Town, route: &Route, kind: Kind, number: usize, wrong: &mut Wrong) {
    if !kind.wants_account() {
        // An account's token is no help where another proof is wanted.
        if kind != Kind::Public {
            let reply = town.ask(route, Some(&town.stranger.token)).await;
            wrong.look_blind(!(200..300).contains(&reply.status), route, "an account", &reply);
        }
        return;
    }
    let writes = !route.method.is_safe() && kind != Kind::Reader;
    let key = town.ask(route, Some(&town.reading_key)).await;
    let right = match kind {
        Kind::Own | Kind::Owner | Kind::Admin | Kind::Creator | Kind::Fresh => key.status == 403,
        _ if writes => key.status == 403,
        _ => !matches!(key.status, 401 | 403),
    };
    wrong.look(right, route, "a key for reading", &key);
    if kind != Kind::Own {
        let viewer = town.ask(route, Some(&town.viewer.token)).await;
        let right = match kind {
            Kind::Owner | Kind::Admin | Kind::Creator | Kind::Fresh => matches!(viewer.status, 403 | 409 | 422),
            _ if writes => viewer.status == 403,
            _ => !matches!(viewer.status, 401 | 403),
        };
        wrong.look(right, route, "a viewer", &viewer);
    }
    let names_theirs = ["{campaign_id}", "{log_id}", "{call_id}", "{outreach_id}", "{account_id}", "{workspace_id}"];
    // Some of a person's own routes end their log-ins: they are asked by people who are not asked for again.
    let passing = match kind {
        Kind::Own => Some((
            someone(&town.world, &format!("passing_{number}"), UserType::Business).await,
            someone(&town.world, &format!("passing_creator_{number}"), UserType::Creator).await,
        )),
        _ => None,
    };
    let (business, creator) = passing.as_ref().map_or((&town.stranger, &town.creator), |(one, other)| (one, other));
    let stranger = town.ask(route, Some(&business.token)).await;
    let right = match kind {
        Kind::Admin => stranger.status == 403,
        Kind::Creator | Kind::Fresh => stranger.status == 403 || (writes && matches!(stranger.status, 415 | 422)),
        Kind::Business | Kind::Owner if names_theirs.iter().any(|name| route.path.contains(name)) => {
            // A body is read before anything is looked for.
            stranger.status == 404 || (writes && matches!(stranger.status, 415 | 422))
        }
        Kind::Shared => matches!(stranger.status, 403 | 415 | 422),
        Kind::Own => stranger.status != 401,
        _ => !matches!(stranger.status, 401 | 403),
    };
    wrong.look_blind(right, route, "the owner of another tenant", &stranger);
    let creator = town.ask(route, Some(&creator.token)).await;
    let right = match kind {
        Kind::Admin => creator.status == 403,
        Kind::Business | Kind::Owner => {
            matches!(creator.status, 400 | 403 | 404 | 409 | 415 | 422) || shows_nothing(route, &creator)
        }
        Kind::Shared => matches!(creator.status, 403 | 415 | 422),
        Kind::Own => creator.status != 401,
        _ => !matches!(creator.status, 401 | 403),
    };
    wrong.look_blind(right, route, "a creator", &creator);
}

/// Someone for whom the route is: made for this one question, because some of them end log-ins.
async fn the_right_one(town: &Town, route: &Route, kind: Kind, number: usize, wrong: &mut Wrong) {
    let user_type = match kind {
        Kind::Public | Kind::Token | Kind::Webhook => return,
        Kind::Admin => UserType::Admin,
        Kind::Creator | Kind::Fresh => UserType::Creator,
        _ => UserType::Business,
    };
    let right = someone(&town.world, &format!("right_{number}"), user_type).await;
    let mut route = route.clone();
    if kind == Kind::Shared {
        // What is shared is changed by whoever added it.
        let body = json!({"name": "Bo", "platform": "youtube", "niche": "food", "followers_count": "5K"});
        let own = text(&by(&town.world, &right.token).post("/api/v1/creators", &body).await.ok(), "id");
        route.path = route.path.replace("{creator_id}", &own);
    }
    let route = &route;
    let reply = town.ask(route, Some(&right.token)).await;
    wrong.look_blind(!matches!(reply.status, 401 | 403), route, "the right one", &reply);
}

/// Accounts whose address nobody has proved: they look, and change nothing but what they may.
async fn newcomers(town: &Town, route: &Route, row: Row, number: usize, wrong: &mut Wrong) {
    if !row.kind.wants_account() {
        return;
    }
    // What ends log-ins is asked by people who are not asked for again.
    let passing = match row.unproved {
        Unproved::LetIn => Some([
            unproved(&town.world, &format!("new_brand_{number}"), UserType::Business).await,
            unproved(&town.world, &format!("new_creator_{number}"), UserType::Creator).await,
        ]),
        _ => None,
    };
    for newcomer in passing.as_ref().unwrap_or(&town.newcomers) {
        let reply = town.ask(route, Some(&newcomer.token)).await;
        let told = reply.text().contains("Verify your e-mail address first");
        let right = if row.wants_proof(&route.method) { reply.status == 403 && told } else { !told };
        wrong.look_blind(right, route, "an account whose address is not proved", &reply);
    }
}

async fn walk(engine: Engine) {
    let town = Box::pin(Town::of(engine)).await;
    assert_eq!(by(&town.world, &town.viewer.token).get("/api/v1/workspace").await.ok()["role"], "viewer");
    let table: BTreeMap<String, Row> = table().into_iter().map(|(label, row)| (unnamed(&label), row)).collect();
    let routes = routes(&town.world).await;
    let missing: Vec<String> =
        routes.iter().map(Route::label).filter(|label| !table.contains_key(&unnamed(label))).collect();
    assert!(
        missing.is_empty(),
        "these routes have no row in crates/server/tests/it/authorisation.txt; add them, with the kind of caller that each is for:\n{} | ?",
        missing.join(" | ?\n")
    );
    let there: Vec<String> = routes.iter().map(|route| unnamed(&route.label())).collect();
    let gone: Vec<&String> = table.keys().filter(|label| !there.contains(label)).collect();
    assert!(gone.is_empty(), "rows of routes that are not there: {gone:?}");
    let mut wrong = Wrong::default();
    for (number, route) in routes.iter().enumerate() {
        let row = table[&unnamed(&route.label())];
        let kind = row.kind;
        strangers(&town, route, kind, &mut wrong).await;
        others(&town, route, kind, number, &mut wrong).await;
        the_right_one(&town, route, kind, number, &mut wrong).await;
        newcomers(&town, route, row, number, &mut wrong).await;
    }
    assert!(wrong.0.is_empty(), "answered otherwise than it should be:\n{}", wrong.0);
}

/// The table and the registered policies tell the same of every route.
#[tokio::test]
async fn every_route_is_registered_as_the_table_has_it() {
    let world = World::new(fresh_db(Engine::Sqlite).await, What::Serve).await;
    let (_, _, policies) = world.server.routes(world.server.about(&settings(), None));
    let table: BTreeMap<String, Row> = table().into_iter().map(|(label, row)| (unnamed(&label), row)).collect();
    let mut wrong = String::new();
    for route in routes(&world).await {
        let (label, path) = (route.label(), route.path.as_str());
        let row = table[&unnamed(&label)];
        let kind = row.kind;
        let policy = policies.of(&route.method, path);
        // Its link opens it, or whoever's call it is: the handler tells the two apart.
        let by_link_or_account = label.ends_with("/calendar.ics") || label.ends_with("/live");
        if !kind.fits(policy.who) && !by_link_or_account {
            let _ = writeln!(wrong, "  {label} is for {kind:?} and lets in {:?}", policy.who);
        }
        if policy.who.wants_account() && row.wants_proof(&route.method) != policy.who.wants_proof(&route.method) {
            let _ = writeln!(wrong, "  {label} is otherwise open to an address that is not proved: {:?}", policy.who);
        }
        let rate = match kind {
            // A channel's, which counts for the channel.
            Kind::Webhook if policy.rate == Rate::Signed => None,
            Kind::Webhook if path != "/metrics" => Some(Rate::Webhook),
            _ if path.starts_with("/api/v1/auth/") && route.method != Method::GET => Some(Rate::LogIn),
            _ => None,
        };
        if rate.is_some_and(|rate| rate != policy.rate) {
            let _ = writeln!(wrong, "  {label} is counted as {:?}", policy.rate);
        }
    }
    assert!(wrong.is_empty(), "authorisation.txt and the registered routes differ:\n{wrong}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_knows_whom_it_lets_in_on_sqlite() {
    Box::pin(walk(Engine::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_knows_whom_it_lets_in_on_postgres() {
    if engines().await.contains(&Engine::Postgres) {
        Box::pin(walk(Engine::Postgres)).await;
    }
}
