//! The tables of campaigns.

use db::Migration;

/// Campaigns and selections.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0020_campaigns",
    sql: "
CREATE TABLE campaigns (
    id {id} PRIMARY KEY,
    code BIGINT NOT NULL UNIQUE,
    workspace_id {id} NOT NULL,
    product_name TEXT NOT NULL,
    brand_name TEXT NOT NULL,
    brand_key TEXT NOT NULL,
    product_description TEXT,
    target_audience TEXT,
    key_use_cases TEXT,
    campaign_goal TEXT,
    product_niche TEXT,
    total_budget BIGINT NOT NULL,
    status TEXT NOT NULL,
    influencer_count BIGINT NOT NULL,
    exclusions TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX campaigns_by_time ON campaigns (created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX campaigns_by_status ON campaigns (status, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX campaigns_by_brand ON campaigns (brand_key, created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX campaigns_by_workspace ON campaigns (workspace_id, status, created_at DESC, id DESC) WHERE deleted_at IS NULL;

CREATE TABLE selections (
    campaign_id {id} NOT NULL REFERENCES campaigns (id),
    creator_id {id} NOT NULL,
    outreach_id {id} NOT NULL,
    notes TEXT,
    selected_at BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, creator_id)
);
CREATE INDEX selections_by_creator ON selections (creator_id);
",
}];
