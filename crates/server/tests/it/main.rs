//! The server through its routes, as its clients see it: one story each, run on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

/// Makes each story two tests, one per engine. The world is named with what is in it: `Demo` (sample data, no token wanted),
/// `Empty` (the same without any data) or `Serve` (a token wanted).
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident: $what:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "not every story needs its surroundings")]
            use super::*;

            async fn story($world: $crate::world::World) $body

            $(#[$meta])*
            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let fresh = ::testkit::fresh_db(::db::Engine::Sqlite).await;
                story($crate::world::World::new(fresh, $crate::world::What::$what).await).await;
            }

            $(#[$meta])*
            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if ::testkit::engines().await.contains(&::db::Engine::Postgres) {
                    let fresh = ::testkit::fresh_db(::db::Engine::Postgres).await;
                    story($crate::world::World::new(fresh, $crate::world::What::$what).await).await;
                }
            }
        }
    )*};
}

mod answers;
mod any_body;
mod authorisation;
mod bad_input;
mod caches;
mod callers;
mod campaigns;
mod command_line;
mod creators;
mod document;
mod faults;
mod imports;
mod journey;
mod lists;
mod many;
mod openapi;
mod program;
mod round_trip;
mod search;
mod similarity;
mod six_steps;
mod world;
