//! `derive(Words)`: an enum that stands in a column and on the wire.
//!
//! On the enum: `#[words(name = "ContractStatus")]` names its schema, `no_column` makes it nothing of the database's, and
//! `no_display` leaves `Display` to it. On a value: `#[word("in-progress")]` where the word is not the name in snake case, and
//! `#[word("twitter", also = "x")]` for what is read as well and never written.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Data, DeriveInput, Error, Expr, ExprLit, Ident, Lit, LitStr, Meta, Result, Token, Variant};

/// What is said on the enum.
#[derive(Default)]
struct OnEnum {
    name: Option<LitStr>,
    no_column: bool,
    no_display: bool,
}

/// One value, its word, and what else it is read from.
struct Word<'a> {
    ident: &'a Ident,
    word: LitStr,
    also: Vec<LitStr>,
}

pub(crate) fn derive(item: TokenStream) -> Result<TokenStream> {
    let item: DeriveInput = syn::parse2(item)?;
    let Data::Enum(data) = &item.data else {
        return Err(Error::new_spanned(&item.ident, "only an enum has words"));
    };
    let said = on_enum(&item.attrs)?;
    let words = data.variants.iter().map(Word::of).collect::<Result<Vec<_>>>()?;
    let (ident, vis) = (&item.ident, &item.vis);
    let idents: Vec<_> = words.iter().map(|word| word.ident).collect();
    let texts: Vec<_> = words.iter().map(|word| &word.word).collect();
    let (also, means): (Vec<_>, Vec<_>) =
        words.iter().flat_map(|word| word.also.iter().map(|also| (also, word.ident))).unzip();
    let count = words.len();
    let doc = doc(&item.attrs);
    let name = said.name.unwrap_or_else(|| LitStr::new(&ident.to_string(), ident.span()));
    let display = (!said.no_display).then(|| {
        quote! {
            impl ::std::fmt::Display for #ident {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    f.pad(self.word())
                }
            }
        }
    });
    let column = (!said.no_column).then(|| {
        quote! {
            impl ::db::FromColumn for #ident {
                fn from_cell(cell: ::db::Cell<'_>) -> ::std::result::Result<Self, ::std::string::String> {
                    ::db::word_of(cell, #name)
                }
            }

            impl ::db::ToColumn for #ident {
                fn to_value(&self) -> ::db::Value {
                    ::db::ToColumn::to_value(self.word())
                }
                fn null() -> ::db::Value {
                    ::db::Value::Text(::std::option::Option::None)
                }
            }
        }
    });
    Ok(quote! {
        #[allow(dead_code, clippy::allow_attributes, reason = "not every enum needs all of it")]
        impl #ident {
            /// Every value, as declared.
            #vis const ALL: [Self; #count] = [#(Self::#idents),*];
            /// Every word, in the same order.
            #vis const WORDS: &'static [&'static str] = &[#(#texts),*];

            /// How it is written.
            #vis const fn word(self) -> &'static str {
                match self { #(Self::#idents => #texts,)* }
            }

            /// Which value a text means, whatever its case and whatever joins its words.
            #vis fn parse(text: &str) -> ::std::option::Option<Self> {
                <Self as ::kernel::Words>::parse(text)
            }
        }

        impl ::kernel::Words for #ident {
            const ALL: &'static [Self] = &Self::ALL;
            const WORDS: &'static [&'static str] = Self::WORDS;
            const ALSO: &'static [(&'static str, Self)] = &[#((#also, Self::#means)),*];

            fn word(self) -> &'static str {
                Self::word(self)
            }
        }

        impl ::kernel::words::made::serde::Serialize for #ident {
            fn serialize<S: ::kernel::words::made::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> ::kernel::words::made::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::kernel::words::made::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                ::kernel::words::made::read(deserializer)
            }
        }

        impl ::kernel::words::made::utoipa::PartialSchema for #ident {
            fn schema() -> ::kernel::words::made::utoipa::openapi::RefOr<::kernel::words::made::utoipa::openapi::Schema> {
                ::kernel::words::made::schema(Self::WORDS, #doc)
            }
        }

        impl ::kernel::words::made::utoipa::ToSchema for #ident {
            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(#name)
            }
        }

        #display
        #column
    })
}

impl<'a> Word<'a> {
    fn of(variant: &'a Variant) -> Result<Self> {
        if !variant.fields.is_empty() {
            return Err(Error::new_spanned(variant, "a word has no fields"));
        }
        let (mut word, mut also) = (None, Vec::new());
        for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("word")) {
            attribute.parse_args_with(|stream: syn::parse::ParseStream<'_>| {
                while !stream.is_empty() {
                    if stream.peek(LitStr) {
                        word = Some(stream.parse()?);
                    } else {
                        let key: Ident = stream.parse()?;
                        if key != "also" {
                            return Err(Error::new(key.span(), "expected the word, or also"));
                        }
                        stream.parse::<Token![=]>()?;
                        also.push(stream.parse()?);
                    }
                    if !stream.is_empty() {
                        stream.parse::<Token![,]>()?;
                    }
                }
                Ok(())
            })?;
        }
        let ident = &variant.ident;
        let word = word.unwrap_or_else(|| LitStr::new(&snake(&ident.to_string()), ident.span()));
        Ok(Self { ident, word, also })
    }
}

fn on_enum(attributes: &[Attribute]) -> Result<OnEnum> {
    let mut said = OnEnum::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("words")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("name") {
                said.name = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("no_column") {
                said.no_column = true;
            } else if meta.path.is_ident("no_display") {
                said.no_display = true;
            } else {
                return Err(meta.error("expected name, no_column or no_display"));
            }
            Ok(())
        })?;
    }
    Ok(said)
}

/// `InProgress` as `in_progress`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}

/// The doc comment as one text.
fn doc(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(said) if said.path.is_ident("doc") => match &said.value {
            Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}
