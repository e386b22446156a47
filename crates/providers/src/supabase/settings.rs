//! Which project, with which keys.

use kernel::Variables;

use crate::Secret;

/// A project of Supabase.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `SUPABASE_URL`: `https://{ref}.supabase.co`.
    pub url: String,
    /// `SUPABASE_ANON_KEY` (or the publishable key): opens the door to Auth, for everybody.
    pub anon_key: Secret,
    /// `SUPABASE_SERVICE_ROLE_KEY`: for what only the project's owner may do: deleting whoever is erased here.
    pub service_role_key: Secret,
    /// `SUPABASE_JWT_SECRET`: of projects that sign by HS256; the others' keys are fetched.
    pub jwt_secret: Secret,
}

impl Settings {
    /// Reads the variables; none without `SUPABASE_URL`.
    pub fn read(from: &mut Variables<'_>) -> Option<Self> {
        let url = from.web_address("SUPABASE_URL");
        let jwt_secret = from.secret("SUPABASE_JWT_SECRET");
        let anon_key = from.text("SUPABASE_ANON_KEY");
        if url.is_some() && anon_key.is_none() {
            from.fault("SUPABASE_URL", "is set, which needs SUPABASE_ANON_KEY");
        }
        Some(Self {
            url: url?,
            anon_key: anon_key.unwrap_or_default().into(),
            service_role_key: from.text("SUPABASE_SERVICE_ROLE_KEY").unwrap_or_default().into(),
            jwt_secret: jwt_secret.unwrap_or_default().into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> kernel::Result<Option<Settings>> {
        let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut from = Variables::new(&variables);
        let settings = Settings::read(&mut from);
        from.finish().map(|()| settings)
    }

    #[test]
    fn it_is_off_without_an_address_and_needs_a_key_with_one() {
        assert!(read(&[("SUPABASE_ANON_KEY", "k")]).unwrap().is_none());
        let error = read(&[("SUPABASE_URL", "https://a.supabase.co"), ("SUPABASE_JWT_SECRET", "short")]).unwrap_err();
        assert!(error.message().contains("SUPABASE_ANON_KEY") && error.message().contains("SUPABASE_JWT_SECRET"));
        let settings =
            read(&[("SUPABASE_URL", "https://a.supabase.co"), ("SUPABASE_ANON_KEY", "hush")]).unwrap().unwrap();
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
