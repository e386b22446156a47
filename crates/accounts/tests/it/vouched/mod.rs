//! Log-ins that others vouch for.

mod gotrue;
mod oauth;
mod supabase;
