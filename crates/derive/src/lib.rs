//! Our own derives: what is said once of a struct or an enum, and follows from it everywhere.
//!
//! Each macro has a module of its own, and the crate that it writes code for documents what it is for.

mod common;
mod event;
mod input;
mod row;
mod story;
mod words;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// The reader of a request and its OpenAPI schema, from one struct; see the crate `input`.
#[proc_macro_derive(Input, attributes(input))]
pub fn input(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    input::derive(&item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// What happens in a slice, as a type; see the crate `events`.
#[proc_macro_attribute]
pub fn event(said: TokenStream, item: TokenStream) -> TokenStream {
    let said = parse_macro_input!(said as event::Said);
    let item = parse_macro_input!(item as syn::ItemStruct);
    event::expand(&said, &item).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes one test story two tests, one per engine: `story::sqlite` and `story::postgres`. Where no PostgreSQL can be had, the second says
/// so and passes, unless `CI` or `INFLUENCERFLOW_REQUIRE_PG` is set.
///
/// The story takes what it happens in, whose type has a function `on(engine, …) -> Option<Self>`; arguments of the attribute come after
/// the engine.
///
/// ```text
/// #[both_engines]
/// async fn names_are_unique(fresh: FreshDb) { … }
///
/// #[both_engines(Demo)]
/// async fn the_demo_has_creators(world: World) { … }
/// ```
#[proc_macro_attribute]
pub fn both_engines(arguments: TokenStream, story: TokenStream) -> TokenStream {
    story::both_engines(arguments.into(), story.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// A row of a table, or of an answer: see `db::FromRow`, `db::Stored` and `db::Saved`.
#[proc_macro_derive(Row, attributes(row))]
pub fn row(item: TokenStream) -> TokenStream {
    row::derive(item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// A fieldless enum whose values are words: see `kernel::Words`.
#[proc_macro_derive(Words, attributes(words, word))]
pub fn words(item: TokenStream) -> TokenStream {
    words::derive(item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}
