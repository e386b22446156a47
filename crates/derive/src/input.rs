//! `derive(Input)`: the reader of a request and its schema. What may be said in its attributes stands in the crate `input`.

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Data, DeriveInput, Error, Expr, Field, Fields, Ident, LitStr, Path, Result, Token, Type, Visibility,
};

use crate::common::{doc_of, inner_of_option};

/// What is said on the struct.
#[derive(Default)]
struct OnStruct {
    change: Option<Ident>,
    name: Option<LitStr>,
    before: Option<Path>,
    check: Option<Path>,
    file: Option<LitStr>,
    file_name: Option<LitStr>,
    file_optional: bool,
    no_schema: bool,
}

impl Parse for OnStruct {
    fn parse(stream: ParseStream<'_>) -> Result<Self> {
        let mut said = Self::default();
        while !stream.is_empty() {
            let key: Ident = stream.parse()?;
            if key == "no_schema" {
                said.no_schema = true;
            } else if key == "file_optional" {
                said.file_optional = true;
            } else {
                stream.parse::<Token![=]>()?;
                match key.to_string().as_str() {
                    "change" => said.change = Some(stream.parse()?),
                    "name" => said.name = Some(stream.parse()?),
                    "before" => said.before = Some(stream.parse()?),
                    "check" => said.check = Some(stream.parse()?),
                    "file" => said.file = Some(stream.parse()?),
                    "file_name" => said.file_name = Some(stream.parse()?),
                    _ => {
                        let known = "change, name, before, check, file, file_name, file_optional or no_schema";
                        return Err(Error::new(key.span(), format!("expected {known}")));
                    }
                }
            }
            if !stream.is_empty() {
                stream.parse::<Token![,]>()?;
            }
        }
        Ok(said)
    }
}

/// What is said on a field.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word that may be said or not")]
struct OnField {
    rule: Option<Expr>,
    name: Option<LitStr>,
    aliases: Vec<LitStr>,
    default: Option<Option<Expr>>,
    example: Option<TokenStream>,
    missing: Option<LitStr>,
    not_null: bool,
    flatten: bool,
    no_change: bool,
    clears: bool,
    blank: bool,
    change: Option<Type>,
}

const KEYS: [&str; 11] =
    ["name", "alias", "default", "example", "missing", "not_null", "flatten", "no_change", "clears", "change", "blank"];

impl Parse for OnField {
    fn parse(stream: ParseStream<'_>) -> Result<Self> {
        let mut said = Self::default();
        while !stream.is_empty() {
            let key = stream.fork().call(Ident::parse_any).map(|key| key.to_string()).unwrap_or_default();
            // A rule may have the name of a key (none has today): what is called, or stands in a path, is a rule.
            let is_key = KEYS.contains(&key.as_str()) && !stream.peek2(syn::token::Paren) && !stream.peek2(Token![::]);
            if is_key {
                stream.call(Ident::parse_any)?;
                let has_value = stream.peek(Token![=]);
                if has_value {
                    stream.parse::<Token![=]>()?;
                }
                match (key.as_str(), has_value) {
                    ("name", true) => said.name = Some(stream.parse()?),
                    ("alias", true) => said.aliases.push(stream.parse()?),
                    ("default", true) => said.default = Some(Some(stream.parse()?)),
                    ("default", false) => said.default = Some(None),
                    ("example", true) => said.example = Some(json(stream)?),
                    ("missing", true) => said.missing = Some(stream.parse()?),
                    ("not_null", false) => said.not_null = true,
                    ("flatten", false) => said.flatten = true,
                    ("no_change", false) => said.no_change = true,
                    ("clears", false) => said.clears = true,
                    ("blank", false) => said.blank = true,
                    ("change", true) => said.change = Some(stream.parse()?),
                    _ => return Err(stream.error(format!("{key} is not said like this"))),
                }
            } else {
                let rule: Expr = stream.parse()?;
                if let Some(other) = said.rule.replace(rule) {
                    return Err(Error::new_spanned(other, "a field has one rule"));
                }
            }
            if !stream.is_empty() {
                stream.parse::<Token![,]>()?;
            }
        }
        Ok(said)
    }
}

/// The tokens up to the next comma, for `json!`: an object is no expression.
fn json(stream: ParseStream<'_>) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !stream.is_empty() && !stream.peek(Token![,]) {
        tokens.extend([stream.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// How a field is there.
#[derive(Clone, Copy, PartialEq)]
enum Presence {
    Required,
    Optional,
    Defaulted,
    /// Of a change: missing and null are two things.
    Change,
    /// Of a change: null is a fault.
    ChangeNotNull,
    /// Of a change: null is the default.
    ChangeToDefault,
    Flattened,
}

struct Read<'a> {
    field: &'a Field,
    ident: &'a Ident,
    /// The variable that it is read into: no rule has this name.
    variable: Ident,
    said: OnField,
    presence: Presence,
    /// The type without its `Option`s.
    bare: Type,
    doc: String,
}

impl<'a> Read<'a> {
    fn of(field: &'a Field) -> Result<Self> {
        let ident = field.ident.as_ref().ok_or_else(|| Error::new_spanned(field, "fields need names"))?;
        let said = parse_attribute::<OnField>(&field.attrs)?.unwrap_or_default();
        let outer = inner_of_option(&field.ty);
        let inner = outer.and_then(inner_of_option);
        let presence = match (outer, inner) {
            _ if said.flatten => Presence::Flattened,
            (_, Some(_)) => Presence::Change,
            (Some(_), _) if said.not_null => Presence::ChangeNotNull,
            (Some(_), _) => Presence::Optional,
            _ if said.default.is_some() => Presence::Defaulted,
            _ => Presence::Required,
        };
        if said.not_null && presence != Presence::ChangeNotNull {
            return Err(Error::new_spanned(&field.ty, "not_null belongs to an Option<T> of a change"));
        }
        if said.clears && presence != Presence::Defaulted {
            return Err(Error::new_spanned(&field.ty, "clears belongs to a field with a default"));
        }
        if said.change.is_some() && !said.flatten {
            return Err(Error::new_spanned(&field.ty, "change belongs to a flattened field"));
        }
        if said.blank && !matches!(presence, Presence::Optional | Presence::Change) {
            return Err(Error::new_spanned(&field.ty, "blank belongs to a text that may be null"));
        }
        if said.rule.is_none() && !said.flatten {
            return Err(Error::new_spanned(ident, "a field needs a rule, such as #[input(text(200))]"));
        }
        let bare = inner.or(outer).unwrap_or(&field.ty).clone();
        let variable = format_ident!("read_{}", ident.unraw());
        Ok(Self { field, ident, variable, said, presence, bare, doc: doc_of(&field.attrs) })
    }

    /// As a field of the change form.
    fn changed(mut self) -> Self {
        if let Some(change) = self.said.change.take() {
            self.bare = change;
        }
        self.presence = match self.presence {
            Presence::Defaulted if self.said.clears => Presence::ChangeToDefault,
            Presence::Required | Presence::Defaulted => Presence::ChangeNotNull,
            Presence::Optional => Presence::Change,
            other => other,
        };
        self
    }

    fn names(&self) -> Vec<String> {
        let first = self.said.name.as_ref().map_or_else(|| self.ident.unraw().to_string(), LitStr::value);
        std::iter::once(first).chain(self.said.aliases.iter().map(LitStr::value)).collect()
    }

    /// The rule with the rules of `input` in scope; `id` alone is `id()`.
    fn rule(&self) -> TokenStream {
        let rule = match &self.said.rule {
            Some(Expr::Path(path)) => quote!(#path()),
            other => quote!(#other),
        };
        quote! {{
            #[allow(unused_imports, clippy::wildcard_imports, clippy::allow_attributes, reason = "rules come from here or from around the struct")]
            use ::input::rule::*;
            #rule
        }}
    }

    fn default(&self) -> TokenStream {
        if let Some(Some(value)) = &self.said.default {
            quote!(#value)
        } else {
            quote!(::std::default::Default::default())
        }
    }

    /// Reads the field into its variable: an `Option` where it may fail the whole.
    fn reading(&self) -> TokenStream {
        let (variable, bare, names, rule) = (&self.variable, &self.bare, self.names(), self.rule());
        match self.presence {
            Presence::Flattened => quote!(let #variable = <#bare as ::input::Input>::read(fields);),
            Presence::Required => {
                let missing = self.said.missing.as_ref().map_or_else(|| "is missing".to_owned(), LitStr::value);
                quote! {
                    let #variable: ::std::option::Option<#bare> = fields.required_or(&[#(#names),*], #missing, #rule);
                }
            }
            Presence::Optional => {
                let said = self.said.blank.then(|| quote!(.filter(|text| !text.trim().is_empty())));
                quote!(let #variable: ::std::option::Option<#bare> = fields.optional_as(&[#(#names),*], #rule)#said;)
            }
            Presence::Defaulted => {
                let default = self.default();
                quote! {
                    let #variable: #bare = fields.optional_as(&[#(#names),*], #rule).unwrap_or_else(|| #default);
                }
            }
            Presence::Change => {
                let said = self.said.blank.then(|| quote!(.map(|given| given.filter(|text| !text.trim().is_empty()))));
                quote! {
                    let #variable: ::std::option::Option<::std::option::Option<#bare>> =
                        fields.change_as(&[#(#names),*], #rule)#said;
                }
            }
            Presence::ChangeNotNull => {
                quote!(let #variable: ::std::option::Option<#bare> = fields.change_required(&[#(#names),*], #rule);)
            }
            Presence::ChangeToDefault => {
                let default = self.default();
                quote! {
                    let #variable: ::std::option::Option<#bare> =
                        fields.change_as(&[#(#names),*], #rule).map(|given| given.unwrap_or_else(|| #default));
                }
            }
        }
    }

    fn taking(&self) -> TokenStream {
        let (ident, variable) = (self.ident, &self.variable);
        match self.presence {
            Presence::Flattened | Presence::Required => quote!(#ident: #variable?),
            _ => quote!(#ident: #variable),
        }
    }

    fn describing(&self) -> TokenStream {
        let bare = &self.bare;
        if self.presence == Presence::Flattened {
            return quote!(<#bare as ::input::Input>::describe(description););
        }
        let (names, doc, rule) = (self.names(), &self.doc, self.rule());
        let required = self.presence == Presence::Required;
        let nullable = !matches!(self.presence, Presence::Required | Presence::ChangeNotNull);
        let json = |value: TokenStream| quote!(::std::option::Option::Some(::input::serde_json::json!(#value)));
        let none = quote!(::std::option::Option::None);
        // What a change leaves out stays as it is.
        let default = self.said.default.as_ref().filter(|_| self.presence == Presence::Defaulted);
        let default = default.and_then(Option::as_ref).map_or_else(|| none.clone(), |value| json(quote!(#value)));
        let example = self.said.example.clone().map_or(none, json);
        quote! {
            description.field(
                ::input::describe::Property {
                    names: &[#(#names),*],
                    doc: #doc,
                    required: #required,
                    nullable: #nullable,
                    default: #default,
                    example: #example,
                },
                &::input::describe::typed::<#bare, _>(#rule),
            );
        }
    }
}

/// Writes the implementations.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let said = parse_attribute::<OnStruct>(&input.attrs)?.unwrap_or_default();
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => fields.named.iter().map(Read::of).collect::<Result<Vec<_>>>()?,
            Fields::Unit => Vec::new(),
            Fields::Unnamed(_) => return Err(Error::new_spanned(input, "an input's fields need names")),
        },
        _ => return Err(Error::new_spanned(input, "an input is a struct")),
    };
    let doc = doc_of(&input.attrs);
    let mut made = implementations(&input.ident, &fields, &said, &doc);
    if let Some(change) = &said.change {
        let fields: Vec<Read<'_>> =
            fields.into_iter().filter(|field| !field.said.no_change).map(Read::changed).collect();
        made.extend(change_form(&input.ident, change, &input.vis, &fields));
        let said = OnStruct { no_schema: said.no_schema, ..OnStruct::default() };
        let doc = format!("{doc}\n\nFields that are left out stay as they are; null clears a field that can be empty.");
        made.extend(implementations(change, &fields, &said, &doc));
    }
    Ok(made)
}

fn implementations(ident: &Ident, fields: &[Read<'_>], said: &OnStruct, doc: &str) -> TokenStream {
    let reading = fields.iter().map(Read::reading);
    let taking = fields.iter().map(Read::taking);
    let describing = fields.iter().map(Read::describing);
    let before = said.before.iter().map(|path| quote!(#path(fields);));
    let check = said.check.iter().map(|path| quote!(#path(&mut read, fields);));
    let mutable = said.check.iter().map(|_| quote!(mut));
    let part = said.file_name.as_ref().map_or_else(|| "file".to_owned(), LitStr::value);
    let required = !said.file_optional;
    let file = said.file.iter().map(|doc| quote!(description.file(&[#part], #required, #doc);));
    let mut made = quote! {
        impl ::input::Input for #ident {
            fn read(fields: &mut ::input::Fields) -> ::std::option::Option<Self> {
                let _ = &fields;
                #(#before)*
                #(#reading)*
                let #(#mutable)* read = Self { #(#taking),* };
                #(#check)*
                ::std::option::Option::Some(read)
            }

            fn describe(description: &mut ::input::Description) {
                let _ = &description;
                #(#describing)*
                #(#file)*
            }
        }
    };
    if !said.no_schema {
        let name = said.name.as_ref().map_or_else(|| ident.to_string(), LitStr::value);
        made.extend(quote! {
            impl ::input::utoipa::PartialSchema for #ident {
                fn schema() -> ::input::utoipa::openapi::RefOr<::input::utoipa::openapi::Schema> {
                    ::input::describe::finished(::input::Description::of::<Self>().object(#doc))
                }
            }

            impl ::input::utoipa::ToSchema for #ident {
                fn name() -> ::std::borrow::Cow<'static, str> {
                    ::std::borrow::Cow::Borrowed(#name)
                }

                fn schemas(schemas: &mut ::input::describe::Schemas) {
                    ::input::Description::of::<Self>().hand_over(schemas);
                }
            }

            impl ::input::utoipa::IntoParams for #ident {
                fn into_params(
                    place: impl ::std::ops::Fn() -> ::std::option::Option<::input::utoipa::openapi::path::ParameterIn>,
                ) -> ::std::vec::Vec<::input::utoipa::openapi::path::Parameter> {
                    let place = place().unwrap_or(::input::utoipa::openapi::path::ParameterIn::Query);
                    ::input::Description::of::<Self>().parameters(&place)
                }
            }
        });
    }
    made
}

fn change_form(of: &Ident, ident: &Ident, vis: &Visibility, fields: &[Read<'_>]) -> TokenStream {
    let declared = fields.iter().map(|read| {
        let (ident, bare, vis) = (read.ident, &read.bare, &read.field.vis);
        let docs = read.field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
        let ty = match read.presence {
            Presence::Change => quote!(::std::option::Option<::std::option::Option<#bare>>),
            Presence::ChangeNotNull | Presence::ChangeToDefault => quote!(::std::option::Option<#bare>),
            _ => quote!(#bare),
        };
        quote!(#(#docs)* #vis #ident: #ty)
    });
    let doc = format!("A change of a [`{of}`]: `None` leaves a field as it is, `Some(None)` clears it.");
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, Default)]
        #vis struct #ident { #(#declared),* }
    }
}

fn parse_attribute<T: Parse>(attributes: &[Attribute]) -> Result<Option<T>> {
    let mut said = attributes.iter().filter(|attribute| attribute.path().is_ident("input"));
    let parsed = said.next().map(Attribute::parse_args::<T>).transpose()?;
    match said.next() {
        Some(other) => Err(Error::new_spanned(other, "say it in one #[input(…)]")),
        None => Ok(parsed),
    }
}
