//! Lists as A and B page them: `limit` and `offset` in, totals and pages out; as D does: `page` and `limit` in and out; and as E does: the
//! same in, and a `pagination` out.

use input::Input;
use serde::Serialize;
use utoipa::ToSchema;

/// Which part of a list is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Input)]
pub struct Offsets {
    /// How many at most.
    #[input(whole(1, 100).map(|limit| limit as u32), default = 20)]
    pub limit: u32,
    /// How many to leave out first.
    #[input(whole(0, u32::MAX.into()).map(|offset| offset as u32), default = 0)]
    pub offset: u32,
}

/// Where a part stands in its list.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub struct Page {
    /// How many there are in all.
    pub total: u64,
    /// Which page this is, from 1.
    pub page: u64,
    /// How many pages of this size there are.
    pub total_pages: u64,
}

impl Offsets {
    /// The page that these offsets ask for, of a list of `total`.
    pub fn page(self, total: u64) -> Page {
        let limit = u64::from(self.limit);
        Page { total, page: u64::from(self.offset) / limit + 1, total_pages: total.div_ceil(limit) }
    }
}

/// Which page of a list is wanted, as document D asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Input)]
pub struct Pages {
    /// Which page, from 1.
    #[input(whole(1, 10_000_000).map(|page| page as u32), default = 1)]
    pub page: u32,
    /// How many at most.
    #[input(whole(1, 100).map(|limit| limit as u32), default = 20)]
    pub limit: u32,
}

/// Where a page stands in its list, as document D tells it.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub struct Paged {
    /// How many there are in all.
    pub total: u64,
    /// Which page this is, from 1.
    pub page: u32,
    /// How many a page has at most.
    pub limit: u32,
}

/// Where a page stands in its list, as document E tells it: the list's `pagination`.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub struct Pagination {
    /// Which page, from 1.
    pub page: u32,
    /// How many a page has at most.
    pub limit: u32,
    /// How many there are in all.
    pub total: u64,
    /// How many pages of this size there are.
    pub pages: u64,
}

impl Pages {
    /// The page of a list of `total`, as document E tells it.
    pub fn pagination(self, total: u64) -> Pagination {
        Pagination { page: self.page, limit: self.limit, total, pages: total.div_ceil(u64::from(self.limit)) }
    }

    /// How many rows come before the page.
    pub fn offset(self) -> u32 {
        (self.page - 1).saturating_mul(self.limit)
    }

    /// The page of a list of `total`.
    pub fn of(self, total: u64) -> Paged {
        Paged { total, page: self.page, limit: self.limit }
    }
}
