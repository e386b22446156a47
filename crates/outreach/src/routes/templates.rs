//! Templates of mails.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, App, Body, Caller, Named, Offsets, Page, Params, Reader};
use input::rule::{self, Problem, Rule};
use input::{Fields, Input};
use kernel::{CreatorId, Error, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{mails, workspace};
use crate::letter::{self, VARIABLES, Values};
use crate::store::templates::{self, Template, TemplateId};

/// A template of a mail.
#[derive(Serialize, ToSchema)]
pub(super) struct TemplateBody {
    id: TemplateId,
    #[schema(example = "First word")]
    name: String,
    #[schema(example = "Working with {{brand_name}}?")]
    subject: String,
    #[schema(example = "Hi {{first_name|there}}, …")]
    message: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl From<Template> for TemplateBody {
    fn from(template: Template) -> Self {
        Self {
            id: template.id,
            name: template.name,
            subject: template.subject,
            message: template.body,
            created_at: template.created_at,
            updated_at: template.updated_at,
        }
    }
}

/// A page of templates.
#[derive(Serialize, ToSchema)]
pub(super) struct TemplateList {
    templates: Vec<TemplateBody>,
    /// Every variable that a text may have.
    variables: Vec<&'static str>,
    #[serde(flatten)]
    page: Page,
}

/// The rule of a subject: one line, whose variables are known.
pub(super) fn subject() -> impl Rule<Output = String> {
    rule::text(300).and_then(|subject| {
        if subject.contains(['\r', '\n']) {
            return Err(Problem::new("wrong_format", "must be one line"));
        }
        letter::check(&subject).map(|()| subject).map_err(|problem| Problem::new("wrong_format", problem))
    })
}

/// The rule of a text: its variables are known.
pub(super) fn text() -> impl Rule<Output = String> {
    rule::text(50_000)
        .and_then(|text| letter::check(&text).map(|()| text).map_err(|problem| Problem::new("wrong_format", problem)))
}

/// A template as it is sent. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `TemplateInput` reads")]
pub(super) struct TemplateDocument {
    /// What it is called; once in a workspace.
    name: String,
    /// The subject, with variables.
    subject: String,
    /// The text, with variables; `body` is taken too.
    message: String,
}

pub(super) struct TemplateInput {
    name: String,
    subject: String,
    message: String,
}

impl Input for TemplateInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let name = fields.required("name", rule::text(200));
        let subject = fields.required("subject", subject());
        let message = fields.required_as(&["message", "body"], text());
        Some(Self { name: name?, subject: subject?, message: message? })
    }
}

/// List templates
#[utoipa::path(get, path = "/api/v1/outreach/templates", tag = "Outreach mail", params(Offsets),
    responses((status = 200, description = "A page of templates, by name", body = TemplateList)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<TemplateList>> {
    let mut tx = app.read().await?;
    let (found, total) = templates::list(caller.scope(), &mut tx, workspace(&caller)?, offsets).await?;
    let templates = found.into_iter().map(TemplateBody::from).collect();
    Ok(Json(TemplateList { templates, variables: VARIABLES.to_vec(), page: offsets.page(total) }))
}

/// Write a template
///
/// `{{first_name}}` is filled for each creator, `{{first_name|there}}` also where nothing is known. An unknown variable is 422.
#[utoipa::path(post, path = "/api/v1/outreach/templates", tag = "Outreach mail", request_body = TemplateDocument,
    responses((status = 200, description = "The new template", body = TemplateBody),
    (status = 409, description = "There is one of this name already")))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Body { input, .. }: Body<TemplateInput>,
) -> Answer<Json<TemplateBody>> {
    let now = app.clock().now();
    let template = Template {
        id: app.clock().new_id(),
        workspace_id: workspace(&caller)?,
        name: input.name,
        subject: input.subject,
        body: input.message,
        created_at: now,
        updated_at: now,
    };
    let mut tx = app.write().await?;
    templates::insert(caller.scope(), &mut tx, &template).await?;
    tx.commit().await?;
    Ok(Json(template.into()))
}

/// Read a template
#[utoipa::path(get, path = "/api/v1/outreach/templates/{template_id}", tag = "Outreach mail",
    params(("template_id" = String, Path, description = "The template's id")),
    responses((status = 200, description = "The template", body = TemplateBody)))]
pub(super) async fn get(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<TemplateBody>> {
    let id = name.id("Template")?;
    let mut tx = app.read().await?;
    let template = templates::by_id(caller.scope(), &mut tx, id).await?;
    Ok(Json(template.ok_or_else(|| Error::not_found("Template"))?.into()))
}

/// Change a template
#[utoipa::path(put, path = "/api/v1/outreach/templates/{template_id}", tag = "Outreach mail", request_body = TemplateDocument,
    params(("template_id" = String, Path, description = "The template's id")),
    responses((status = 200, description = "The template as it is now", body = TemplateBody),
    (status = 409, description = "There is another one of this name, or it was changed meanwhile")))]
pub(super) async fn update(
    State(app): State<App>,
    caller: Caller,
    name: Named,
    Body { input, .. }: Body<TemplateInput>,
) -> Answer<Json<TemplateBody>> {
    let id = name.id("Template")?;
    let mut tx = app.write().await?;
    let found = templates::by_id(caller.scope(), &mut tx, id).await?;
    let mut template = found.ok_or_else(|| Error::not_found("Template"))?;
    let was = template.updated_at;
    (template.name, template.subject, template.body) = (input.name, input.subject, input.message);
    template.updated_at = app.clock().now();
    if !templates::update(caller.scope(), &mut tx, &template, was).await? {
        return Err(Error::conflict("The template was changed by someone else meanwhile; read it again").into());
    }
    tx.commit().await?;
    Ok(Json(template.into()))
}

/// Something was done.
#[derive(Serialize, ToSchema)]
pub(super) struct Done {
    /// What was done.
    pub(super) message: String,
}

/// Delete a template
///
/// Mails that were written with it stay.
#[utoipa::path(delete, path = "/api/v1/outreach/templates/{template_id}", tag = "Outreach mail",
    params(("template_id" = String, Path, description = "The template's id")),
    responses((status = 200, description = "Deleted", body = Done)))]
pub(super) async fn delete(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<Done>> {
    let id = name.id("Template")?;
    let mut tx = app.write().await?;
    if !templates::delete(caller.scope(), &mut tx, id).await? {
        return Err(Error::not_found("Template").into());
    }
    tx.commit().await?;
    Ok(Json(Done { message: "The template was deleted".into() }))
}

/// What is to be shown. Only for the documentation.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "describes the body that `PreviewInput` reads")]
pub(super) struct PreviewDocument {
    /// The campaign's id or code.
    campaign_id: String,
    /// The creator.
    creator_id: String,
    /// A template; or give `subject` and `message`.
    template_id: Option<String>,
    /// A subject to be tried.
    subject: Option<String>,
    /// A text to be tried.
    message: Option<String>,
}

pub(super) struct PreviewInput {
    campaign: String,
    creator: CreatorId,
    template: Option<TemplateId>,
    texts: Option<(String, String)>,
}

impl Input for PreviewInput {
    fn read(fields: &mut Fields) -> Option<Self> {
        let pair = super::Pair::read(fields);
        let template = fields.optional("template_id", rule::id());
        let texts = if fields.has("template_id") {
            None
        } else {
            let subject = fields.required("subject", subject());
            let message = fields.required_as(&["message", "body"], text());
            Some((subject?, message?))
        };
        Some(Self { campaign: pair.campaign?, creator: pair.creator?, template, texts })
    }
}

/// A mail as it would leave.
#[derive(Serialize, ToSchema)]
pub(super) struct Preview {
    /// To whom; null if the directory has no address.
    to: Option<String>,
    subject: String,
    message: String,
}

/// Show a mail before it is sent
#[utoipa::path(post, path = "/api/v1/outreach/templates/preview", tag = "Outreach mail", request_body = PreviewDocument,
    responses((status = 200, description = "The mail with its variables filled", body = Preview),
    (status = 404, description = "There is no such campaign, creator or template")))]
pub(super) async fn preview(
    State(app): State<App>,
    caller: Reader,
    Body { input, .. }: Body<PreviewInput>,
) -> Answer<Json<Preview>> {
    let (scope, mut tx) = (caller.scope(), app.read().await?);
    let (campaign, creator) = mails::pair(scope, &mut tx, &input.campaign, input.creator).await?;
    let (subject, message) = match (input.template, input.texts) {
        (Some(id), _) => {
            let template = templates::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Template"))?;
            (template.subject, template.body)
        }
        (None, texts) => texts.unwrap_or_default(),
    };
    let values = Values::of(&campaign, &creator);
    let subject = letter::fill("subject", &subject, &values)?;
    let message = letter::fill("message", &message, &values)?;
    Ok(Json(Preview { to: creator.email, subject, message }))
}
