//! What a provider sends: let in by its signature alone, and by nothing before.

use std::marker::PhantomData;

use axum::body::{Body, Bytes};
use axum::extract::{FromRef, FromRequest, OriginalUri, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use kernel::{Error, Kind};
use ports::webhook::{self, Scheme};

use crate::{ApiError, App, limits};

/// A webhook of a slice: whose it is, and how much it may send. A type with nothing in it, for [`Signed`].
pub trait Webhook<S>: Send + Sync + 'static {
    /// The largest body, in bytes.
    const MOST_BYTES: usize;

    /// How its requests are signed.
    fn scheme(state: &S) -> &dyn Scheme;

    /// Where the provider reaches this server, without a slash at the end, if that is not where everybody does: some schemes sign it.
    fn base(_: &S) -> Option<&str> {
        None
    }
}

/// A request whose signature was checked over its raw body, by the application's clock.
///
/// What is not signed is refused before anything of its body is read; what is too large is a 413. Nothing of a body is logged. Providers
/// repeat their events: have each count once by `delivery::inbound::first_time`, in the transaction of what it does.
pub struct Signed<W> {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as it came.
    pub body: Bytes,
    uri: Uri,
    webhook: PhantomData<fn() -> W>,
}

impl<W> Signed<W> {
    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The header `Content-Type`; nothing is an empty text.
    pub fn media_type(&self) -> &str {
        self.header(CONTENT_TYPE.as_str()).unwrap_or_default()
    }

    /// The fields of the query.
    pub fn query(&self) -> Vec<(String, String)> {
        pairs(self.uri.query().unwrap_or_default().as_bytes())
    }

    /// The fields of a body that is a form.
    pub fn form(&self) -> Vec<(String, String)> {
        pairs(&self.body)
    }
}

/// Name and value, decoded; NUL characters, which no database holds, are left out.
fn pairs(text: &[u8]) -> Vec<(String, String)> {
    let clean = |text: std::borrow::Cow<'_, str>| text.replace('\0', "");
    form_urlencoded::parse(text).map(|(name, value)| (clean(name), clean(value))).collect()
}

impl<S, W> FromRequest<S> for Signed<W>
where
    App: FromRef<S>,
    S: Send + Sync,
    W: Webhook<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let app = <App as FromRef<S>>::from_ref(state);
        let (head, body) = request.into_parts();
        let asked = Asked { scheme: W::scheme(state), base: W::base(state), most: W::MOST_BYTES };
        asked.checked(&app, head, body).await.map_err(|(_, refusal)| refusal.into())
    }
}

/// A request whose signature is not checked yet: by which secret it is signed, its channel says, and which channel that is, its path.
///
/// The handler looks the channel up and hands over how it is signed. Nothing of the body is read before that. Its route is registered with
/// [`crate::Rate::Signed`]: what is signed counts for the channel, what is not for the address that it came from, so that neither a stranger
/// uses up a channel's quota nor one busy channel that of the others. A channel that is not there counts as unsigned, too:
/// [`ToBeSigned::by_nobody`].
pub struct ToBeSigned {
    app: App,
    head: Parts,
    body: Body,
}

impl<S> FromRequest<S> for ToBeSigned
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let (head, body) = request.into_parts();
        Ok(Self { app: <App as FromRef<S>>::from_ref(state), head, body })
    }
}

impl ToBeSigned {
    /// The request, if it is signed by this scheme for this channel, and is not larger than so many bytes.
    pub async fn signed_by(self, scheme: &dyn Scheme, channel: &str, most_bytes: usize) -> kernel::Result<Signed<()>> {
        let Self { app, head, body } = self;
        match (Asked { scheme, base: None, most: most_bytes }).checked(&app, head, body).await {
            Ok(signed) => {
                limits::count_channel(&app, channel).await?;
                Ok(signed)
            }
            Err((head, refusal)) => {
                limits::count_unsigned(&app, &head).await;
                Err(refusal)
            }
        }
    }

    /// There is no such channel: what is said of it, once it is counted.
    pub async fn by_nobody(self, refusal: Error) -> Error {
        limits::count_unsigned(&self.app, &self.head).await;
        refusal
    }
}

/// What is asked of a request.
struct Asked<'a> {
    scheme: &'a dyn Scheme,
    base: Option<&'a str>,
    most: usize,
}

impl Asked<'_> {
    /// The request with its body, or its head with what is wrong with it.
    async fn checked<W>(&self, app: &App, head: Parts, body: Body) -> Result<Signed<W>, (Box<Parts>, Error)> {
        match self.body(app, &head, body).await {
            Ok((uri, body)) => Ok(Signed { headers: head.headers, body, uri, webhook: PhantomData }),
            Err(refusal) => Err((Box::new(head), refusal)),
        }
    }

    async fn body(&self, app: &App, head: &Parts, body: Body) -> kernel::Result<(Uri, Bytes)> {
        let Self { scheme, base, most } = *self;
        scheme.is_open()?;
        // Before the router of a slice has cut anything off.
        let uri = head.extensions.get::<OriginalUri>().map_or(&head.uri, |original| &original.0).clone();
        let path = uri.path_and_query().map_or_else(|| uri.path(), |path| path.as_str());
        let url = format!("{}{path}", base.unwrap_or_else(|| app.public_url()));
        // A slash at the end of an address was cut off before any route was looked for, and some providers sign it.
        let ended = url.split_once('?').map_or_else(|| format!("{url}/"), |(path, query)| format!("{path}/?{query}"));
        let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let media_type = text(CONTENT_TYPE.as_str()).unwrap_or_default();
        let signature = if scheme.header().is_empty() { None } else { text(scheme.header()) };
        let asked = webhook::Request { url: &url, media_type, body: b"", signature };
        if signature.is_none() {
            scheme.check(asked, app.clock().now())?;
        }
        let body = axum::body::to_bytes(body, most).await.map_err(|fault| {
            Error::new(Kind::TooLarge, format!("The body is larger than {most} bytes, or broke off")).because(fault)
        })?;
        let now = app.clock().now();
        let asked = webhook::Request { body: &body, ..asked };
        scheme
            .check(asked, now)
            .or_else(|refusal| scheme.check(webhook::Request { url: &ended, ..asked }, now).map_err(|_| refusal))?;
        Ok((uri, body))
    }
}
