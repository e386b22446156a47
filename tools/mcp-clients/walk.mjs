// Uses /mcp of a running demo through the official TypeScript clients: the new one in both eras of the protocol, and the old one.
//
//     node walk.mjs BASE

import assert from "node:assert/strict";

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const base = process.argv[2].replace(/\/$/, "");
const login = await fetch(`${base}/api/v1/auth/login`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ email: "brand@demo.example.com", password: "only-on-this-machine-26" }),
});
const { access_token: token } = await login.json();
const sent = { requestInit: { headers: { Authorization: `Bearer ${token}` } } };
const at = new URL(`${base}/mcp`);

async function walk(name, client, transport) {
  await client.connect(transport);
  const { tools } = await client.listTools();
  assert.ok(tools.length > 20);
  const call = async (tool, args, fails = false) => {
    const result = await client.callTool({ name: tool, arguments: args });
    assert.equal(Boolean(result.isError), fails, result.content[0].text);
    return JSON.parse(result.content[0].text);
  };
  const { data } = await call("draft_campaign", {
    product_name: "FitBand Pro",
    brand_name: "TechFit",
    product_description: "A wristband that measures sleep and training",
    target_audience: "People who run",
    key_use_cases: ["running"],
    campaign_goal: "Awareness",
    product_niche: "Fitness Technology",
    total_budget: 25000,
  });
  const { resources } = await client.listResources();
  const thing = await client.readResource({ uri: resources[0].uri });
  assert.ok(thing.contents[0].text);
  const found = await call("search_operations", { query: "delete campaign" });
  assert.equal(found.operations[0].operation_id, "delete_campaign");
  const deletion = { operation_id: "delete_campaign", path_parameters: { campaign_id: data.id } };
  const shown = await call("call_operation", deletion);
  assert.equal(shown.data.id, data.id);
  await call("call_operation", { ...deletion, confirm_token: shown.confirm_token });
  await call("call_operation", { ...deletion, confirm_token: shown.confirm_token }, true);
  const read = { operation_id: "get_campaign", path_parameters: { campaign_id: data.id } };
  assert.equal((await call("call_operation", read, true)).status, 404);
  const { prompts } = await client.listPrompts();
  const prompt = await client.getPrompt({ name: prompts[0].name, arguments: { idea: "A band for runners" } });
  assert.match(prompt.messages[0].content.text, /A band for runners/);
  await client.close();
  console.log(`${name}: ${tools.length} tools, ${resources.length} resources, ${prompts.length} prompts`);
}

const who = { name: "walk", version: "1.0.0" };
for (const mode of [{ pin: "2026-07-28" }, "auto", "legacy"]) {
  const client = new Client(who, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(at, sent);
  await walk(`client 2.4.0, ${JSON.stringify(mode)}`, client, transport);
}
await walk("sdk 1.32.2", new OldClient(who), new OldTransport(at, sent));

const nobody = await fetch(at, {
  method: "POST",
  headers: { "Content-Type": "application/json", Accept: "application/json, text/event-stream" },
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
});
assert.equal(nobody.status, 401);
