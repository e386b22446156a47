//! `#[both_engines]`: one story, a test on SQLite and a test on PostgreSQL.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Expr, FnArg, ItemFn, Result, Token, parse::Parser, spanned::Spanned};

/// Only these say something of the story itself; every other attribute (`ignore`) is for the tests.
const OF_THE_STORY: [&str; 5] = ["doc", "cfg", "allow", "expect", "warn"];

pub(crate) fn both_engines(arguments: TokenStream, story: TokenStream) -> Result<TokenStream> {
    let arguments = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(arguments)?;
    let story: ItemFn = syn::parse2(story)?;
    let world = world(&story)?;
    let ItemFn { attrs, sig, block, .. } = &story;
    let (own, of_tests): (Vec<&Attribute>, Vec<&Attribute>) =
        attrs.iter().partition(|attribute| OF_THE_STORY.iter().any(|name| attribute.path().is_ident(name)));
    let name = &sig.ident;
    let inputs = &sig.inputs;
    let tests = [("sqlite", "Sqlite"), ("postgres", "Postgres")].map(|(test, engine)| {
        let (test, engine) = (Ident::new(test, name.span()), Ident::new(engine, Span::call_site()));
        quote! {
            #(#of_tests)*
            #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn #test() {
                if let Some(world) = <#world>::on(::db::Engine::#engine, #arguments).await {
                    story(world).await;
                }
            }
        }
    });
    Ok(quote! {
        #(#own)*
        mod #name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "not every story needs its surroundings")]
            use super::*;

            async fn story(#inputs) #block

            #(#tests)*
        }
    })
}

/// The type of what the story happens in.
fn world(story: &ItemFn) -> Result<&syn::Type> {
    let sig = &story.sig;
    if sig.asyncness.is_none() || !matches!(sig.output, syn::ReturnType::Default) || !sig.generics.params.is_empty() {
        return Err(Error::new(sig.span(), "a story is `async fn name(world: World)`, which answers nothing"));
    }
    match sig.inputs.first() {
        Some(FnArg::Typed(argument)) if sig.inputs.len() == 1 => Ok(&argument.ty),
        _ => Err(Error::new(
            sig.inputs.span(),
            "a story takes one argument: what it happens in, such as `fresh: FreshDb`",
        )),
    }
}
