//! mind
pub mod embed;
pub mod geo;
pub mod index;
pub mod score;
pub mod text;
pub mod understand;
