//! Templates of mails.

use axum::Json;
use axum::extract::State;
use creators::Viewer;
use http_base::{Answer, App, Body, Caller, Done, Named, Offsets, Page, Params, Reader, done};
use input::Input;
use kernel::{Error, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::mails::{self, Wording};
use super::suppressions::masked;
use super::{Pair, workspace};
use crate::letter::{self, VARIABLES, Values, mail_text, subject_line};
use crate::store::templates::{self, Template, TemplateId};

/// An email template.
#[derive(Serialize, ToSchema)]
#[schema(as = EmailTemplate)]
pub(super) struct TemplateBody {
    id: TemplateId,
    /// What it is called; no two templates of a workspace have the same name.
    #[schema(example = "First contact")]
    name: String,
    /// The subject, with variables.
    #[schema(example = "Working with {{brand_name}}?")]
    subject: String,
    /// The text, with variables.
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

/// A page of email templates.
#[derive(Serialize, ToSchema)]
#[schema(as = EmailTemplateList)]
pub(super) struct TemplateList {
    /// The templates of this page, by name.
    templates: Vec<TemplateBody>,
    /// The variables that subjects and texts may have: `first_name` is written `{{first_name}}`.
    variables: Vec<&'static str>,
    #[serde(flatten)]
    page: Page,
}

/// An email template, as it is sent.
#[derive(Input)]
#[input(name = "EmailTemplateInput")]
pub(super) struct TemplateInput {
    /// What it is called; no two templates of a workspace have the same name.
    #[input(text(200), example = "First contact")]
    name: String,
    /// The subject: one line, in which variables such as `{{brand_name}}` are filled in.
    #[input(subject_line(), example = "Working with {{brand_name}}?")]
    subject: String,
    /// The text, in which variables such as `{{first_name|there}}` are filled in.
    #[input(mail_text(), alias = "body", example = "Hi {{first_name|there}}, …")]
    message: String,
}

/// List email templates
///
/// The templates of your workspace by name, with every variable that they may have.
#[utoipa::path(get, path = "/api/v1/outreach/templates", tag = "Outreach mail", params(Offsets),
    responses((status = 200, description = "A page of templates", body = TemplateList)))]
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

/// Create an email template
///
/// `{{first_name}}` is filled in for each creator; `{{first_name|there}}` says what stands there where the name is not known. An
/// unknown variable is refused (422).
#[utoipa::path(post, path = "/api/v1/outreach/templates", tag = "Outreach mail", request_body = TemplateInput,
    responses((status = 200, description = "The new template", body = TemplateBody),
    (status = 409, description = "There is a template of this name already")))]
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

/// Get an email template
///
/// One template of your workspace.
#[utoipa::path(get, path = "/api/v1/outreach/templates/{template_id}", tag = "Outreach mail",
    params(("template_id" = String, Path, description = "The template's id")),
    responses((status = 200, description = "The template", body = TemplateBody)))]
pub(super) async fn get(State(app): State<App>, caller: Caller, name: Named) -> Answer<Json<TemplateBody>> {
    let id = name.id("Template")?;
    let mut tx = app.read().await?;
    let template = templates::by_id(caller.scope(), &mut tx, id).await?;
    Ok(Json(template.ok_or_else(|| Error::not_found("Template"))?.into()))
}

/// Update an email template
///
/// Replaces its name, subject and text. Emails that were sent with it stay as they were.
#[utoipa::path(put, path = "/api/v1/outreach/templates/{template_id}", tag = "Outreach mail", request_body = TemplateInput,
    params(("template_id" = String, Path, description = "The template's id")),
    responses((status = 200, description = "The template as it is now", body = TemplateBody),
    (status = 409, description = "There is another template of this name, or this one was changed in the meantime")))]
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

/// Delete an email template
///
/// Emails that were sent with it stay in the log.
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
    Ok(done("The template was deleted"))
}

/// An email that is to be shown.
#[derive(Input)]
#[input(name = "EmailPreviewInput")]
pub(super) struct PreviewInput {
    #[input(flatten)]
    pair: Pair,
    #[input(flatten)]
    wording: Wording,
}

/// An email as it would be sent.
#[derive(Serialize, ToSchema)]
#[schema(as = EmailPreview)]
pub(super) struct Preview {
    /// The address that it would go to; null if the directory has none. Of a creator whom your workspace did not add: its first letter and
    /// host.
    to: Option<String>,
    /// The subject, with its variables filled in.
    subject: String,
    /// The text, with its variables filled in.
    message: String,
}

/// Preview an email
///
/// Shows what a template, or a subject and a text, come to for one creator of a campaign. Nothing is sent or stored.
#[utoipa::path(post, path = "/api/v1/outreach/templates/preview", tag = "Outreach mail", request_body = PreviewInput,
    responses((status = 200, description = "The email with its variables filled in", body = Preview),
    (status = 404, description = "There is no such campaign, creator or template")))]
pub(super) async fn preview(
    State(app): State<App>,
    caller: Reader,
    Body { input, .. }: Body<PreviewInput>,
) -> Answer<Json<Preview>> {
    let (scope, mut tx) = (caller.scope(), app.read().await?);
    let (campaign, creator) = mails::pair(scope, &mut tx, &input.pair.campaign_id, input.pair.creator_id).await?;
    let (subject, message) = mails::wording(scope, &mut tx, input.wording).await?;
    let values = Values::of(&campaign, &creator);
    let subject = letter::fill("subject", &subject, &values)?;
    let message = letter::fill("message", &message, &values)?;
    let shown = Viewer::from(&caller.0).sees_contact_of(&creator);
    let to = creator.email.map(|address| if shown { address } else { masked(&address) });
    Ok(Json(Preview { to, subject, message }))
}
