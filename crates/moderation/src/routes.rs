//! The routes of moderation.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use events::TxExt as _;
use http_base::{Admin, Answer, Body, Member, Named, Offsets, Page, Params, Peer, Routes, routes};
use input::Input;
use kernel::{AccountId, Day, Error, Kind, Timestamp, UserType};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Moderation;
use crate::events::{ModerationDecided, ModerationReported, ModerationRestored};
use crate::model::{Action, Decision, MOST_A_DAY, NewReport, Reason, Report, ReportId, Status, Subject};
use crate::store::{self, Wanted};

/// Every route of moderation.
pub fn router(moderation: Moderation) -> Routes {
    Routes::new()
        .with(routes!(own, report))
        .with(routes!(decisions))
        .with(routes!(list))
        .with(routes!(decide))
        .with(routes!(restore))
        .with_state(moderation)
}

/// A report, as its reporter sees it.
#[derive(Serialize, ToSchema)]
struct OwnReport {
    id: ReportId,
    subject: Subject,
    subject_id: Uuid,
    /// What is wrong with it.
    reason: Reason,
    /// In your words.
    details: Option<String>,
    status: Status,
    created_at: Timestamp,
}

impl From<&Report> for OwnReport {
    fn from(report: &Report) -> Self {
        Self {
            id: report.id,
            subject: report.subject,
            subject_id: report.subject_id,
            reason: report.reason,
            details: report.details.clone(),
            status: report.status,
            created_at: report.created_at,
        }
    }
}

/// Report something
///
/// An offer, a message that you were sent, a profile or a rating. An administrator looks at it. You have one open report of a thing, and
/// 20 reports a day.
#[utoipa::path(post, path = "/api/v1/reports", tag = "Moderation", request_body = NewReport, responses(
    (status = 201, description = "It was taken down, and somebody will look", body = OwnReport),
    (status = 404, description = "There is no such thing, or you cannot see it"),
    (status = 409, description = "You have an open report of it already"),
    (status = 429, description = "Too many reports today; Retry-After says how long to wait"),
))]
async fn report(
    State(moderation): State<Moderation>,
    member: Member,
    Body { input, .. }: Body<NewReport>,
) -> Answer<(StatusCode, Json<OwnReport>)> {
    let (app, scope) = (moderation.app(), member.scope());
    let (clock, now) = (app.clock(), app.clock().now());
    let kind = moderation.of(input.subject)?;
    let mut tx = app.write().await?;
    let seen = kind.seen(&mut tx, &member, input.subject_id).await?;
    let seen = seen.ok_or_else(|| Error::not_found(input.subject.display()))?;
    if seen.owner == member.id {
        return Err(Error::conflict("This is your own; change or delete it instead").into());
    }
    let report = Report {
        id: clock.new_id(),
        reporter_id: member.id,
        subject: input.subject,
        subject_id: input.subject_id,
        owner_id: seen.owner,
        reason: input.reason,
        details: input.details,
        created_at: now,
        status: Status::Open,
        action: None,
        decision: None,
        decided_by: None,
        decided_at: None,
        restored_at: None,
    };
    let today = Day::of(now);
    if store::count(&mut tx, member.id, today).await? > MOST_A_DAY {
        let wait = (Day(today.0 + 1).start().micros() - now.micros()) / kernel::time::SECOND + 1;
        let message = format!("{MOST_A_DAY} reports a day are taken; come back tomorrow");
        return Err(Error::new(Kind::RateLimited(u32::try_from(wait).unwrap_or(u32::MAX)), message).into());
    }
    store::insert(scope, &mut tx, &report).await?;
    tx.event(ModerationReported((&report).into()));
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json((&report).into())))
}

/// A page of one's own reports.
#[derive(Serialize, ToSchema)]
struct OwnReportList {
    reports: Vec<OwnReport>,
    #[serde(flatten)]
    page: Page,
}

/// List your reports
///
/// What you have reported, the newest first, and whether it was decided.
#[utoipa::path(get, path = "/api/v1/reports", tag = "Moderation", params(Offsets), responses(
    (status = 200, description = "A page of your reports", body = OwnReportList),
))]
async fn own(
    State(moderation): State<Moderation>,
    member: Member,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<OwnReportList>> {
    let (found, total) = store::own(&mut moderation.app().read().await?, member.id, offsets).await?;
    Ok(Json(OwnReportList { reports: found.iter().map(OwnReport::from).collect(), page: offsets.page(total) }))
}

/// A decision about something of one's own. Who reported it is not told.
#[derive(Serialize, ToSchema)]
struct ModerationDecision {
    /// The report that was decided.
    report_id: ReportId,
    subject: Subject,
    subject_id: Uuid,
    /// What was done.
    action: Option<Action>,
    /// Why.
    reason: Option<String>,
    decided_at: Option<Timestamp>,
    /// When it was undone; null while it holds.
    restored_at: Option<Timestamp>,
}

/// A page of decisions.
#[derive(Serialize, ToSchema)]
struct ModerationDecisionList {
    decisions: Vec<ModerationDecision>,
    #[serde(flatten)]
    page: Page,
}

/// List decisions about you
///
/// What administrators did about what is yours, with their reasons, the newest first.
#[utoipa::path(get, path = "/api/v1/moderation/decisions", tag = "Moderation", params(Offsets), responses(
    (status = 200, description = "A page of decisions", body = ModerationDecisionList),
))]
async fn decisions(
    State(moderation): State<Moderation>,
    member: Member,
    Params(offsets): Params<Offsets>,
) -> Answer<Json<ModerationDecisionList>> {
    let (found, total) = store::decisions(&mut moderation.app().read().await?, member.id, offsets).await?;
    let told = |report: Report| ModerationDecision {
        report_id: report.id,
        subject: report.subject,
        subject_id: report.subject_id,
        action: report.action,
        reason: report.decision,
        decided_at: report.decided_at,
        restored_at: report.restored_at,
    };
    Ok(Json(ModerationDecisionList { decisions: found.into_iter().map(told).collect(), page: offsets.page(total) }))
}

/// A report, as administrators see it.
#[derive(Serialize, ToSchema)]
struct ModerationReport {
    id: ReportId,
    subject: Subject,
    subject_id: Uuid,
    /// Whose the thing is.
    owner_id: AccountId,
    reporter_id: AccountId,
    /// What is wrong with it, as it was reported.
    reason: Reason,
    /// In the reporter's words.
    details: Option<String>,
    status: Status,
    created_at: Timestamp,
    /// What was done.
    action: Option<Action>,
    /// Why.
    decision: Option<String>,
    decided_by: Option<AccountId>,
    decided_at: Option<Timestamp>,
    restored_at: Option<Timestamp>,
}

impl From<Report> for ModerationReport {
    fn from(report: Report) -> Self {
        Self {
            id: report.id,
            subject: report.subject,
            subject_id: report.subject_id,
            owner_id: report.owner_id,
            reporter_id: report.reporter_id,
            reason: report.reason,
            details: report.details,
            status: report.status,
            created_at: report.created_at,
            action: report.action,
            decision: report.decision,
            decided_by: report.decided_by,
            decided_at: report.decided_at,
            restored_at: report.restored_at,
        }
    }
}

/// A page of reports.
#[derive(Serialize, ToSchema)]
struct ModerationReportList {
    reports: Vec<ModerationReport>,
    #[serde(flatten)]
    page: Page,
}

/// Which reports are wanted.
#[derive(Input)]
#[input(name = "ModerationReportQuery")]
struct ReportQuery {
    /// Where they stand.
    #[input(word)]
    status: Option<Status>,
    /// What kind of thing they are about.
    #[input(word)]
    subject: Option<Subject>,
    /// Whose the thing is.
    #[input(id)]
    owner_id: Option<AccountId>,
    /// What was done.
    #[input(word)]
    action: Option<Action>,
    #[input(flatten)]
    offsets: Offsets,
}

/// List reports
///
/// What people have reported, the newest first.
#[utoipa::path(get, path = "/api/v1/admin/reports", tag = "Moderation", params(ReportQuery), responses(
    (status = 200, description = "A page of reports", body = ModerationReportList),
    (status = 403, description = "Only administrators read them"),
))]
async fn list(
    State(moderation): State<Moderation>,
    caller: Admin,
    Params(query): Params<ReportQuery>,
) -> Answer<Json<ModerationReportList>> {
    let wanted = Wanted { status: query.status, subject: query.subject, owner: query.owner_id, action: query.action };
    let mut tx = moderation.app().read().await?;
    let (found, total) = store::list(caller.scope(), &mut tx, wanted, query.offsets).await?;
    let reports = found.into_iter().map(ModerationReport::from).collect();
    Ok(Json(ModerationReportList { reports, page: query.offsets.page(total) }))
}

/// Decide a report
///
/// `dismiss` does nothing, `hide` hides the thing, `warn` warns its owner, `suspend` suspends their account: log-ins and tokens are refused
/// until it is restored. The owner reads the reason. Of two who decide at once one is told that it was decided already.
#[utoipa::path(post, path = "/api/v1/admin/reports/{report_id}/decide", tag = "Moderation", request_body = Decision,
    params(("report_id" = ReportId, Path, description = "The report's id")), responses(
    (status = 200, description = "Decided", body = ModerationReport),
    (status = 403, description = "Only administrators decide"),
    (status = 409, description = "It was decided already, or cannot be done"),
))]
async fn decide(
    State(moderation): State<Moderation>,
    caller: Admin,
    peer: Peer,
    name: Named,
    Body { input, .. }: Body<Decision>,
) -> Answer<Json<ModerationReport>> {
    let (app, scope, id) = (moderation.app(), caller.scope(), name.id("Report")?);
    let (clock, now) = (app.clock(), app.clock().now());
    let by = caller.account().map(|account| account.id);
    let mut tx = app.write().await?;
    let old = store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Report"))?;
    let report = old.decided(by, &input, now)?;
    tx.save(&report)
        .was("status", old.status)
        .or_conflict("This report was decided already; its list tells how")
        .await?;
    match input.action {
        Action::Hide => {
            // Hidden for another report already, or gone: then there is nothing left to hide.
            moderation.of(report.subject)?.hide(&mut tx, report.subject_id, report.owner_id, now).await?;
        }
        Action::Suspend => {
            let owner = accounts::store::by_id(scope, &mut tx, report.owner_id).await?;
            let owner = owner.ok_or_else(|| Error::conflict("The account is gone; hide the thing instead"))?;
            if owner.user_type == UserType::Admin {
                return Err(Error::conflict("An administrator cannot be suspended").into());
            }
            accounts::store::suspend(scope, &mut tx, owner.id, &input.reason, now).await?;
        }
        Action::Dismiss | Action::Warn => {}
    }
    note(&mut tx, clock, "moderation.decided", &report, by, &peer).await?;
    tx.event(ModerationDecided((&report).into()));
    tx.commit().await?;
    Ok(Json(report.into()))
}

/// Undo a decision
///
/// Shows what was hidden again, and lets a suspended account in again; what other reports have decided about it counts no more.
#[utoipa::path(post, path = "/api/v1/admin/reports/{report_id}/restore", tag = "Moderation",
    params(("report_id" = ReportId, Path, description = "The report's id")), responses(
    (status = 200, description = "Undone", body = ModerationReport),
    (status = 403, description = "Only administrators decide"),
    (status = 409, description = "There is nothing to undo"),
))]
async fn restore(
    State(moderation): State<Moderation>,
    caller: Admin,
    peer: Peer,
    name: Named,
) -> Answer<Json<ModerationReport>> {
    let (app, scope, id) = (moderation.app(), caller.scope(), name.id("Report")?);
    let (clock, now) = (app.clock(), app.clock().now());
    let by = caller.account().map(|account| account.id);
    let mut tx = app.write().await?;
    let old = store::by_id(scope, &mut tx, id).await?.ok_or_else(|| Error::not_found("Report"))?;
    let report = old.restored(now)?;
    tx.save(&report).was("status", old.status).or_conflict("It was undone already").await?;
    match report.action {
        Some(Action::Hide) => {
            moderation.of(report.subject)?.restore(&mut tx, report.subject_id, report.owner_id, now).await?;
        }
        Some(Action::Suspend) => {
            accounts::store::lift(scope, &mut tx, report.owner_id, now).await?;
        }
        _ => {}
    }
    note(&mut tx, clock, "moderation.restored", &report, by, &peer).await?;
    tx.event(ModerationRestored((&report).into()));
    tx.commit().await?;
    Ok(Json(report.into()))
}

/// Writes it into the audit log, where its owner reads it, too.
async fn note(
    tx: &mut db::Tx,
    clock: &kernel::Clock,
    kind: &'static str,
    report: &Report,
    by: Option<AccountId>,
    peer: &Peer,
) -> kernel::Result<()> {
    let entry = accounts::audit::Entry {
        kind,
        account: by,
        subject: Some(report.subject_id.to_string()),
        peer: peer.clone(),
        detail: json!({
            "report": report.id,
            "subject": report.subject,
            "owner": report.owner_id,
            "action": report.action,
            "reason": report.decision,
        }),
        ..accounts::audit::Entry::default()
    };
    accounts::audit::record(tx, clock, entry).await.map(drop)
}
