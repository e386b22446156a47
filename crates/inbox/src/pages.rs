//! Lists as document D pages them: `page` and `limit` in, and the same with the total out.

use input::Input;
use kernel::{Error, Fault, Result};
use serde::Serialize;
use utoipa::ToSchema;

/// Which page of a list is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Input)]
pub(crate) struct Paging {
    /// Which page, from 1.
    #[input(whole(1, 1_000_000).map(|page| page as u32), default = 1)]
    pub(crate) page: u32,
    /// How many at most.
    #[input(whole(1, 100).map(|limit| limit as u32), default = 20)]
    pub(crate) limit: u32,
}

/// Where a page stands in its list.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[schema(as = InboxPage)]
pub(crate) struct PageBody {
    /// How many there are in all.
    total: u64,
    /// Which page this is, from 1.
    page: u32,
    /// How many a page has at most.
    limit: u32,
}

impl Paging {
    /// How many rows stand before the page.
    pub(crate) fn offset(self) -> u32 {
        (self.page - 1).saturating_mul(self.limit)
    }

    /// This page of a list of `total`.
    pub(crate) fn of(self, total: u64) -> PageBody {
        PageBody { total, page: self.page, limit: self.limit }
    }
}

/// One field of the body is not as it should be, with a word for programs.
pub(crate) fn fault<T>(field: &str, kind: &'static str, message: &str) -> Result<T> {
    Err(Error::invalid(vec![Fault { loc: vec!["body".into(), field.into()], message: message.to_owned(), kind }]))
}
