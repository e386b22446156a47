//! The table of `authorisation.txt`.

use std::collections::BTreeMap;

use axum::http::Method;
use http_base::Who;

const TABLE: &str = include_str!("../authorisation.txt");

/// Whom a route is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Public,
    Token,
    Webhook,
    Account,
    Shared,
    Reader,
    Business,
    Creator,
    Admin,
    Own,
    Owner,
    Fresh,
}

/// What is otherwise for an account whose address is not proved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Unproved {
    Usual,
    LetIn,
    Refused,
}

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(crate) kind: Kind,
    pub(super) unproved: Unproved,
}

impl Row {
    /// Is an account whose address is not proved refused?
    pub(super) fn wants_proof(self, method: &Method) -> bool {
        match self.unproved {
            Unproved::Usual => self.kind.wants_account() && self.kind != Kind::Reader && !method.is_safe(),
            Unproved::LetIn => false,
            Unproved::Refused => true,
        }
    }
}

impl Kind {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "public" => Self::Public,
            "token" => Self::Token,
            "webhook" => Self::Webhook,
            "account" => Self::Account,
            "shared" => Self::Shared,
            "reader" => Self::Reader,
            "business" => Self::Business,
            "creator" => Self::Creator,
            "admin" => Self::Admin,
            "self" => Self::Own,
            "owner" => Self::Owner,
            "fresh" => Self::Fresh,
            _ => return None,
        })
    }

    /// Do the extractors of a route's handler let these in?
    pub(super) fn fits(self, who: Who) -> bool {
        match self {
            Self::Public | Self::Token | Self::Webhook => matches!(who, Who::Everybody | Who::Anyone),
            Self::Reader => who == Who::Reader,
            Self::Account | Self::Shared | Self::Business => {
                matches!(who, Who::Caller | Who::Member | Who::Reader | Who::Taking)
            }
            Self::Creator => matches!(who, Who::Caller | Who::Member),
            Self::Admin => matches!(who, Who::Admin | Who::Caller | Who::Reader | Who::Member | Who::Person),
            Self::Own | Self::Owner => matches!(who, Who::Person | Who::Newcomer),
            Self::Fresh => who == Who::Fresh,
        }
    }

    /// Does an account's bearer token open it?
    pub(super) fn wants_account(self) -> bool {
        !matches!(self, Self::Public | Self::Token | Self::Webhook)
    }
}

/// The table, by `METHOD path`.
pub(crate) fn table() -> BTreeMap<String, Row> {
    let lines = TABLE.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    let rows = lines.map(|line| {
        let mut parts = line.split(" | ").map(str::trim);
        let route = parts.next().unwrap_or_else(|| panic!("no row: {line}"));
        let kind = parts.next().and_then(Kind::parse).unwrap_or_else(|| panic!("no kind: {line}"));
        let unproved = match parts.next() {
            None | Some("person") => Unproved::Usual,
            Some("unproved") => Unproved::LetIn,
            Some("proved") => Unproved::Refused,
            Some(other) => panic!("{other} in {line}"),
        };
        (route.to_owned(), Row { kind, unproved })
    });
    rows.collect()
}

/// The same route, whatever its path calls its parameters.
pub(super) fn unnamed(label: &str) -> String {
    let mut parts = label.split('{');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str("{}");
        plain.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    plain
}
