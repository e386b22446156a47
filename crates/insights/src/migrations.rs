//! The tables of this crate.

use db::Migration;

/// What posts brought, day by day; links and codes that count what came of them; orders; and what all of that adds up to.
///
/// `post_metrics`, `link_days` and `orders` are the truth. The three `figures_…` tables are their sums at the three grains that analytics are read
/// at, moved in the same transaction by the difference that a write makes, so that reading a campaign costs its days and its creators, not
/// its rows. Days are counted from 1970-01-01, in UTC. `currency` is of `revenue` and `order_revenue`, and empty where there is neither.
/// Whoever moves them has first counted up its workspace's row of `figure_writers`, and so waits for whoever did before.
/// What posts report (`clicks`, `conversions`, `revenue`) and what was counted here (`link_…`, `orders`, `order_revenue`) stay apart.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0060_insights",
        sql: "
CREATE TABLE post_metrics (
    campaign_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    post TEXT NOT NULL,
    day BIGINT NOT NULL,
    workspace_id {id} NOT NULL,
    post_url TEXT,
    platform TEXT,
    views BIGINT NOT NULL CHECK (views >= 0),
    likes BIGINT NOT NULL CHECK (likes >= 0),
    comments BIGINT NOT NULL CHECK (comments >= 0),
    shares BIGINT NOT NULL CHECK (shares >= 0),
    saves BIGINT NOT NULL CHECK (saves >= 0),
    clicks BIGINT NOT NULL CHECK (clicks >= 0),
    conversions BIGINT NOT NULL CHECK (conversions >= 0),
    reach BIGINT CHECK (reach >= 0),
    revenue BIGINT CHECK (revenue >= 0),
    currency TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('api', 'csv')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, creator_id, post, day)
);
CREATE INDEX post_metrics_by_day ON post_metrics (campaign_id, day DESC, creator_id, post);
CREATE INDEX post_metrics_by_creator ON post_metrics (creator_id);

CREATE TABLE tracked_links (
    id {id} PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    workspace_id {id} NOT NULL,
    campaign_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    url TEXT NOT NULL,
    label TEXT,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
CREATE INDEX tracked_links_by_campaign ON tracked_links (campaign_id, created_at DESC, id DESC);
CREATE INDEX tracked_links_by_creator ON tracked_links (creator_id);

CREATE TABLE link_days (
    link_id {id} NOT NULL REFERENCES tracked_links (id),
    day BIGINT NOT NULL,
    clicks BIGINT NOT NULL,
    repeats BIGINT NOT NULL,
    bots BIGINT NOT NULL,
    PRIMARY KEY (link_id, day)
);

CREATE TABLE link_visitors (
    link_id {id} NOT NULL,
    day BIGINT NOT NULL,
    visitor {bytes} NOT NULL,
    PRIMARY KEY (link_id, day, visitor)
);
CREATE INDEX link_visitors_by_day ON link_visitors (day);

CREATE TABLE link_salts (
    day BIGINT PRIMARY KEY,
    salt {bytes} NOT NULL
);

CREATE TABLE promo_codes (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    campaign_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    code TEXT NOT NULL,
    code_key TEXT NOT NULL,
    discount TEXT,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT
);
CREATE UNIQUE INDEX promo_codes_by_key ON promo_codes (workspace_id, code_key);
CREATE INDEX promo_codes_by_campaign ON promo_codes (campaign_id, created_at DESC, id DESC);
CREATE INDEX promo_codes_by_creator ON promo_codes (creator_id);

CREATE TABLE orders (
    id {id} PRIMARY KEY,
    workspace_id {id} NOT NULL,
    reference TEXT NOT NULL,
    campaign_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    link_id {id},
    promo_code_id {id},
    day BIGINT NOT NULL,
    ordered_at BIGINT NOT NULL,
    revenue BIGINT CHECK (revenue >= 0),
    currency TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX orders_by_reference ON orders (workspace_id, reference);
CREATE INDEX orders_by_campaign ON orders (campaign_id, ordered_at DESC, id DESC);
CREATE INDEX orders_by_creator ON orders (creator_id);

CREATE TABLE figure_writers (
    workspace_id {id} PRIMARY KEY,
    writes BIGINT NOT NULL
);

CREATE TABLE figures_by_day (
    campaign_id {id} NOT NULL,
    day BIGINT NOT NULL,
    currency TEXT NOT NULL,
    metric_rows BIGINT NOT NULL DEFAULT 0,
    views BIGINT NOT NULL DEFAULT 0,
    likes BIGINT NOT NULL DEFAULT 0,
    comments BIGINT NOT NULL DEFAULT 0,
    shares BIGINT NOT NULL DEFAULT 0,
    saves BIGINT NOT NULL DEFAULT 0,
    clicks BIGINT NOT NULL DEFAULT 0,
    conversions BIGINT NOT NULL DEFAULT 0,
    reach BIGINT NOT NULL DEFAULT 0,
    reach_rows BIGINT NOT NULL DEFAULT 0,
    revenue BIGINT NOT NULL DEFAULT 0,
    revenue_rows BIGINT NOT NULL DEFAULT 0,
    link_clicks BIGINT NOT NULL DEFAULT 0,
    link_repeats BIGINT NOT NULL DEFAULT 0,
    bot_clicks BIGINT NOT NULL DEFAULT 0,
    orders BIGINT NOT NULL DEFAULT 0,
    order_revenue BIGINT NOT NULL DEFAULT 0,
    order_revenue_rows BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, day, currency)
);

CREATE TABLE figures_by_creator (
    campaign_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    currency TEXT NOT NULL,
    metric_rows BIGINT NOT NULL DEFAULT 0,
    views BIGINT NOT NULL DEFAULT 0,
    likes BIGINT NOT NULL DEFAULT 0,
    comments BIGINT NOT NULL DEFAULT 0,
    shares BIGINT NOT NULL DEFAULT 0,
    saves BIGINT NOT NULL DEFAULT 0,
    clicks BIGINT NOT NULL DEFAULT 0,
    conversions BIGINT NOT NULL DEFAULT 0,
    reach BIGINT NOT NULL DEFAULT 0,
    reach_rows BIGINT NOT NULL DEFAULT 0,
    revenue BIGINT NOT NULL DEFAULT 0,
    revenue_rows BIGINT NOT NULL DEFAULT 0,
    link_clicks BIGINT NOT NULL DEFAULT 0,
    link_repeats BIGINT NOT NULL DEFAULT 0,
    bot_clicks BIGINT NOT NULL DEFAULT 0,
    orders BIGINT NOT NULL DEFAULT 0,
    order_revenue BIGINT NOT NULL DEFAULT 0,
    order_revenue_rows BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, creator_id, currency)
);
CREATE INDEX figures_by_creator_alone ON figures_by_creator (creator_id);

CREATE TABLE figures_by_creator_day (
    campaign_id {id} NOT NULL,
    creator_id {id} NOT NULL,
    day BIGINT NOT NULL,
    currency TEXT NOT NULL,
    metric_rows BIGINT NOT NULL DEFAULT 0,
    views BIGINT NOT NULL DEFAULT 0,
    likes BIGINT NOT NULL DEFAULT 0,
    comments BIGINT NOT NULL DEFAULT 0,
    shares BIGINT NOT NULL DEFAULT 0,
    saves BIGINT NOT NULL DEFAULT 0,
    clicks BIGINT NOT NULL DEFAULT 0,
    conversions BIGINT NOT NULL DEFAULT 0,
    reach BIGINT NOT NULL DEFAULT 0,
    reach_rows BIGINT NOT NULL DEFAULT 0,
    revenue BIGINT NOT NULL DEFAULT 0,
    revenue_rows BIGINT NOT NULL DEFAULT 0,
    link_clicks BIGINT NOT NULL DEFAULT 0,
    link_repeats BIGINT NOT NULL DEFAULT 0,
    bot_clicks BIGINT NOT NULL DEFAULT 0,
    orders BIGINT NOT NULL DEFAULT 0,
    order_revenue BIGINT NOT NULL DEFAULT 0,
    order_revenue_rows BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign_id, creator_id, day, currency)
);
",
    },
    READING,
    RETURNS,
    REPORTS,
];

/// What whoever follows a link has to say of it.
const REPORTS: Migration = Migration {
    id: "0089_link_reports",
    sql: "
CREATE TABLE link_reports (
    id {id} PRIMARY KEY,
    link_id {id} NOT NULL,
    day BIGINT NOT NULL,
    visitor {bytes} NOT NULL,
    reason TEXT,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX link_reports_once ON link_reports (link_id, day, visitor);
CREATE INDEX link_reports_by_time ON link_reports (created_at DESC, id DESC);
",
};

/// Indexes that the dashboard counts and adds up in, over tables of this crate and of those that it reads.
const READING: Migration = Migration {
    id: "0065_reading",
    sql: "
CREATE INDEX figures_with_revenue ON figures_by_creator (campaign_id, currency, revenue, order_revenue)
    WHERE revenue_rows > 0 OR order_revenue_rows > 0;
CREATE INDEX figures_of_attention ON figures_by_creator (campaign_id, views, likes, comments, shares, saves);
CREATE INDEX campaigns_figures ON campaigns (workspace_id, status, total_budget) WHERE deleted_at IS NULL;
CREATE INDEX contracts_figures ON contracts (workspace_id, status);
CREATE INDEX payments_completed ON payments (campaign_id, creator_id, currency, amount, refunded) WHERE status = 'completed';
",
};

/// The dashboard looks through the figures once, by campaign; a payment's cost is what was not taken back by a bank.
const RETURNS: Migration = Migration {
    id: "0066_returns",
    sql: "
DROP INDEX figures_with_revenue;
DROP INDEX figures_of_attention;
DROP INDEX payments_completed;
CREATE INDEX figures_with_revenue ON figures_by_creator (campaign_id) WHERE revenue_rows > 0 OR order_revenue_rows > 0;
CREATE INDEX payments_completed ON payments (campaign_id, creator_id, currency, amount, refunded, disputed) WHERE status = 'completed';
",
};
