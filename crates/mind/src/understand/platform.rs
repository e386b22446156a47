//! The names that people give to the platforms.

use kernel::Platform;

use crate::text::folded;

/// The platform of that name, without regard to case: also `"X"`, `"IG"`, `"YT"`, `"tik tok"`.
pub(super) fn named(name: &str) -> Option<Platform> {
    Some(match folded(name.trim()).as_ref() {
        "instagram" | "insta" | "ig" => Platform::Instagram,
        "youtube" | "you tube" | "yt" => Platform::YouTube,
        "tiktok" | "tik tok" | "tik-tok" | "tt" => Platform::TikTok,
        "twitter" | "x" | "x/twitter" | "twitter/x" | "x (twitter)" | "twitter (x)" => Platform::Twitter,
        _ => return None,
    })
}
