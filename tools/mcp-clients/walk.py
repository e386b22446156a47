#!/usr/bin/env python3
"""Uses /mcp of a running demo through the official Python SDK, in both eras of the protocol, and calls every tool once.

    walk.py BASE
"""

import asyncio
import json
import sys
import urllib.error
import urllib.request

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

PASSWORD = "only-on-this-machine-26"
PEOPLE = {"brand": "brand@demo.example.com", "creator": "sarah.johnson@example.com", "coach": "coach@demo.example.com"}
# 2,000 tokens of four characters.
MOST = 8_000


def post(base, path, body, token=None):
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(base + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


class Assistant:
    """Somebody's assistant: calls tools, and remembers which."""

    called = set()

    def __init__(self, client):
        self.client = client

    async def call(self, tool, fails=False, **arguments):
        result = await self.client.call_tool(tool, arguments)
        self.called.add(tool)
        text = result.content[0].text
        assert len(text) <= MOST, f"{tool}: {len(text)} characters"
        told = json.loads(text)
        assert bool(result.is_error) == fails, f"{tool} {arguments}: {text[:600]}"
        return told

    async def data(self, tool, **arguments):
        return (await self.call(tool, **arguments))["data"]

    async def operation(self, operation_id, **parts):
        return await self.data("call_operation", operation_id=operation_id, **parts)

    async def confirmed(self, tool, **arguments):
        """Shown first, then done, and not a second time."""
        shown = await self.call(tool, **arguments)
        assert shown["nothing_was_done_yet"], shown
        done = await self.data(tool, **arguments, confirm_token=shown["confirm_token"])
        again = await self.call(tool, fails=True, **arguments, confirm_token=shown["confirm_token"])
        assert "Nothing was done" in again["error"], again
        return done


def first(rows, what):
    """The first row of a list, whatever the list is called."""
    rows = rows if isinstance(rows, list) else next(value for value in rows.values() if isinstance(value, list))
    assert rows, f"the demo has no {what}"
    return rows[0]


async def of_brand(brand):
    found = await brand.data("find_creators", query="fitness creators on instagram", limit=3)
    assert first(found, "creators")
    campaign = await brand.data(
        "draft_campaign", product_name="FitBand Pro", brand_name="TechFit", product_description="A wristband that measures sleep and training",
        target_audience="People who run", key_use_cases=["running"], campaign_goal="Awareness", product_niche="Fitness Technology", total_budget=25000)
    about = {"campaign_id": campaign["id"]}
    assert first(await brand.data("list_campaigns", limit=5), "campaigns")["id"]
    creator = first(await brand.data("filter_creators", **about, limit=3), "creators")
    pair = {**about, "creator_id": creator["id"]}
    assert (await brand.data("get_creator", **pair))["id"] == creator["id"]
    assert (await brand.data("explain_match", **about, influencer_id=creator["id"]))["reasons"]
    await brand.data("select_creator", **about, influencer_id=creator["id"], notes="Just right")
    assert first(await brand.data("list_outreach", **about), "outreach")["creator_id"] == creator["id"]
    mail = {**pair, "subject": "An idea for you", "message": "Hello {{creator_name}}, would you run with our band?"}
    prepared = await brand.data("prepare_outreach", **mail)
    assert "would you run" in json.dumps(prepared), prepared
    sent = await brand.confirmed("send_outreach", **mail)
    assert sent, sent
    contract = await brand.data("draft_contract", **pair, payment_amount=500, currency="USD", terms={"usage_rights": "Our own channels, for 90 days"},
                                deliverables=["One reel"])
    number = contract.get("id") or contract["contract_id"]
    assert first(await brand.data("list_contracts", **about), "contracts")
    assert await brand.data("get_contract", contract_id=number)
    await brand.confirmed("send_contract", contract_id=number)
    assert await brand.data("campaign_figures", **about)
    await brand.data("find_offers", limit=5)
    await brand.data("list_messages", limit=5)
    work = await brand.operation("list_collaborations", query={"status": "CONTENT_SUBMITTED"})
    work = await brand.operation("read_collaboration", path_parameters={"collaboration_id": first(work, "content to review")["id"]})
    number = first(work["submissions"], "submissions")["id"]
    assert await brand.data("get_submission", submission_id=number)
    shown = await brand.call("approve_submission", submission_id=number)
    assert shown["data"], "what would be approved is shown"
    # What no tool does is found and called.
    found = await brand.call("search_operations", query="payment summary")
    names = [one["operation_id"] for one in found["operations"]]
    assert "read_payment_summary" in names, names
    assert await brand.operation("read_payment_summary")
    # Pages of a long answer.
    told = await brand.call("filter_creators", limit=50)
    assert told["more"], "fifty creators are more than a result holds"
    assert (await brand.call("filter_creators", limit=50, cursor=told["more"][-1]))["data"]
    return creator["id"]


async def of_creator(creator):
    offers = await creator.data("find_offers", is_open=True, eligible=True, limit=10)
    rows = next(value for value in offers.values() if isinstance(value, list))
    before = {row.get("offer_id") for row in next(v for v in (await creator.operation("list_applications", query={"limit": 50})).values() if isinstance(v, list))}
    offer = next((row for row in rows if row["id"] not in before), None)
    assert offer, "no offer is left to apply to"
    arguments = {"offer_id": offer["id"], "message": "I would love to run with this"}
    await creator.confirmed("apply_to_offer", **arguments)
    talks = await creator.data("list_messages", limit=5)
    return talks


async def of_coach(coach):
    base = first(await coach.operation("list_knowledge_bases"), "knowledge bases")["id"]
    assert (await coach.data("ask_knowledge_base", knowledge_base_id=base, question="What should I eat before a run?"))["outcome"]
    await coach.data("search_knowledge_base", knowledge_base_id=base, query="sleep", limit=3)
    await coach.data("unanswered_questions", knowledge_base_id=base)
    assert first(await coach.data("find_members", limit=3), "members")
    await coach.data("waiting_conversations", handler="queue")
    talk = first(await coach.data("waiting_conversations", channel="whatsapp", limit=5), "conversations")
    assert await coach.data("read_conversation", conversation_id=talk["id"], limit=5)
    shown = await coach.call("reply_to_member", conversation_id=talk["id"], text="How was the week?")
    assert shown["data"]["id"] == talk["id"], shown
    assert await coach.data("audience_overview")
    program = first(await coach.data("list_programs", status="published"), "programs")["id"]
    assert (await coach.data("program_state", program_id=program))["id"] == program
    member = first(await coach.data("find_members", limit=3), "members")["id"]
    shown = await coach.call("enroll_member", user_id=member, program_id=program)
    assert shown["data"]["id"] == member, shown
    event = first(await coach.operation("list_events_of_webhooks"), "events")
    event = event.get("event") or event.get("name") or event["type"]
    hook = (await coach.confirmed("call_operation", operation_id="create_webhook", body={
        "url": "https://receiver.example.com/hook", "events": [event]}))["id"]
    await coach.data("webhook_log", webhook_id=hook)
    await coach.confirmed("call_operation", operation_id="delete_webhook", path_parameters={"webhook_id": hook})
    channel = first(await coach.operation("list_channels"), "channels")["id"]
    assert await coach.data("channel_figures", channel_id=channel)


async def walk(base, mode, token, then):
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        async with Client(streamable_http_client(f"{base}/mcp", http_client=http), mode=mode) as client:
            return await then(client)


async def lists(client):
    tools = (await client.list_tools()).tools
    size = sum(len(tool.model_dump_json(by_alias=True, exclude_none=True)) for tool in tools)
    assert size <= 32_000, size
    assert all(tool.annotations.destructive_hint is not None for tool in tools)
    prompts = (await client.list_prompts()).prompts
    asked = await client.get_prompt(prompts[0].name, {argument.name: "x" for argument in prompts[0].arguments or []})
    assert asked.messages[0].content.text
    resources = (await client.list_resources()).resources
    assert (await client.read_resource(resources[0].uri)).contents[0].text
    assert (await client.list_resource_templates()).resource_templates
    print(f"{client.protocol_version}: {len(tools)} tools ({size // 4} tokens), {len(prompts)} prompts, {len(resources)} resources")
    return {tool.name for tool in tools}


async def main(base):
    try:
        post(base, "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        raise AssertionError("nobody comes in without a token")
    except urllib.error.HTTPError as refused:
        assert refused.code == 401 and refused.headers["WWW-Authenticate"], refused
    tokens = {who: post(base, "/api/v1/auth/login", {"email": email, "password": PASSWORD})["access_token"] for who, email in PEOPLE.items()}
    for mode in ("auto", "legacy"):
        await walk(base, mode, tokens["brand"], lambda client: of_brand(Assistant(client)))
        names = await walk(base, mode, tokens["brand"], lists)
        await walk(base, mode, tokens["coach"], lambda client: of_coach(Assistant(client)))
        if mode == "auto":
            await walk(base, mode, tokens["creator"], lambda client: of_creator(Assistant(client)))
            me = post(base, "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
                "name": "call_operation", "arguments": {"operation_id": "read_my_account"}}}, tokens["creator"])
            creator = json.loads(me["result"]["content"][0]["text"])["data"]["id"]
            await walk(base, mode, tokens["brand"], lambda client: Assistant(client).call(
                "send_message", recipient_id=creator, content="Welcome"))
            left = names - Assistant.called
            assert not left, f"tools that were not called: {left}"
    print(f"{len(Assistant.called)} tools, each called")


asyncio.run(main(sys.argv[1].rstrip("/")))
