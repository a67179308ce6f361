"""A third-party platform on FastAPI. Start it with `uvicorn fastapi_platform:app`."""

import logging
import os

from fastapi import BackgroundTasks, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

import jumpqr

NAMES = "component_appid component_appsecret message_token encoding_aes_key token_store base_url"
platform = jumpqr.AsyncPlatform(**{n: os.getenv(f"JUMPQR_{n.upper()}") for n in NAMES.split()})
app = FastAPI()


@app.post("/push{_appid:path}")  # both addresses of the console: /push and /push/$APPID$
async def push(request: Request, after_reply: BackgroundTasks) -> PlainTextResponse:
    try:
        handled = await platform.handle(request.scope["query_string"], await request.body())
    except jumpqr.ValidationError as error:
        logging.warning("%s: %s", request.url.path, error)
        return PlainTextResponse(status_code=500 if error.code == "invalid_config" else 403)
    after_reply.add_task(handled.finish)  # WeChat waits 5 seconds for the reply.
    return PlainTextResponse(handled.reply)


@app.get("/link", response_class=HTMLResponse)  # on the domain 授权发起页域名
async def link() -> str:
    url = await platform.authorization_url(os.environ["REDIRECT_URI"])
    return f'<a href="{url}">Authorise</a>'


@app.get("/done", response_class=PlainTextResponse)  # the page of REDIRECT_URI
async def done(auth_code: str = "") -> str:
    try:
        return (await platform.exchange(auth_code)).authorizer_appid
    except jumpqr.JumpqrError as error:
        if auth_code and error.errcode not in (61009, 61010):
            raise
        return "This code was used or has expired. See the list of merchants, or use a new link."
