//! Our own derives: what is said once of a struct or an enum, and follows from it everywhere.
//!
//! Each macro has a module of its own, and the crate that it writes code for documents what it is for.

mod common;
mod input;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// The reader of a request and its OpenAPI schema, from one struct; see the crate `input`.
#[proc_macro_derive(Input, attributes(input))]
pub fn input(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as DeriveInput);
    input::derive(&item).unwrap_or_else(syn::Error::into_compile_error).into()
}
