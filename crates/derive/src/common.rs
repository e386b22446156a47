//! What several derives ask of a type or its attributes.

use syn::{Attribute, Expr, ExprLit, GenericArgument, Lit, Meta, PathArguments, Type};

/// The doc comment: lines joined, paragraphs apart.
pub(crate) fn doc_of(attributes: &[Attribute]) -> String {
    let mut doc = String::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let Meta::NameValue(said) = &attribute.meta else { continue };
        let Expr::Lit(ExprLit { lit: Lit::Str(line), .. }) = &said.value else { continue };
        let line = line.value();
        let line = line.trim();
        match (line.is_empty(), doc.is_empty() || doc.ends_with('\n')) {
            (true, true) => {}
            (true, false) => doc.push_str("\n\n"),
            (false, true) => doc.push_str(line),
            (false, false) => {
                doc.push(' ');
                doc.push_str(line);
            }
        }
    }
    doc.trim_end().to_owned()
}

/// `T` of an `Option<T>`.
pub(crate) fn inner_of_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}
