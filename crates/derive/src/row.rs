//! `derive(Row)`: a row, how it is read, and (where the struct names its table) how it is written.
//!
//! On the struct: `#[row(table = "campaigns", key(id), fixed(workspace_id, created_at), compare(revision))]`. By its key a row is
//! found; what is fixed is written once and never saved again; what is compared is never saved either, and has to stand in the
//! table as it stands in the row. On a field, which has the name of its column, `#[row(also = "brand_key", by = fold)]` writes
//! `fold(&self.brand_name)` into another column, and `from = Campaign::brand_key` in place of `by` what the whole row makes of it,
//! `Campaign::brand_key(self)`; `#[row(of = currency)]` on one that is `Money` says which field has its currency.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DeriveInput, Error, Expr, Field, Fields, Ident, LitStr, Result, Token};

/// What a column is to a save.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Saved,
    Key,
    Fixed,
    Compare,
}

/// A column, and the expression of what is written into it.
struct Column {
    name: String,
    part: Part,
    value: TokenStream,
}

/// What is said on the struct.
#[derive(Default)]
struct OnStruct {
    table: Option<LitStr>,
    parts: Vec<(Ident, Part)>,
}

impl OnStruct {
    fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut said = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("row")) {
            attribute.parse_nested_meta(|meta| {
                let part = if meta.path.is_ident("table") {
                    said.table = Some(meta.value()?.parse()?);
                    return Ok(());
                } else if meta.path.is_ident("key") {
                    Part::Key
                } else if meta.path.is_ident("fixed") {
                    Part::Fixed
                } else if meta.path.is_ident("compare") {
                    Part::Compare
                } else {
                    return Err(meta.error("expected table, key, fixed or compare"));
                };
                let names;
                syn::parenthesized!(names in meta.input);
                let names = names.parse_terminated(Ident::parse_any, Token![,])?;
                said.parts.extend(names.into_iter().map(|name| (name, part)));
                Ok(())
            })?;
        }
        Ok(said)
    }

    fn part(&self, field: &Ident) -> Part {
        self.parts.iter().find(|(name, _)| name == field).map_or(Part::Saved, |(_, part)| *part)
    }
}

/// A field, and the field that has its currency.
type Reads<'f> = (&'f Ident, Option<Ident>);

impl Column {
    /// A field with that of its currency, its column, and what is written beside it.
    fn of<'f>(field: &'f Field, said: &OnStruct) -> Result<(Reads<'f>, Vec<Self>)> {
        let ident = field.ident.as_ref().ok_or_else(|| Error::new_spanned(field, "fields need names"))?;
        let (mut also, mut by, mut from, mut of) = (None::<LitStr>, None::<Expr>, None::<Expr>, None::<Ident>);
        for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("row")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("also") {
                    also = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("by") {
                    by = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("from") {
                    from = Some(meta.value()?.parse()?);
                } else if meta.path.is_ident("of") {
                    of = Some(meta.value()?.parse()?);
                } else {
                    return Err(meta.error("expected also with by or from, or of"));
                }
                Ok(())
            })?;
        }
        let (name, part) = (ident.unraw().to_string(), said.part(ident));
        let mut columns = vec![Self { name, part, value: quote!(::db::ToColumn::to_value(&self.#ident)) }];
        let made = match (by, from) {
            (Some(by), None) => Some(quote!(#by(&self.#ident))),
            (None, Some(from)) => Some(quote!(#from(self))),
            (None, None) => None,
            (Some(_), Some(_)) => return Err(Error::new_spanned(field, "either by or from")),
        };
        match (also, made) {
            (Some(also), Some(made)) => {
                columns.push(Self { name: also.value(), part, value: quote!(::db::ToColumn::into_value(#made)) });
            }
            (None, None) => {}
            _ => return Err(Error::new_spanned(field, "also goes together with by or from")),
        }
        Ok(((ident, of), columns))
    }
}

pub(crate) fn derive(item: TokenStream) -> Result<TokenStream> {
    let item: DeriveInput = syn::parse2(item)?;
    let Data::Struct(data) = &item.data else {
        return Err(Error::new_spanned(&item.ident, "only a struct is a row"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new_spanned(&item.ident, "a row has fields with the names of its columns"));
    };
    let said = OnStruct::of(&item.attrs)?;
    let columns = fields.named.iter().map(|field| Column::of(field, &said));
    let (read, columns): (Vec<_>, Vec<_>) = columns.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    let (idents, currencies): (Vec<_>, Vec<_>) = read.into_iter().unzip();
    if let Some((name, _)) = said.parts.iter().find(|(name, _)| !idents.contains(&name)) {
        return Err(Error::new(name.span(), "the row has no such field"));
    }
    let (ident, vis, width) = (&item.ident, &item.vis, idents.len());
    let names: Vec<_> = idents.iter().map(|ident| ident.unraw().to_string()).collect();
    let list = names.join(", ");
    let read = idents.iter().zip(currencies).enumerate().map(|(place, (ident, of))| {
        let Some(of) = of else { return Ok(quote!(#ident: row.get(at + #place)?)) };
        let currency = idents.iter().position(|ident| **ident == of);
        let currency = currency.ok_or_else(|| Error::new(of.span(), "the row has no such field"))?;
        Ok(quote!(#ident: ::db::kernel::Money::new(row.get(at + #place)?, row.get(at + #currency)?)))
    });
    let read = read.collect::<Result<Vec<_>>>()?;
    let stored = match said.table {
        Some(table) => stored(ident, &table.value(), &columns.into_iter().flatten().collect::<Vec<_>>()),
        None => TokenStream::new(),
    };
    Ok(quote! {
        #[allow(dead_code, clippy::allow_attributes, reason = "not every row needs both")]
        impl #ident {
            /// Its columns, in the order in which they are read.
            #vis const COLUMNS: &'static str = #list;

            /// Its columns, each after `table.`.
            #vis fn columns(table: &str) -> ::std::string::String {
                ::db::columns_of(table, &[#(#names),*])
            }
        }

        impl ::db::FromRow for #ident {
            const WIDTH: usize = #width;
            fn from_row_at(row: &::db::Row<'_>, at: usize) -> ::db::kernel::Result<Self> {
                ::std::result::Result::Ok(Self { #(#read),* })
            }
        }

        #stored
    })
}

/// How it is inserted; and how it is saved, if something says which row that is.
fn stored(ident: &Ident, table: &str, columns: &[Column]) -> TokenStream {
    let of = |part: Part| columns.iter().filter(move |column| column.part == part);
    let all: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    let into = format!("INSERT INTO {table} ({})", all.join(", "));
    let numbers: Vec<_> = (1..=all.len()).map(|number| format!("${number}")).collect();
    let insert = format!("{into} VALUES ({})", numbers.join(","));
    let values = columns.iter().map(|column| &column.value);
    let inserted = quote! {
        impl ::db::Stored for #ident {
            const TABLE: &'static str = #table;
            const COLUMNS: &'static str = Self::COLUMNS;
            const INTO: &'static str = #into;
            const INSERT: &'static str = #insert;
            fn values(&self) -> ::std::vec::Vec<::db::Value> {
                ::std::vec![#(#values),*]
            }
        }
    };
    if of(Part::Key).next().is_none() || of(Part::Saved).next().is_none() {
        return inserted;
    }
    let mut number = 0;
    let mut equals = |part: Part, between: &str| {
        let equal: Vec<_> = of(part)
            .map(|column| {
                number += 1;
                format!("{} = ${number}", column.name)
            })
            .collect();
        equal.join(between)
    };
    let mut save = format!("UPDATE {table} SET {} WHERE {}", equals(Part::Saved, ", "), equals(Part::Key, " AND "));
    if of(Part::Compare).next().is_some() {
        save.push_str(" AND ");
        save.push_str(&equals(Part::Compare, " AND "));
    }
    let keys: Vec<_> = of(Part::Key).map(|column| column.name.as_str()).collect();
    let over: Vec<_> = of(Part::Saved).map(|column| format!("{0} = excluded.{0}", column.name)).collect();
    let overwrite = format!("ON CONFLICT ({}) DO UPDATE SET {}", keys.join(", "), over.join(", "));
    let saved = of(Part::Saved).chain(of(Part::Key)).chain(of(Part::Compare)).map(|column| &column.value);
    quote! {
        #inserted

        impl ::db::Saved for #ident {
            const SAVE: &'static str = #save;
            const OVERWRITE: &'static str = #overwrite;
            fn saved(&self) -> ::std::vec::Vec<::db::Value> {
                ::std::vec![#(#saved),*]
            }
        }
    }
}
