// A brand's journey through the client that openapi-typescript and openapi-fetch make of the document: what is asked and what is read is held to it by
// the compiler, and what comes is looked at, too.
//
//     node walk.js http://127.0.0.1:8000        a running demo
import createClient from "openapi-fetch";

import type { paths } from "./api.js";

declare const process: { argv: string[]; exit(code: number): never };

const base = process.argv[2] ?? "http://127.0.0.1:8000";
const api = createClient<paths>({ baseUrl: base, headers: { "User-Agent": "Mozilla/5.0 (clients)" } });
const run = Math.random().toString(16).slice(2, 10);

class Wrong extends Error {}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Wrong(what);
}

/** The data of an answer that must be a good one. */
async function good<T>(what: string, asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  if (data === undefined) throw new Wrong(`${what}: ${response.status} ${JSON.stringify(error)?.slice(0, 600)}`);
  console.log(`  ${what}: ${response.status}`);
  return data;
}

async function found() {
  const campaign = await good("campaign", api.POST("/api/v1/campaigns", { body: {
    product_name: "Wireless Earbuds Pro", brand_name: `TechCorp ${run}`, product_niche: "Technology",
    product_description: "High-quality wireless earbuds with noise cancellation", target_audience: "Tech enthusiasts aged 18-35",
    key_use_cases: "Fitness workouts, commuting", campaign_goal: "Brand awareness, Sales", total_budget: 15000,
  } }));
  const creator = await good("creator", api.POST("/api/v1/creators", { body: {
    name: `Honest Tech ${run}`, platform: "youtube", niche: "technology", email: `honest.${run}@example.com`, followers_count: "125K",
    engagement_rate: 4.2, language: "English", country: "US", collaboration_rate: 1200, about: "Honest long-term reviews of earbuds",
  } }));
  const list = await good("list", api.GET("/api/v1/creators", { params: { query: { campaign_id: campaign.id, limit: 5 } } }));
  check(list.creators.length > 0, "the list has creators");
  const search = await good("search", api.POST("/api/v1/creators/search", { body: { query: "tech reviewers on youtube" } }));
  check(typeof search.total === "number", "a search counts");
  const of = { params: { path: { campaign_id: campaign.id } } };
  const analysis = await good("analysis", api.POST("/api/v1/campaigns/{campaign_id}/ai-match-analysis", { ...of, body: { influencer_id: creator.id } }));
  check(analysis.match_percentage >= 0, "a match is a number");
  await good("choice", api.POST("/api/v1/campaigns/{campaign_id}/select-influencer", { ...of, body: { influencer_id: creator.id, notes: "Great fit" } }));
  return { campaign, creator };
}

async function reached(campaign_id: string, influencer_id: string) {
  const mail = await good("mail", api.POST("/api/v1/outreach/email", { body: {
    campaign_id, creator_id: influencer_id, subject: "Earbuds, {{creator_name}}?", message: "Hello {{creator_name}}, about {{product_name}}.",
  } }));
  check(mail.success, "the mail is queued");
  const scheduled_time = new Date(Date.now() + 2 * 86_400_000).toISOString();
  const call = await good("call", api.POST("/api/v1/outreach/call/schedule", { body: { campaign_id, creator_id: influencer_id, scheduled_time } }));
  const path = { call_id: call.call_id };
  const sound = new Uint8Array(4000).fill(7);
  sound.set([0x49, 0x44, 0x33, 4]);
  const form = new FormData();
  form.append("recording", new Blob([sound], { type: "audio/mpeg" }), "call.mp3");
  await good("recording", api.POST("/api/v1/outreach/call/{call_id}/recording", {
    params: { path }, body: form as never, bodySerializer: (body: unknown) => body as FormData,
  }));
  const heard = await good("download", api.GET("/api/v1/outreach/call/{call_id}/recording", { params: { path }, parseAs: "blob" }));
  check((heard as unknown as Blob).size === sound.length, "the recording comes back whole");
  const done = await good("completed", api.POST("/api/v1/outreach/call/complete", { body: {
    call_id: call.call_id, status: "completed", duration_minutes: 25, transcript: "Creator: Yes, I am very interested. My rate is 1200 dollars.",
  } }));
  check(done.status === "completed", "the call is completed");
  await good("dashboard", api.GET("/api/v1/outreach/dashboard"));
}

async function agreed(campaign_id: string, creator_id: string) {
  const deadline = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const contract = await good("contract", api.POST("/api/v1/contracts", { body: {
    campaign_id, creator_id, payment_amount: 1200,
    terms: { deliverables: [{ type: "youtube_video", deadline, requirements: ["honest review"] }], usage_rights: "6 months" },
    payment_schedule: [{ milestone: "contract_signing", amount: 400 }, { milestone: "content_delivery", amount: 800 }],
  } }));
  check(contract.status === "draft", "a new contract is a draft");
  const path = { contract_id: contract.id };
  const sent = await good("sent", api.POST("/api/v1/contracts/{contract_id}/send", { params: { path }, body: {} }));
  check(sent.status === "sent", "the contract is sent");
  const signed = await good("signed", api.POST("/api/v1/contracts/{contract_id}/sign", { params: { path }, body: { name: "Tess Brand", attest_counterpart: true } }));
  check(signed.status === "signed", "the contract is signed");
  const pdf = await good("pdf", api.GET("/api/v1/contracts/{contract_id}/pdf", { params: { path }, parseAs: "blob" }));
  check((await (pdf as unknown as Blob).text()).startsWith("%PDF-"), "the contract is a PDF");
  const { payments } = await good("payments", api.GET("/api/v1/payments/contract/{contract_id}", { params: { path } }));
  const first = payments.find((payment) => payment.amount === 400);
  check(first !== undefined, "signing made the payments");
  const paid = await good("process", api.POST("/api/v1/payments/{payment_id}/process", {
    params: { path: { payment_id: first.id } }, body: { payment_method: "stripe", payment_details: { card_token: "mock_token_123" } },
  }));
  check(typeof paid.transaction_id === "string", "the payment has an id at the provider");
  await good("ledger", api.GET("/api/v1/payments/ledger", { params: { query: { limit: 5 } } }));
}

async function measured(campaign_id: string, creator_id: string) {
  const of = { params: { path: { campaign_id } } };
  const date = new Date().toISOString().slice(0, 10);
  await good("metrics", api.POST("/api/v1/analytics/campaigns/{campaign_id}/metrics", { ...of, body: {
    metrics: [{ creator_id, post_id: "earbuds", date, views: 15000, likes: 700, comments: 150, shares: 60, saves: 40 }],
  } }));
  const figures = await good("figures", api.GET("/api/v1/analytics/campaigns/{campaign_id}", of));
  check(figures.performance.total_views === 15000, "the figures are the rows'");
  const pdf = await good("report", api.GET("/api/v1/analytics/campaigns/{campaign_id}/report.pdf", { ...of, parseAs: "blob" }));
  check((await (pdf as unknown as Blob).text()).startsWith("%PDF-"), "the report is a PDF");
  const csv = await good("table", api.GET("/api/v1/analytics/campaigns/{campaign_id}/report.csv", { ...of, parseAs: "text" }));
  check(csv.split("\n").length > 1, "the table has lines");
  await good("overview", api.GET("/api/v1/analytics/dashboard"));
}

try {
  const { campaign, creator } = await found();
  await reached(campaign.id, creator.id);
  await agreed(campaign.id, creator.id);
  await measured(campaign.id, creator.id);
  console.log("The TypeScript client walked all six steps.");
} catch (fault) {
  console.error(`walk.ts: ${fault instanceof Error ? fault.message : String(fault)}`);
  process.exit(1);
}
