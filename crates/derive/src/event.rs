//! `#[event]`: what happens in a slice, as a type. Documented in the crate `events`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, ExprLit, Fields, Ident, ItemStruct, Lit, LitStr, Meta, Result, Token};

/// `"contract.signed", subject = contract_id`, each of which may be missing.
pub(crate) struct Said {
    name: Option<LitStr>,
    subject: Option<Ident>,
    of: Option<Ident>,
}

impl Parse for Said {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name = if input.peek(LitStr) { Some(input.parse()?) } else { None };
        let mut said = Self { name, subject: None, of: None };
        while !input.is_empty() {
            if said.name.is_some() || said.subject.is_some() || said.of.is_some() {
                input.parse::<Token![,]>()?;
            }
            let word: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            match word.to_string().as_str() {
                "subject" => said.subject = Some(input.parse()?),
                "of" => said.of = Some(input.parse()?),
                _ => return Err(Error::new(word.span(), "expected `subject = field` or `of = field`")),
            }
        }
        Ok(said)
    }
}

/// The struct, what every payload derives, and what it says of itself.
pub(crate) fn expand(said: &Said, item: &ItemStruct) -> Result<TokenStream> {
    let (facts, event) = (facts(said, item)?, event(said, item)?);
    Ok(quote! {
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize, ::utoipa::ToSchema)]
        #item
        #facts
        #event
    })
}

fn facts(said: &Said, item: &ItemStruct) -> Result<TokenStream> {
    let name = &item.ident;
    if let Some(subject) = &said.subject {
        let field = subject.to_string();
        return Ok(quote! {
            impl ::events::Facts for #name {
                const SUBJECT: &'static str = #field;
                fn subject(&self) -> ::events::Uuid {
                    self.#subject.uuid()
                }
                fn workspace(&self) -> ::core::option::Option<::events::WorkspaceId> {
                    ::core::convert::From::from(self.workspace_id)
                }
            }
        });
    }
    let (field, inner) = match (&said.of, &item.fields) {
        (Some(of), Fields::Named(fields)) => {
            let field = fields.named.iter().find(|field| field.ident.as_ref() == Some(of));
            let field = field.ok_or_else(|| Error::new(of.span(), "there is no such field"))?;
            (quote!(#of), &field.ty)
        }
        (None, Fields::Unnamed(fields)) if fields.unnamed.len() == 1 => (quote!(0), &fields.unnamed[0].ty),
        _ => {
            let message = "say `subject = field`, or `of = field` for a field that knows the subject";
            return Err(Error::new_spanned(name, message));
        }
    };
    Ok(quote! {
        impl ::events::Facts for #name {
            const SUBJECT: &'static str = <#inner as ::events::Facts>::SUBJECT;
            fn subject(&self) -> ::events::Uuid {
                ::events::Facts::subject(&self.#field)
            }
            fn workspace(&self) -> ::core::option::Option<::events::WorkspaceId> {
                ::events::Facts::workspace(&self.#field)
            }
        }
    })
}

fn event(said: &Said, item: &ItemStruct) -> Result<TokenStream> {
    let Some(kind) = &said.name else { return Ok(TokenStream::new()) };
    let (name, about) = (&item.ident, about(item));
    if about.is_empty() {
        return Err(Error::new_spanned(name, "say what happened in a comment (///): whoever subscribes reads it"));
    }
    Ok(quote! {
        impl ::events::Event for #name {
            const NAME: &'static str = #kind;
            const ABOUT: &'static str = #about;
        }
    })
}

/// The comment's text.
fn about(item: &ItemStruct) -> String {
    let lines = item.attrs.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => match &doc.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}
