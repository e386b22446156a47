// Verifies signed bodies with the package standardwebhooks, and sees that a changed body is refused.

import { readFileSync } from "node:fs";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

const samples = JSON.parse(readFileSync(process.argv[2], "utf8"));
for (const { secret, raw, body, headers } of samples) {
  // As bytes: of a text the package takes one byte for each letter, which holds for ASCII alone.
  const webhook = raw ? new Webhook(new TextEncoder().encode(secret), { format: "raw" }) : new Webhook(secret);
  webhook.verify(body, headers);
  try {
    webhook.verify(body.replaceAll("created", "deleted"), headers);
  } catch (fault) {
    if (fault instanceof WebhookVerificationError) continue;
    throw fault;
  }
  throw new Error("standardwebhooks takes a body that was changed");
}
console.log(`standardwebhooks (npm): ${samples.length} signatures hold, ${samples.length} forgeries are refused`);
