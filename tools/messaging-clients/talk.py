"""Other people's clients of WhatsApp and Telegram, with our stand-ins."""
import asyncio
import hashlib
import json
import pathlib
import subprocess
import sys

import aiogram
import aiogram.client.session.aiohttp
import aiogram.client.telegram
import aiogram.exceptions
import pywa
import pywa.errors
import pywa.types
import pywa.utils
import telegram
import telegram.error

PROGRAM = sys.argv[1]
BODIES = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
checked = 0


def hold(true, what):
    global checked
    if not true:
        sys.exit(f"does not hold: {what}")
    checked += 1


def refused(call, kind):
    try:
        call()
    except kind as error:
        return hold(True, error)
    sys.exit(f"is not refused by {kind}")


def ours(*arguments, body):
    return subprocess.run([PROGRAM, *arguments], input=body, capture_output=True, check=True).stdout.decode()


def whatsapp(at):
    client = pywa.WhatsApp(phone_id=at["number"], token=at["token"], waba_id=at["business"])
    client.api._session.base_url = at["url"] + "/v25.0"
    sent = client.send_message(to="34600000001", text="Hola *Ana*")
    hold(sent.id.startswith("wamid."), "a text is sent to a number")
    sent = client.send_message(to="ES.13491208655302741918", text="Hola")
    hold(sent.id.startswith("wamid."), "a text is sent to a user id")
    buttons = [pywa.types.Button(title="Yes", callback_data="yes"), pywa.types.Button(title="No", callback_data="no")]
    hold(client.send_message(to="34600000001", text="Run?", buttons=buttons).id, "buttons")
    rows = [pywa.types.SectionRow(title=f"Row {n}", callback_data=f"r{n}") for n in range(5)]
    choice = pywa.types.SectionList(button_title="Choose", sections=[pywa.types.Section(title="Days", rows=rows)])
    hold(client.send_message(to="34600000001", text="When?", buttons=choice).id, "a list")
    picture = b"\x89PNG\r\n\x1a\n0123"
    media = client.upload_media(media=picture, mime_type="image/png", filename="a.png")
    hold(client.send_image(to="34600000001", image=media.id, caption="Look").id, "a picture")
    url = client.get_media_url(media.id)
    hold(url.sha256 == hashlib.sha256(picture).hexdigest() and url.file_size == len(picture), "where a file is")
    hold(client.get_media_bytes(url=url.url) == picture, "a file")
    client.mark_message_as_read("wamid.1")
    for code, kind in [
        (131047, pywa.errors.ReEngagementMessage),
        (131026, pywa.errors.MessageUndeliverable),
        (131056, pywa.errors.TooManyMessages),
        (130429, pywa.errors.RateLimitHit),
        (131050, pywa.errors.UserStoppedMarketingMessages),
        (131062, pywa.errors.BSUIDRecipientNotSupported),
        (132001, pywa.errors.TemplateNotExists),
    ]:
        refused(lambda code=code: client.send_message(to=f"1555{code}", text="x"), kind)
    refused(lambda: client.send_message(to="34600000001", text="x" * 4097), pywa.errors.WhatsAppError)
    other = pywa.WhatsApp(phone_id=at["number"], token="EAAGexpired")
    other.api._session.base_url = at["url"] + "/v25.0"
    refused(lambda: other.send_message(to="34600000001", text="x"), pywa.errors.ExpiredAccessToken)


def signatures():
    body = '{"object":"whatsapp_business_account","note":"señal 😀"}'.encode()
    signed = ours("sign", "0123456789abcdef", body=body).strip()
    hold(pywa.utils.webhook_updates_validator("0123456789abcdef", body, signed), "our signature")
    hold(not pywa.utils.webhook_updates_validator("0123456789abcdee", body, signed), "another secret")


def webhooks(folder):
    """Every body is read, and nothing that a person wrote is taken for something else."""
    client = pywa.WhatsApp(phone_id="1", token="t")
    for path in sorted(folder.glob("*.json")):
        for name, body in bodies(json.loads(path.read_text(encoding="utf-8"))):
            items = json.loads(ours("whatsapp", body=json.dumps(body).encode()))
            hold(items, f"{path.name} {name} is read")
            kinds = [item["what"]["type"] for item in items]
            theirs = path.stem
            wanted = {
                "message": "message", "callback_button": "message", "callback_selection": "message", "flow_completion": "message",
                "edited_message": "edited", "deleted_message": "removed", "message_status": "status", "template_status_update": "template",
                "user_marketing_preferences": "preference", "account_update": "out_of_band",
            }.get(theirs)
            hold(wanted is None or all(kind in (wanted, "other") for kind in kinds), f"{path.name} {name}: {kinds}")
            if theirs == "message":
                message = pywa.types.Message.from_update(client, body)
                is_ = items[0]["what"]["is"]
                hold(is_["id"] == message.id, f"{name}: its id")
                known = {one["kind"]: one["value"] for one in is_["from"]["identities"]}
                hold(known.get("phone") == f"+{message.from_user.wa_id}", f"{name}: its number")
                hold(known.get("bsuid") == message.from_user.bsuid, f"{name}: its user id")
                hold(is_["from"]["name"] == message.from_user.name, f"{name}: its name")
                hold(is_["is_forwarded"] == message.forwarded, f"{name}: whether it was passed on")
                if message.text:
                    hold(is_["content"] == {"kind": "text", "holds": message.text}, f"{name}: its words")
                if message.has_media and message.media.id:
                    hold(is_["content"]["holds"]["id"] == message.media.id, f"{name}: its file")


def bodies(read):
    """Some files hold several bodies, by their names."""
    if "object" in read:
        yield "", read
        return
    for name, inner in read.items():
        if isinstance(inner, dict):
            for rest, body in bodies(inner):
                yield f"{name} {rest}".strip(), body


async def python_telegram_bot(at):
    bot = telegram.Bot(at["token"], base_url=at["url"] + "/bot", base_file_url=at["url"] + "/file/bot")
    async with bot:
        hold(bot.username == "coach_bot", "who the bot is")
        sent = await bot.send_message(77, "<b>Hi</b> &lt;you&gt;", parse_mode="HTML")
        hold(sent.text == "Hi <you>" and sent.chat.id == 77, "a text")
        keyboard = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("Yes", callback_data="yes")]])
        await bot.send_message(77, "Run?", reply_markup=keyboard)
        document = await bot.send_document(77, document=b"%PDF-1", filename="plan.pdf", caption="Yours")
        file = await bot.get_file(document.document.file_id)
        hold(bytes(await file.download_as_bytearray()) == b"%PDF-1", "a file")
        await bot.set_webhook("https://x.example/1", secret_token="s3cret-1", allowed_updates=["message"])
        hold((await bot.get_webhook_info()).url == "https://x.example/1", "the webhook")
        for call, kind in [
            (lambda: bot.send_message(4030, "x"), telegram.error.Forbidden),
            (lambda: bot.send_message(4290, "x"), telegram.error.RetryAfter),
            (lambda: bot.send_message(77, "<no", parse_mode="HTML"), telegram.error.BadRequest),
            (lambda: bot.send_message(77, "x" * 4097), telegram.error.BadRequest),
        ]:
            try:
                await call()
                sys.exit(f"is not refused by {kind}")
            except kind:
                hold(True, kind)
    update = {"update_id": 5, "message": {"message_id": 9, "date": 1764324000, "text": "/start ref", "chat": {"id": 77, "type": "private"},
              "from": {"id": 77, "is_bot": False, "first_name": "Bo", "username": "bo", "language_code": "es"}}}
    theirs = telegram.Update.de_json(update, bot)
    read = json.loads(ours("telegram", body=json.dumps(update).encode()))
    hold(read["key"] == f"update:{theirs.update_id}", "the update's number")
    hold(read["what"]["is"]["id"] == f"{theirs.message.chat.id}:{theirs.message.message_id}", "the message's number")
    hold(read["what"]["is"]["content"] == {"kind": "started", "holds": {"payload": "ref"}}, "the start")


async def by_aiogram(at):
    server = aiogram.client.telegram.TelegramAPIServer.from_base(at["url"])
    session = aiogram.client.session.aiohttp.AiohttpSession(api=server)
    async with aiogram.Bot(at["token"], session=session) as bot:
        hold((await bot.get_me()).username == "coach_bot", "aiogram: who the bot is")
        hold((await bot.send_message(77, "a &lt; b", parse_mode="HTML")).text == "a < b", "aiogram: a text")
        for chat, kind in [(4030, aiogram.exceptions.TelegramForbiddenError), (4290, aiogram.exceptions.TelegramRetryAfter)]:
            try:
                await bot.send_message(chat, "x")
                sys.exit(f"is not refused by {kind}")
            except kind:
                hold(True, kind)


with subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as served:
    at = json.loads(served.stdout.readline())
    whatsapp(at["whatsapp"])
    signatures()
    asyncio.run(python_telegram_bot(at["telegram"]))
    asyncio.run(by_aiogram(at["telegram"]))
    if BODIES:
        webhooks(BODIES)
    served.stdin.close()
print(f"{checked} checks hold")
