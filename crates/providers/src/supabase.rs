//! Supabase Auth.
