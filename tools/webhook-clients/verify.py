"""Verifies signed bodies with the packages standardwebhooks and svix, and sees that a changed body is refused by both."""

import json
import sys

import standardwebhooks
import svix

samples = json.load(open(sys.argv[1], encoding="utf-8"))
for package, name in ((standardwebhooks, "standardwebhooks"), (svix, "svix")):
    for sample in samples:
        secret = sample["secret"].encode() if sample["raw"] else sample["secret"]
        webhook = package.Webhook(secret)
        headers = sample["headers"]
        # Raises what a forgery raises.
        webhook.verify(sample["body"], headers)
        try:
            webhook.verify(sample["body"].replace("created", "deleted"), headers)
        except package.WebhookVerificationError:
            continue
        sys.exit(f"{name} takes a body that was changed")
    print(f"{name}: {len(samples)} signatures hold, {len(samples)} forgeries are refused")
