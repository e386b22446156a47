//! Log-ins that others vouch for.

mod gotrue;
pub(crate) mod oauth;
mod supabase;
